"""Who was forgotten, and forgetting them, in dicts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from connector.domain.forgetting import Traces, anywhere, without_them
from connector.domain.outbound import NOT_YET
from state.digests import digest_of
from state.memory.pictures import set_cohorts
from state.memory.tables import KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import datetime

    from connector.domain.forgetting import Name
    from connector.domain.outbound import Outbound
    from connector.domain.records import Person, Subject
    from state.memory.tables import Tables


class MemoryForgotten:
    """Keeps the contract of ForgottenStore."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def anybody(self) -> bool:
        """Return whether anybody was forgotten."""
        return bool(self._tables.forgotten)

    async def known(self, names: Collection[Name]) -> frozenset[Name]:
        """Return those of `names` that are somebody's who was forgotten."""
        return frozenset(each for each in names if digest_of(KEY, each) in self._tables.forgotten)

    async def remember(self, names: Collection[Name], at: datetime) -> int:
        """Remember names as hashes; return how many were new."""
        before = len(self._tables.forgotten)
        for name in names:
            self._tables.forgotten.setdefault(digest_of(KEY, name), at)
        return len(self._tables.forgotten) - before

    async def traces(self, contacts: Collection[int]) -> Traces:
        """Return by what these persons are found, everybody merged with them included."""
        numbers = self._household(contacts)
        theirs = [each for each in self._tables.subjects.values() if each.contact in numbers]
        records = {
            *(key for key, each in self._tables.records.items() if each.contact in numbers),
            *(
                (platform, row.remote_id)
                for (platform, contact), row in self._tables.outbound.items()
                if contact in numbers and row.remote_id != NOT_YET
            ),
        }
        emails = {each.email for each in theirs if each.email}
        emails.update(self._addresses(numbers, records))
        others = (each for each in self._tables.records.values() if each.contact not in numbers)
        emails.difference_update(email for each in others for email in each.emails)
        return Traces(
            contacts=frozenset(numbers),
            records=frozenset(records | {(each.platform, each.ref) for each in theirs}),
            emails=frozenset(emails),
            keys=frozenset(
                each.key for number, each in self._tables.persons.items() if number in numbers
            ),
        )

    async def erase(self, traces: Traces, at: datetime) -> Mapping[str, int]:
        """Delete all there is of these persons, and remember their names as hashes."""
        await self.remember(traces.names, at)
        numbers, records, emails = traces.contacts, traces.records, traces.emails
        moved = {(name, digest_of(KEY, anywhere(each))) for name, each in records}
        addressed = {digest_of(KEY, anywhere(each)) for each in emails}
        subjects = {each.id for each in self._tables.subjects.values() if _names(each, traces)}
        firings = {key for key, each in self._tables.firings.items() if each.contact in numbers}
        addresses = [it.emails for key, it in self._tables.records.items() if key in records]
        for name in ("scores", "standing", "outbound_leases", "firing_leases"):
            self._drop(name, lambda key, _: key in firings or not numbers.isdisjoint(_parts(key)))
        set_cohorts(self._tables, None)
        events = self._drop("events", lambda _, each: each.subject in subjects)
        return {
            "events": events
            + self._drop("superseded", lambda _, each: each[1].subject in subjects),
            "names": self._drop("subjects", lambda key, _: key in subjects),
            "memberships": self._drop(
                "memberships", lambda key, _: (key[0], key[2]) in records or key[2] in emails
            ),
            "moves": self._drop(
                "moves", lambda key, _: (key[1], key[0]) in moved or key[0] in addressed
            ),
            "changes": self._drop(
                "changes", lambda _, each: (each.platform, each.remote_id) in records
            ),
            "addresses": sum(map(len, addresses)),
            "history": self._drop("score_history", lambda _, each: each[0] in numbers),
            "overrides": self._drop("overrides", lambda _, each: each.contact in numbers),
            "deliveries": self._drop("outbound", lambda key, _: key[1] in numbers),
            "triggers": self._drop("trigger_states", lambda key, _: key[0] in numbers),
            "actions": self._drop("firings", lambda key, _: key in firings),
            "records": self._drop("records", lambda _, each: each.contact in numbers),
            "persons": self._drop("persons", lambda key, _: key in numbers),
            "calls": self._cut_calls(traces, at),
        }

    def _drop(self, name: str, is_theirs: Callable[[Any, Any], bool]) -> int:
        """Delete the rows of a table for which `is_theirs` holds; return how many."""
        rows = getattr(self._tables, name)
        kept: Any
        if isinstance(rows, dict):
            kept = {key: each for key, each in rows.items() if not is_theirs(key, each)}
        else:
            kept = [each for each in rows if not is_theirs(None, each)]
        setattr(self._tables, name, kept)
        return len(rows) - len(kept)

    def _household(self, contacts: Collection[int]) -> set[int]:
        known: set[int] = set()
        fresh = set(contacts)
        while fresh:
            known |= fresh
            linked = (
                {number, each.merged_into}
                for number, each in self._tables.persons.items()
                if number in fresh or each.merged_into in fresh
            )
            fresh = {each for pair in linked for each in pair if each is not None} - known
        return known

    def _addresses(self, numbers: Collection[int], records: Collection[Name]) -> Iterator[str]:
        """Yield the addresses that these persons have and had."""
        rows: list[Person | Outbound] = [*self._tables.persons.values()]
        rows += self._tables.outbound.values()
        yield from (each.email for each in rows if each.contact in numbers and each.email)
        for key in records:
            if key in self._tables.records:
                yield from self._tables.records[key].emails
        for change in self._tables.changes:
            if (change.platform, change.remote_id) in records and change.what == "emails":
                for text in filter(None, (change.before, change.after)):
                    yield from json.loads(text) or ()

    def _cut_calls(self, traces: Traces, at: datetime) -> int:
        """Take what is about them out of calls that wait or are dead; return how many had any."""
        counted = 0
        for key, stored in self._tables.inbound.items():
            if stored.processed_at is not None:
                continue
            call = stored.call
            left = without_them(call.body, ids=traces.ids_on(key[0]), emails=traces.emails)
            if left == call.body:
                continue
            counted += 1
            cut = replace(call, body=left or b"", headers=call.headers if left else {})
            self._tables.inbound[key] = replace(
                stored,
                call=cut,
                processed_at=at if left is None else None,
                is_dead=stored.is_dead and left is not None,
            )
        return counted


def _names(subject: Subject, traces: Traces) -> bool:
    """Return whether a subject is theirs, or nobody's and names them."""
    if subject.contact is not None:
        return subject.contact in traces.contacts
    return (subject.platform, subject.ref) in traces.records or subject.email in traces.emails


def _parts(key: object) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)
