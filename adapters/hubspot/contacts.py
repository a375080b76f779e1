"""Contacts: all of them by the list, from then on what was changed by searches."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from adapters import cursors
from adapters.http import Call
from adapters.hubspot.asking import ID, Search, batch_read, list_page, unexpected
from adapters.hubspot.changes import SETTLED, changed
from adapters.hubspot.cursor_validity import valid_part
from adapters.hubspot.journal import OFFSET, JournalUnusable
from adapters.hubspot.limits import REQUEST
from adapters.hubspot.milliseconds import milliseconds
from adapters.hubspot.turns import Turns
from adapters.hubspot.wire import ContactWire
from adapters.resuming import resumed
from connector.domain.pages import Page
from connector.errors import PlatformError, Problem

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence

    from adapters.cursors import Place
    from adapters.hubspot.account import Account
    from adapters.hubspot.journal import Journal
    from connector.domain.contacts import Contact, Reading
    from connector.domain.pages import Cursor

KIND = "contacts"
MODIFIED = "lastmodifieddate"
"""Of contacts alone; other records have `hs_lastmodifieddate`."""


@dataclass(frozen=True, slots=True)
class ContactReader:
    """Keeps the parts `contacts`, `lookup` and `ids` of the contract."""

    account: Account
    journal: Journal | None = None
    turns: Turns = field(default_factory=Turns)

    def contacts(self, reading: Reading, since: Cursor | None) -> AsyncIterator[Page[Contact]]:
        """Yield pages of contacts changed after `since`, all of them when it is None."""
        walk, path = partial(self._contacts, ContactWire(reading)), f"{self.account.name}.contacts"
        return resumed(self.account.clock, since, walk, valid_part=valid_part, path=path)

    async def _contacts(
        self, wire: ContactWire, place: Place
    ) -> AsyncGenerator[Page[Contact], None]:
        if "seen" in place and "walk" not in place:
            self.turns.begin()
        else:
            self.turns.end()
        walk = self._changes if "seen" in place else self._everything
        async for page in walk(wire, place):
            if page.items:
                self.turns.end()
            yield page

    async def fetch(self, remote_ids: Sequence[str], reading: Reading) -> Sequence[Contact]:
        """Return those of the contacts that exist."""
        wire = ContactWire(reading)
        rows = await batch_read(self.account, remote_ids, wire.properties, kind=KIND)
        return self._read(wire, rows)[0]

    async def ids(self, since: Cursor | None = None) -> AsyncIterator[Page[str]]:
        """Yield the ids of all contacts that are not deleted."""
        after: str | None = cursors.read(since).get("after")
        while True:
            listed = await list_page(self.account, [ID], after)
            after = listed.after
            items = tuple(str(row["id"]) for row in listed.rows)
            yield Page(items=items, cursor=cursors.written({"after": after}))
            if after is None:
                return

    async def _everything(self, wire: ContactWire, place: Place) -> AsyncIterator[Page[Contact]]:
        """Walk the list, which shows every change that was made before."""
        started = place.get("started", self._now())
        after = place.get("after")
        while True:
            listed = await list_page(self.account, wire.properties, after)
            items, problems = self._read(wire, listed.rows)
            after = listed.after
            here: Place = {"started": started, "after": after}
            end: Place = {"seen": started, "sure": started}
            cursor = cursors.written(end if after is None else here)
            yield Page(items=items, cursor=cursor, problems=problems)
            if after is None:
                break
        if self.account.timezone is None:
            await self._learn_the_day()

    async def _learn_the_day(self) -> None:
        """Ask when the day of the account ends; what the answer says of limits is learnt of it."""
        call = Call(
            operation="ask for the limits of the day",
            method="GET",
            path=self.account.paths.usage,
            buckets=REQUEST,
        )
        # Not every token may ask, and all contacts were read already.
        with suppress(PlatformError):
            await self.account.session.send(call)

    async def _changes(self, wire: ContactWire, place: Place) -> AsyncIterator[Page[Contact]]:
        """Take what the journal tells, where there is one, and search what else changed."""
        problem: Problem | None = None
        if self.journal is not None and "walk" not in place:
            try:
                async for page, here in self._journalled(self.journal, wire, place):
                    yield page
                    place = here
            except JournalUnusable as error:
                problem = Problem(message=str(error), path=f"{self.account.name}.contacts")
                place = {name: value for name, value in place.items() if name != OFFSET}
            if place.get(OFFSET) and self._now() - place["seen"] < SETTLED:
                return
        kept = {OFFSET: place[OFFSET]} if OFFSET in place else {}
        wanted = Search(kind=KIND, modified=MODIFIED, properties=wire.properties)
        async for rows, here in changed(self.account, wanted, place):
            items, problems = self._read(wire, rows)
            told = (*problems, problem) if problem else problems
            yield Page(items=items, cursor=cursors.written({**here, **kept}), problems=told)
            problem = None

    async def _journalled(
        self, journal: Journal, wire: ContactWire, place: Place
    ) -> AsyncIterator[tuple[Page[Contact], Place]]:
        """Yield what was changed by what the journal says."""
        async for entries, here in journal.behind(place):
            rows = await batch_read(self.account, entries.changed, wire.properties, kind=KIND)
            items, problems = self._read(wire, rows)
            yield Page(items=items, cursor=cursors.written(here), problems=problems), here

    def _now(self) -> int:
        return milliseconds(self.account.clock.now())

    def _read(
        self, wire: ContactWire, rows: Iterable[Mapping[str, Any]]
    ) -> tuple[tuple[Contact, ...], tuple[Problem, ...]]:
        try:
            return wire.contacts(rows)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise unexpected(self.account, "read contacts", "answered what is no contact") from None
