"""Reading on from a cursor while it turns out what time it is."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import count

import pytest

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
    """Gives two pages; its answers say that it is T there."""

    ahead: timedelta = timedelta()
    """How far our clock is ahead."""
    begun: list[tuple[Place, datetime]] = field(default_factory=list)
    closed: int = 0
    says: Callable[[], datetime] = lambda: T

    def __post_init__(self) -> None:
        self.ours = FakeClock(T + self.ahead)
        self.clock = PlatformClock(self.ours)

    async def pages(self, place: Place) -> AsyncGenerator[Page[int], None]:
        self.begun.append((place, self.clock.now()))
        try:
            for number in range(place.get("at", 0) + 1, 3):
                self.clock.learn({"date": format_datetime(self.says(), usegmt=True)}, timedelta())
                yield Page(items=(number,), cursor=cursors.written({"at": number}))
        finally:
            self.closed += 1

    def walk(self, since: Cursor | None = None) -> AsyncIterator[Page[int]]:
        def valid_part(place: Place, now: datetime) -> Place:
            return {} if place.get("hour", 0) > now.hour else place

        return resumed(self.clock, since, self.pages, valid_part=valid_part, path="mail.things")

    async def read(self, since: Cursor | None = None) -> list[Page[int]]:
        return [page async for page in self.walk(since)]


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
    assert [at.hour - T.hour for _, at in platform.begun] == [3, 3, 0]
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

    assert [each for each, _ in platform.begun] == [{}, {}, place]
    assert [page.problems for page in pages] == [(), ()]


async def test_where_our_clock_is_set_right_amid_a_walk_the_page_is_asked_for_again() -> None:
    platform = Platform(ahead=-3 * HOUR)
    walk = platform.walk()

    first = await anext(walk)
    platform.ours.advance(3 * HOUR)
    others = [page async for page in walk]

    assert items([first, *others]) == [1, 2]
    assert [place.get("at") for place, _ in platform.begun] == [None, None, None, 1, 1]
    assert platform.begun[-1][1] == T


async def test_clocks_of_a_platform_that_contradict_each_other_keep_nobody() -> None:
    hours = count()
    platform = Platform(says=lambda: T + next(hours) * HOUR)

    assert items(await platform.read()) == [1, 2]


@pytest.mark.parametrize("wrong", [1, 2], ids=["one answer", "two answers"])
@pytest.mark.parametrize("at", [0, 1], ids=["at first", "then"])
@pytest.mark.parametrize("hours", [-500, 500], ids=["in the past", "in the future"])
async def test_after_answers_with_a_wrong_date_nothing_is_read_from_the_beginning(
    hours: int, at: int, wrong: int
) -> None:
    numbers = count()

    def says() -> datetime:
        return T + (hours * HOUR if at <= next(numbers) < at + wrong else timedelta())

    platform, place = Platform(says=says), {"hour": T.hour}

    pages = await platform.read(cursors.written(place))

    assert (items(pages), [page.problems for page in pages]) == ([1, 2], [(), ()])
    assert platform.begun[-1] == ({"at": 1} if at else place, T)


async def test_who_leaves_a_walk_closes_it() -> None:
    platform = Platform()
    walk = platform.walk()

    await anext(walk)
    await walk.aclose()  # type: ignore[attr-defined]  # it is a generator

    assert platform.closed == 1
