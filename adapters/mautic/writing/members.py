"""Puts contacts into segments and takes them out.

Whoever is added is marked as added by hand, and stays whatever filters say. Whoever was added and
is taken out is in it no more; who came in another way is marked as taken out by hand, which sticks.
Mautic does not say whether it did anything, so who is in the segment is looked at before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from adapters.http import Call
from adapters.mautic.asking import MOST_IDS, ask_contacts, one_of
from adapters.mautic.limits import API
from adapters.mautic.stats import ask_stats
from adapters.mautic.wire import remote_id_of
from adapters.mautic.writing.answers import error_of
from adapters.mautic.writing.editor import AT_ONCE, is_id
from adapters.together import ask_each
from connector.domain.changes import Outcome
from connector.errors import NotSetUp, PlatformError, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.http import Json
    from adapters.mautic.account import Account
    from adapters.mautic.lists import MauticSegments
    from connector.domain.changes import ListChange
    from connector.ports.platform import RemoteList

LIST_BATCH = MOST_IDS

_OPERATION = "write a segment"
_TABLE = "lead_lists_leads"
_NOT_FOUND = httpx.codes.NOT_FOUND
_REFUSED = frozenset({_NOT_FOUND})


@dataclass(frozen=True, slots=True, kw_only=True)
class MauticListWriter:
    """Keeps the part `list_writer` of the contract."""

    account: Account
    segments: MauticSegments

    async def write_lists(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        """Put contacts into one segment, or take them out.

        Raises NotSetUp when the instance has no such segment, or one with a filter.
        """
        name, is_member = changes[0].list_name, changes[0].is_member
        found = await self.segments.find(name)
        if found is None or not found.is_writable:
            # Somebody may make it, or another one under its name, at any time.
            self.segments.forget()
            reason = "decides itself who is in the segment" if found else "has no segment"
            raise self._not_set_up(f"Mautic {reason} `{name}`")
        ids = [each.to.remote_id for each in changes]
        asked = sorted(set(filter(is_id, ids)), key=int)
        inside = await self._inside(found, asked)
        left = [each for each in asked if (each in inside) is not is_member]
        move = self._add if is_member else self._remove
        done: Mapping[str, Outcome] = await move(found, left) if left else {}
        there = Outcome(is_unchanged=True)
        nobody = Outcome(error=error_of(self.account, _OPERATION, _NOT_FOUND, {}))
        return [done.get(each, there) if each in asked else nobody for each in ids]

    async def _inside(self, found: RemoteList, remote_ids: Sequence[str]) -> frozenset[str]:
        """Return which of these are in the segment."""
        if not remote_ids:
            return frozenset()
        clauses = [
            ("leadlist_id", "eq", found.remote_id),
            one_of("lead_id", remote_ids),
            ("manually_removed", "eq", 0),
        ]
        rows = await ask_stats(
            self.account, _TABLE, clauses, limit=len(remote_ids), order=(("lead_id", "ASC"),)
        )
        with self.account.reading(f"read the table {_TABLE}", "a row"):
            return frozenset(str(int(row["lead_id"])) for row in rows.rows)

    async def _add(self, found: RemoteList, remote_ids: Sequence[str]) -> dict[str, Outcome]:
        call = Call(
            operation=_OPERATION,
            method="POST",
            path=f"/api/segments/{found.remote_id}/contacts/add",
            body={"ids": [int(each) for each in remote_ids]},
            buckets=(API,),
            reads=_REFUSED,
        )
        answer = await self.account.send(call)
        if answer.status == _NOT_FOUND:
            raise self._gone(found)
        done = _succeeded(answer.body)
        left = [each for each in remote_ids if each not in done]
        return {each: Outcome() for each in done} | (await self._why_not(left) if left else {})

    async def _why_not(self, remote_ids: Sequence[str]) -> dict[str, Outcome]:
        """Return what became of those of whom it is not said that they were added."""
        rows = await ask_contacts(
            self.account, "read contacts", [one_of("id", remote_ids)], limit=MOST_IDS, is_bare=True
        )
        with self.account.reading("read contacts", "a contact"):
            present = frozenset(map(remote_id_of, rows.rows))
        gone = Outcome(error=error_of(self.account, _OPERATION, _NOT_FOUND, {}))
        text = f"{self.account.name}: {_OPERATION}: the account may not edit the contact"
        kept = RejectedByPlatform(text, platform=self.account.name, operation=_OPERATION)
        return {each: Outcome(error=kept) if each in present else gone for each in remote_ids}

    async def _remove(self, found: RemoteList, remote_ids: Sequence[str]) -> dict[str, Outcome]:
        """Take contacts out, by a request each: Mautic takes out one at a time."""

        async def let_go(remote_id: str) -> Outcome:
            return await self._let_go(found, remote_id)

        answers = await ask_each(remote_ids, let_go, at_once=AT_ONCE)
        return {
            remote_id: Outcome(error=each) if isinstance(each, PlatformError) else each
            for remote_id, each in zip(remote_ids, answers, strict=True)
        }

    async def _let_go(self, found: RemoteList, remote_id: str) -> Outcome:
        call = Call(
            operation=_OPERATION,
            method="POST",
            path=f"/api/segments/{found.remote_id}/contact/{remote_id}/remove",
            buckets=(API,),
            reads=_REFUSED,
        )
        answer = await self.account.send(call)
        if answer.status == _NOT_FOUND:
            # Mautic answers the same of a contact and of a segment that is gone.
            self.segments.forget()
            if await self.segments.find(found.name) is None:
                raise self._gone(found)
            raise error_of(self.account, _OPERATION, answer.status, {})
        if not isinstance(answer.body, dict) or not answer.body.get("success"):
            raise self.account.unexpected(_OPERATION, "does not say that it was done")
        return Outcome()

    def _gone(self, found: RemoteList) -> NotSetUp:
        self.segments.forget()
        return self._not_set_up(f"Mautic has no segment `{found.name}`")

    def _not_set_up(self, reason: str) -> NotSetUp:
        name = self.account.name
        return NotSetUp(f"{name}: {_OPERATION}: {reason}", platform=name, operation=_OPERATION)


def _succeeded(body: Json) -> frozenset[str]:
    """Return the ids of those who were added."""
    details = body.get("details") if isinstance(body, dict) else None
    told = details.items() if isinstance(details, dict) else ()
    return frozenset(
        key for key, each in told if isinstance(each, dict) and each.get("success") is True
    )
