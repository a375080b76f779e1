"""Persons and their staleness in dicts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.emails import normalise_email
from connector.domain.frames import CONTACT, CREATED_AT, contact_schema
from connector.domain.records import Person
from state.decoding import columns
from state.memory.pictures import set_cohorts
from state.memory.tables import Standing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from connector.domain.records import Record
    from connector.domain.values import FieldType
    from state.memory.tables import Tables


class MemoryPersons:
    """The part of ContactStore about persons. Those merged away have no standing."""

    _tables: Tables

    async def create(self, persons: Sequence[Person]) -> Sequence[int]:
        """Insert persons, whatever number they have, and return their numbers in order."""
        known = {person.key: number for number, person in self._tables.persons.items()}
        for person in persons:
            if person.key not in known:
                known[person.key] = self._tables.next("person")
        await self.save_persons([replace(each, contact=known[each.key]) for each in persons])
        return [known[person.key] for person in persons]

    async def persons(self, contacts: Collection[int]) -> Mapping[int, Person]:
        """Return the persons with these numbers."""
        known = self._tables.persons
        return {each: known[each] for each in contacts if each in known}

    async def save_persons(self, persons: Sequence[Person]) -> None:
        """Replace what is known of these persons."""
        for person in persons:
            self._tables.persons[person.contact] = person
            if person.merged_into is None:
                self._tables.standing.setdefault(person.contact, Standing())
            else:
                self._tables.standing.pop(person.contact, None)
                self._tables.scores = {
                    key: score
                    for key, score in self._tables.scores.items()
                    if key[0] != person.contact
                }
                set_cohorts(self._tables, None)

    async def find(self, text: str) -> Person | None:
        """Return whom an e-mail address, our id, or ``<platform>:<id>`` names, merges followed."""
        found = self._by_key(text)
        if found is None:
            found = self._by_email(normalise_email(text))
        if found is None:
            found = self._by_record(*text.partition(":")[::2])
        while found is not None and found.merged_into is not None:
            found = self._tables.persons.get(found.merged_into)
        return found

    async def all_numbers(self) -> Sequence[int]:
        """Return the numbers of all persons that were not merged away, ascending."""
        return sorted(self._tables.standing)

    async def touch(self, contacts: Collection[int]) -> None:
        """Mark persons stale; one that is stale already becomes so anew."""
        if not contacts:
            return
        stale = self._tables.next("stale")
        for number in contacts:
            if number in self._tables.standing:
                self._tables.standing[number] = replace(self._tables.standing[number], stale=stale)

    async def waiting(
        self,
        at: datetime,
        model: str,
        chosen: Collection[int] | None = None,
        *,
        unread: Collection[str] = (),
    ) -> Mapping[int, int]:
        """Return the persons to be scored at `at`, each with its present staleness."""
        left_out = self._known_to(unread) if unread else ()
        return {
            number: standing.stale
            for number, standing in self._tables.standing.items()
            if (chosen is None or number in chosen)
            and (not unread or standing.model)
            and number not in left_out
            and (
                standing.stale
                or standing.model != model
                or (standing.next_change_at is not None and standing.next_change_at <= at)
            )
        }

    async def frame(
        self,
        contacts: Collection[int] | None,
        attributes: Mapping[str, FieldType],
        lists: Collection[tuple[str, str]] = (),
    ) -> pl.LazyFrame:
        """Return persons (all that were not merged away when None) as `contact_schema` says."""
        numbers = sorted(set(await self.all_numbers() if contacts is None else contacts))
        people = [self._tables.persons[each] for each in numbers if each in self._tables.persons]
        members = {each: self._members(*each) for each in lists}
        schema = contact_schema(attributes, lists)
        texts = [json.dumps(_with_email(person)) for person in people]
        return pl.DataFrame(
            [
                pl.Series(CONTACT, [each.contact for each in people], dtype=schema[CONTACT]),
                pl.Series(
                    CREATED_AT, [each.created_at for each in people], dtype=schema[CREATED_AT]
                ),
                *columns(texts, attributes),
                *(
                    pl.Series(
                        [person.contact in members[each] for person in people], dtype=pl.Boolean
                    )
                    for each in lists
                ),
            ],
            schema=list(schema),
        ).lazy()

    async def unmerged(self, contacts: Collection[int]) -> Sequence[int]:
        """Return those of these numbers, in order, who were not merged away."""
        return sorted(set(contacts) & self._tables.standing.keys())

    async def count(self) -> int:
        """Return how many persons there are."""
        return len(await self.all_numbers())

    def _known_to(self, platforms: Collection[str]) -> frozenset[int | None]:
        """Return who has a record or an event of any of these platforms."""
        records, subjects = self._tables.records.values(), self._tables.subjects.values()
        return frozenset(
            [each.contact for each in records if each.platform in platforms]
            + [each.contact for each in subjects if each.platform in platforms]
        )

    def _members(self, platform: str, name: str) -> frozenset[int]:
        memberships = self._tables.memberships
        return frozenset(
            record.contact
            for record in self._tables.records.values()
            if record.platform == platform
            and record.removed_at is None
            and (platform, name, record.remote_id) in memberships
        )

    def _by_key(self, key: str) -> Person | None:
        return next((each for each in self._tables.persons.values() if each.key == key), None)

    def _by_email(self, email: str) -> Person | None:
        carriers = [each for each in self._tables.records.values() if email in each.emails]
        carriers.sort(key=lambda each: (each.removed_at is not None, each.contact))
        if carriers:
            return self._tables.persons.get(carriers[0].contact)
        named = [each for each in self._tables.persons.values() if each.email == email]
        return min(named, key=_preference, default=None)

    def _by_record(self, platform: str, remote_id: str) -> Person | None:
        record = self._tables.records.get((platform, remote_id))
        seen: list[Record] = []
        while record is not None and record.merged_into is not None and record not in seen:
            seen.append(record)
            record = self._tables.records.get((platform, record.merged_into), record)
        return None if record is None else self._tables.persons.get(record.contact)


def _preference(person: Person) -> tuple[bool, int]:
    return person.merged_into is not None, person.contact


def _with_email(person: Person) -> Mapping[str, object]:
    """Return the attributes; `email` is the address to show where no platform field gave one."""
    return {"email": person.email, **person.attributes} if person.email else person.attributes
