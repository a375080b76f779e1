"""The clock may be moved and the zone changed: ticks come as if nothing had happened."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from apscheduler.schedulers import base

from connector.ports.control import Job, Tick
from connector.runtime.clock import SystemClock
from connector.runtime.planes import local
from connector.runtime.planes.local import LocalPlane

SCORE, PULL = Job(task="score"), Job(task="pull")
OFTEN = timedelta(milliseconds=10)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class MovedClock(SystemClock):
    """The clock of this machine, if it had been moved."""

    moved = timedelta()

    def now(self) -> datetime:
        return super().now() + self.moved


class Ticking:
    """A plane that serves, on a clock that can be moved."""

    def __init__(self, clock: MovedClock) -> None:
        self.clock = clock
        self.plane = LocalPlane(clock)
        self.turns: Counter[Job] = Counter()

    async def perform(self, job: Job) -> None:
        self.turns[job] += 1

    @asynccontextmanager
    async def serving(self, *ticks: Tick) -> AsyncIterator[None]:
        await self.plane.schedule(ticks)
        serving = asyncio.create_task(self.plane.serve(self.perform))
        yield
        await self.plane.aclose()
        await serving

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not holds():  # noqa: ASYNC110 - what is waited for may be anything
                await asyncio.sleep(0.002)

    async def a_while(self) -> None:
        """Return after several looks at the clock, and turns of what comes often."""
        seen = self.turns[PULL]
        await self.until(lambda: self.turns[PULL] >= seen + 5)


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> Ticking:
    clock = MovedClock()

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a datetime all the same
            return clock.now().astimezone(tz)

    # APScheduler takes no clock: it reads the machine's.
    monkeypatch.setattr(base, "datetime", Moved)
    monkeypatch.setattr(local, "_LOOK_EVERY", 0.005)
    return Ticking(clock)


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str], None]]:
    before = os.environ.get("TZ")

    def move(zone: str) -> None:
        os.environ["TZ"] = zone
        time.tzset()

    yield move
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize("jump", [HOUR, timedelta(days=56 * 365)], ids=["an hour", "56 years"])
async def test_what_a_clock_set_forward_passed_is_made_up_for_by_one_turn(
    ticking: Ticking, jump: timedelta
) -> None:
    seldom = Tick(job=SCORE, every=MINUTE, is_eager=False)

    async with ticking.serving(seldom, Tick(job=PULL, every=OFTEN)):
        await ticking.until(lambda: ticking.turns[PULL] > 0)
        ticking.clock.moved = jump
        await ticking.until(lambda: ticking.turns[SCORE] > 0)
        await ticking.a_while()

    assert ticking.turns[SCORE] == 1


async def test_a_clock_set_forward_is_noticed_while_nothing_else_happens(ticking: Ticking) -> None:
    async with ticking.serving(Tick(job=SCORE, every=HOUR)):
        await ticking.until(lambda: ticking.turns[SCORE] > 0)
        ticking.clock.moved = 2 * HOUR
        await ticking.until(lambda: ticking.turns[SCORE] == 2)


async def test_nothing_waits_for_a_clock_set_back_to_catch_up(ticking: Ticking) -> None:
    async with ticking.serving(Tick(job=PULL, every=OFTEN)):
        await ticking.until(lambda: ticking.turns[PULL] > 0)
        ticking.clock.moved = -HOUR
        await ticking.a_while()


async def test_turns_stay_an_interval_apart_when_the_clock_is_set_back(ticking: Ticking) -> None:
    jump = timedelta(minutes=-90)

    async with ticking.serving(Tick(job=SCORE, every=HOUR)):
        await ticking.until(lambda: ticking.turns[SCORE] > 0)
        entry = ticking.plane._entries[SCORE]
        before = entry.next_run_time
        ticking.clock.moved = jump
        await ticking.until(lambda: entry.next_run_time != before)
        after = entry.trigger.get_next_fire_time(None, entry.next_run_time)

    assert abs(entry.next_run_time - (before + jump)) < timedelta(seconds=1)
    assert after == entry.next_run_time + HOUR


async def test_a_clock_set_back_has_nothing_done_twice(ticking: Ticking) -> None:
    async with ticking.serving(Tick(job=SCORE, every=HOUR), Tick(job=PULL, every=OFTEN)):
        await ticking.until(lambda: ticking.turns[SCORE] > 0)
        ticking.clock.moved = -3 * HOUR
        await ticking.a_while()

    assert ticking.turns[SCORE] == 1


async def test_a_clock_that_is_set_right_again_has_nothing_done_twice(ticking: Ticking) -> None:
    async with ticking.serving(Tick(job=SCORE, every=HOUR), Tick(job=PULL, every=OFTEN)):
        await ticking.until(lambda: ticking.turns[SCORE] > 0)
        ticking.clock.moved = 24 * HOUR
        await ticking.until(lambda: ticking.turns[SCORE] == 2)
        ticking.clock.moved = timedelta()
        await ticking.a_while()

    assert ticking.turns[SCORE] == 2


async def test_what_begins_right_after_a_jump_keeps_its_interval(ticking: Ticking) -> None:
    pull, score = Tick(job=PULL, every=OFTEN), Tick(job=SCORE, every=MINUTE, is_eager=False)

    async with ticking.serving(pull):
        await ticking.until(lambda: ticking.turns[PULL] > 0)
        ticking.clock.moved = -HOUR
        await ticking.plane.schedule([pull, score])
        await ticking.a_while()

    assert ticking.turns[SCORE] == 0


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"])
async def test_a_change_of_zone_changes_nothing(
    ticking: Ticking, elsewhere: Callable[[str], None], zone: str
) -> None:
    elsewhere("Europe/Berlin")

    async with ticking.serving(Tick(job=SCORE, every=HOUR), Tick(job=PULL, every=OFTEN)):
        await ticking.until(lambda: ticking.turns[SCORE] > 0)
        elsewhere(zone)
        await ticking.a_while()

    assert ticking.turns[SCORE] == 1


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe"])
async def test_due_times_are_in_utc_wherever_it_runs(
    elsewhere: Callable[[str], None], zone: str
) -> None:
    elsewhere(zone)
    plane = LocalPlane(SystemClock())

    await plane.schedule([Tick(job=SCORE, every=HOUR)])

    assert plane._entries[SCORE].next_run_time.tzinfo is UTC
    assert str(plane._scheduler.timezone) == "UTC"
