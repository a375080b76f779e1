"""Segments as lists: found by name, made where they are absent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from adapters.http import Call
from adapters.mautic.limits import API
from adapters.mautic.segments import all_segments
from adapters.remembered import Remembered
from connector.ports.platform import RemoteList

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.mautic.account import Account, Row

_MAKE = "create a segment"


class MauticSegments:
    """Keeps the part `lists` of the contract."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._known = Remembered(account.clock, self._ask)
        self._making = asyncio.Lock()

    async def lists(self) -> Sequence[RemoteList]:
        """Return all segments, oldest first; of two with one name both."""
        rows = await all_segments(self._account)
        with self._account.reading("read segments", "a segment"):
            return [_list(row) for row in rows]

    async def create_list(self, name: str) -> RemoteList:
        """Return the segment `name`, made if it was absent: one without a filter, for everybody.

        Mautic makes a second segment of the same name without a word, so one is made at a time.
        """
        async with self._making:
            self.forget()
            known = await self._known.get()
            return known[name] if name in known else await self._make(name)

    async def find(self, name: str) -> RemoteList | None:
        """Return the segment `name`, as it lately was; None where there is none."""
        return (await self._known.get(lambda known: name in known)).get(name)

    def forget(self) -> None:
        """Ask for the segments anew next time."""
        self._known.forget()

    async def _make(self, name: str) -> RemoteList:
        call = Call(
            operation=_MAKE,
            method="POST",
            path="/api/segments/new",
            body={"name": name, "isPublished": True, "isGlobal": True},
            buckets=(API,),
        )
        body = (await self._account.send(call)).body
        self.forget()
        with self._account.reading(_MAKE, "a segment"):
            return _list(body["list"])

    async def _ask(self) -> Mapping[str, RemoteList]:
        found: dict[str, RemoteList] = {}
        for each in await self.lists():
            found.setdefault(each.name, each)
        return found


def _list(row: Row) -> RemoteList:
    """Return a segment in our words; one that is not published takes nobody in.

    Who is in one with a filter is Mautic's to say: it takes out again whoever does not fit.
    """
    is_writable = not row.get("filters") and row.get("isPublished") is not False
    return RemoteList(name=str(row["name"]), remote_id=str(int(row["id"])), is_writable=is_writable)
