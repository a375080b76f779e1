"""Reading on from a cursor while it turns out what time it is."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime

from adapters import cursors
from adapters.clocks import PlatformClock
from adapters.cursors import Place
from adapters.resuming import resumed
from connector.domain.pages import Cursor, Page
from tests.builders import T
from tests.fakes import FakeClock

HOUR = timedelta(hours=1)


@dataclass
class Platform:
    """Gives two pages; the answer to its first request says that it is T there."""

    ahead: timedelta = timedelta()
    """How far our clock is ahead."""
    begun: list[tuple[Place, datetime]] = field(default_factory=list)
    closed: int = 0

    def __post_init__(self) -> None:
        self.clock = PlatformClock(FakeClock(T + self.ahead))

    async def pages(self, place: Place) -> AsyncGenerator[Page[int], None]:
        self.begun.append((place, self.clock.now()))
        try:
            for number in (1, 2):
                self.clock.learn({"date": format_datetime(T, usegmt=True)}, timedelta())
                yield Page(items=(number,), cursor=cursors.written({"at": number}))
        finally:
            self.closed += 1

    async def read(self, since: Cursor | None = None) -> list[Page[int]]:
        def believed(place: Place, now: datetime) -> Place:
            return {} if place.get("hour", 0) > now.hour else place

        walk = resumed(self.clock, since, self.pages, believed=believed, path="mail.things")
        return [page async for page in walk]


def items(pages: list[Page[int]]) -> list[int]:
    return [item for page in pages for item in page.items]


async def test_with_a_clock_that_is_right_all_is_asked_for_once() -> None:
    platform = Platform()

    pages = await platform.read()

    assert (items(pages), platform.begun) == ([1, 2], [({}, T)])


async def test_where_it_is_another_time_than_was_believed_reading_begins_anew() -> None:
    platform = Platform(ahead=3 * HOUR)

    pages = await platform.read()

    assert items(pages) == [1, 2]
    assert [at.hour - T.hour for _, at in platform.begun] == [3, 0]
    assert platform.closed == len(platform.begun)


async def test_a_place_in_the_future_is_left_and_said_once() -> None:
    platform = Platform()

    pages = await platform.read(cursors.written({"hour": T.hour + 1}))

    assert platform.begun == [({}, T)]
    assert [[str(each)[:32] for each in page.problems] for page in pages] == [
        ["mail.things: it was last read by"],
        [],
    ]


async def test_a_place_that_only_a_clock_that_is_behind_takes_for_the_future_stays() -> None:
    platform, place = Platform(ahead=-3 * HOUR), {"hour": T.hour}

    pages = await platform.read(cursors.written(place))

    assert [each for each, _ in platform.begun] == [{}, place]
    assert [page.problems for page in pages] == [(), ()]


async def test_who_leaves_a_walk_closes_it() -> None:
    platform = Platform()
    walk = resumed(platform.clock, None, platform.pages, believed=lambda place, _: place, path="")

    await anext(walk)
    await walk.aclose()  # type: ignore[attr-defined]  # it is a generator

    assert platform.closed == 1
