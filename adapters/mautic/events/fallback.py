"""A table, and what takes its place where it may not be read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.mautic.cursor_validity import ASKED, SINCE
from adapters.mautic.events.source import Batch
from adapters.mautic.spans import micros_of
from adapters.mautic.stats import TableLacking
from adapters.resuming import LATER
from connector.domain.instants import to_micros

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from adapters.cursors import Place
    from adapters.mautic.account import Account
    from adapters.mautic.events.source import Source

_ASKED_AGAIN = timedelta(days=1)
"""How long a table that may not be read is left alone."""
_TABLE = "table"
_INSTEAD = "instead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """A table as a source of events; where it is lacking another source, or nothing."""

    account: Account
    table: Source
    instead: Source | None = None

    @property
    def name(self) -> str:
        """Return the name of the table."""
        return self.table.name

    @property
    def types(self) -> frozenset[str]:
        """Return what the table may bring."""
        return self.table.types

    async def read(self, place: Place) -> AsyncIterator[Batch]:
        """Yield what became known behind `place`: events have one id wherever they are read."""
        now = to_micros(self.account.clock.now())
        if now - place.get(ASKED, 0) >= micros_of(_ASKED_AGAIN):
            place = {name: value for name, value in place.items() if name != ASKED}
            try:
                async for batch in self.table.read(place.get(_TABLE, {})):
                    place = {**place, _TABLE: batch.place}
                    yield replace(batch, place=place)
            except TableLacking:
                place = {**place, ASKED: now}
                yield Batch(events=(), place=place)
            else:
                return
        if self.instead is None:
            return
        # What the table told before is not read once more.
        told = {SINCE: now - micros_of(_ASKED_AGAIN)} if _TABLE in place else {}
        async for batch in self.instead.read(place.get(_INSTEAD, told)):
            place = {**place, _INSTEAD: batch.place}
            yield replace(batch, place=place)

    def valid_part(self, place: Place, now: datetime) -> Place:
        """Return what is left of a place at `now`, of the table's and of the other's."""
        left: Place = {}
        if place.get(ASKED, 0) and place[ASKED] <= to_micros(now + LATER):
            left[ASKED] = place[ASKED]
        if _TABLE in place:
            left[_TABLE] = self.table.valid_part(place[_TABLE], now)
        if _INSTEAD in place and self.instead is not None:
            left[_INSTEAD] = self.instead.valid_part(place[_INSTEAD], now)
        return left
