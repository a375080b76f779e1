"""Tables whose rows have no number, read by their dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.mautic.cursor_validity import BEGAN, SINCE, valid_part
from adapters.mautic.events.source import Batch
from adapters.mautic.spans import OVERLAP, instant_of, micros_of, stamp
from adapters.mautic.stats import PAGE_ROWS, ask_stats
from connector.domain.instants import to_micros

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from adapters.cursors import Place
    from adapters.mautic.account import Account, Row
    from adapters.mautic.asking import Clause
    from adapters.mautic.events.tables import Translate

_AT = "at"
"""In a place: up to which instant the reading under way has come."""
_SKIP = "skip"
"""In a place: how many rows of that instant it has read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedTable:
    """The rows of one table that meet some conditions."""

    account: Account
    name: str
    types: frozenset[str]
    translate: Translate
    column: str
    """The date by which they are read."""
    keys: tuple[str, ...]
    """What rows of one instant are ordered by."""
    clauses: tuple[Clause, ...] = ()
    overlap: timedelta = OVERLAP
    """How late rows may be seen."""
    page_rows: int = PAGE_ROWS

    async def read(self, place: Place) -> AsyncIterator[Batch]:
        """Yield what became known behind `place`."""
        began = place.get(BEGAN, to_micros(self.account.clock.now()))
        at, skip = place.get(_AT), place.get(_SKIP, 0)
        if at is None and SINCE in place:
            at = place[SINCE] - micros_of(self.overlap)
        order = [(each, "ASC") for each in (self.column, *self.keys)]
        is_last = False
        before: Sequence[Row] = ()
        while not is_last:
            since: Sequence[Clause] = [] if at is None else [(self.column, "gte", stamp(at))]
            found = await ask_stats(
                self.account,
                self.name,
                [*self.clauses, *since],
                limit=self.page_rows,
                order=order,
                start=skip,
            )
            with self.account.reading(f"read the table {self.name}", "a row"):
                events = await self.translate(found.rows)
                read = skip + len(found.rows)
                at, skip = self._behind(found.rows, at, skip)
            is_last = not found.rows or (
                found.are_all(self.page_rows) if found.total is None else read >= found.total
            )
            if not is_last and found.rows == before:
                what = "goes round in a circle: a page came twice"
                raise self.account.unexpected(f"read the table {self.name}", what)
            before = found.rows
            here: Place = {**place, BEGAN: began, _AT: at, _SKIP: skip}
            yield Batch(events=tuple(events), place={SINCE: began} if is_last else here)

    def valid_part(self, place: Place, now: datetime) -> Place:
        """Return what is left of a place at `now`."""
        return valid_part(place, now)

    def _behind(self, rows: Sequence[Row], at: int | None, skip: int) -> tuple[int | None, int]:
        """Return the instant of the last row, and how many rows of that instant were read."""
        if not rows:
            return at, skip
        dates = [to_micros(instant_of(row[self.column])) for row in rows]
        last = dates[-1]
        return last, dates.count(last) + (skip if last == at else 0)
