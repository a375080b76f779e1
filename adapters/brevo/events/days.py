"""Statistics that are asked for by days.

The days are those of the account's time zone, and rows appear late on them; so today and yesterday
are read again each time, which does no harm. Where that is more than a page, they are read again
once a day, and between that only what was added at their end. At first the past is read, the
latest days before others, until there is nothing any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from adapters.brevo.cursor_validity import ONE_DAY
from adapters.brevo.events.source import Batch
from adapters.brevo.walking import Footing, Listing, walk
from connector.domain.instants import parse_instant, to_micros

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from adapters.brevo.account import Account, Row
    from adapters.cursors import Place
    from connector.domain.events import Event

SPAN = 90
"""The most days of one question."""
MOST_SPANS = 9
"""How many spans of the past are read: two years and a quarter."""

_SHARED = 2
"""The days that two spans share, since the first may end on another day than ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """One of Brevo's statistics, row by row.

    A place says either which span of the past is being read (`span`, counted back from the day it
    `began`; `end` is that of the latest one), or from which day on there may be something new
    (`since`). Where those days were read to their end on some `day`, `at` is that end.
    """

    account: Account
    name: str
    types: frozenset[str]
    path: str
    bucket: str
    page_rows: int
    key: Callable[[Row], str]
    translate: Callable[[Sequence[Row]], Awaitable[tuple[Event, ...]]]
    may_lack: frozenset[int] = frozenset()

    async def read(self, place: Place) -> AsyncIterator[Batch]:
        """Yield what is new, or at first the past."""
        today = self.account.clock.now().date()
        if "since" in place:
            if place.get("day", today.isoformat()) != today.isoformat():
                place = _again(date.fromisoformat(place["day"]))
            place["began"] = place.get("began", today.isoformat())
            since = max(date.fromisoformat(place["since"]), today - (SPAN - 1) * ONE_DAY)
            async for batch in self._walk(place, (("days", str((today - since).days + 1)),)):
                yield batch
            return
        place = place or {"began": today.isoformat(), "span": 0}
        while "span" in place:
            async for batch in self._walk(place, _span(place)):
                place = batch.place
                yield batch

    async def _walk(self, place: Place, days: tuple[tuple[str, str], ...]) -> AsyncIterator[Batch]:
        place = dict(place)
        # How far back Brevo answers nobody says: what it refuses there is nothing that is missing.
        lacking = self.may_lack | ({400} if place.get("span") else set())
        listing = self._listing(days, lacking)
        async for stretch in walk(self.account, listing, Footing.of(place.get("at"))):
            place |= {"at": stretch.footing.plain()}
            after = self._after(place) if stretch.is_last else place
            yield Batch(events=await self._read(stretch.rows), place=dict(after))

    def _after(self, place: Place) -> Place:
        """Return where to go on behind the end of a list."""
        began, at = date.fromisoformat(place["began"]), place["at"]
        if "span" in place:
            end = place.get("end") or at
            if Footing.of(at).last is not None and place["span"] + 1 < MOST_SPANS:
                return {"began": place["began"], "span": place["span"] + 1, "end": end}
            return self._latest(began, since=began - (SPAN - 1) * ONE_DAY, end=end)
        return self._latest(began, since=date.fromisoformat(place["since"]), end=place["at"])

    def _latest(self, began: date, *, since: date, end: Sequence[object]) -> Place:
        """Return a place behind the end of the days from `since` on, where these are many rows."""
        if Footing.of(end).offset <= self.page_rows:
            return _again(began)
        return {"since": since.isoformat(), "day": began.isoformat(), "at": end}

    async def _read(self, rows: Sequence[Row]) -> tuple[Event, ...]:
        with self.account.reading(f"read {self.name}", "an event"):
            return await self.translate(rows)

    def _listing(self, days: tuple[tuple[str, str], ...], may_lack: frozenset[int]) -> Listing:
        return Listing(
            operation=f"read {self.name}",
            path=self.path,
            bucket=self.bucket,
            field="events",
            limit=self.page_rows,
            key=self.key,
            order=lambda row: to_micros(parse_instant(row["date"])),
            params=(("sort", "asc"), *days),
            may_lack=may_lack,
            is_bare_when_empty=True,
        )


def _again(day: date) -> Place:
    """Return the place of a reader who was at the end of `day`: it is read again."""
    return {"since": (day - ONE_DAY).isoformat()}


def _span(place: Place) -> tuple[tuple[str, str], ...]:
    """Return the days of the span of the past that a place stands in."""
    if place["span"] == 0:
        # Which day it is only the account knows, and the end of a span must not be tomorrow.
        return (("days", str(SPAN)),)
    end = date.fromisoformat(place["began"]) - place["span"] * (SPAN - _SHARED) * ONE_DAY
    start = end - (SPAN - 1) * ONE_DAY
    return (("startDate", start.isoformat()), ("endDate", end.isoformat()))
