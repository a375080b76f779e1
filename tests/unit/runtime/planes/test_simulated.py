"""Simulated months: the same work at the same instants, however long it takes for real."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from connector.ports.control import Job, Tick
from connector.runtime.planes.clock import SimulatedClock
from connector.runtime.planes.simulated import SimulatedPlane

AT = datetime(2026, 1, 15, 10, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SCORE, PULL = Job(task="score"), Job(lane="crm", task="pull", subject="contacts")


class Month:
    """A plane in simulated time, and what it began when."""

    def __init__(self, *, seed: int = 0) -> None:
        self.clock = SimulatedClock(AT)
        self.plane = SimulatedPlane(self.clock, seed=seed)
        self.begun: list[tuple[Job, datetime]] = []

    @asynccontextmanager
    async def of(
        self, *ticks: Tick, work: Callable[[Job], Awaitable[None]] | None = None
    ) -> AsyncIterator[SimulatedPlane]:
        async def perform(job: Job) -> None:
            self.begun.append((job, self.clock.now()))
            if work is not None:
                await work(job)

        await self.plane.schedule(ticks)
        serving = asyncio.create_task(self.plane.serve(perform))
        yield self.plane
        await self.plane.stop(timedelta())
        await serving


async def test_each_turn_is_at_its_instant() -> None:
    month = Month()

    async with month.of(
        Tick(job=SCORE, every=HOUR), Tick(job=PULL, every=2 * HOUR, is_eager=False)
    ) as plane:
        await plane.run_until(AT + 3 * HOUR)

    assert month.begun == [
        (SCORE, AT),
        (SCORE, AT + HOUR),
        (SCORE, AT + 2 * HOUR),
        (PULL, AT + 2 * HOUR),
        (SCORE, AT + 3 * HOUR),
    ]


async def test_a_month_has_all_its_turns() -> None:
    month = Month()

    async with month.of(Tick(job=SCORE, every=10 * MINUTE)) as plane:
        await plane.run_until(AT + 30 * DAY)

    assert len(month.begun) == 30 * 24 * 6 + 1


async def a_day(seed: int) -> list[tuple[Job, datetime]]:
    month = Month(seed=seed)
    ticks = [Tick(job=job, every=HOUR, jitter=10 * MINUTE) for job in (SCORE, PULL)]
    async with month.of(*ticks) as plane:
        await plane.run_until(AT + DAY)
    return month.begun


async def test_a_seed_says_how_jitter_moves_turns() -> None:
    first, again, other = await a_day(1), await a_day(1), await a_day(2)

    assert first == again
    assert first != other


async def test_a_long_job_takes_its_time() -> None:
    month = Month()

    async def work(job: Job) -> None:
        await month.clock.sleep(90 * MINUTE)

    async with month.of(Tick(job=SCORE, every=HOUR), work=work) as plane:
        await plane.run_until(AT + 4 * HOUR)

    assert [at for _, at in month.begun] == [AT, AT + 90 * MINUTE, AT + 180 * MINUTE]


async def test_no_turn_comes_while_threads_work() -> None:
    month = Month()
    may_end = threading.Event()
    ends: list[datetime] = []

    async def work(job: Job) -> None:
        if job == PULL:
            await asyncio.to_thread(may_end.wait)
            ends.append(month.clock.now())
            return
        for _ in range(1000):
            await asyncio.sleep(0)
        may_end.set()

    async with month.of(
        Tick(job=SCORE, every=MINUTE), Tick(job=PULL, every=DAY), work=work
    ) as plane:
        await plane.run_until(AT + HOUR)

    assert ends == [AT]


async def test_what_needs_longer_is_still_under_way() -> None:
    month = Month()

    async def work(job: Job) -> None:
        await month.clock.sleep(DAY)

    async with month.of(Tick(job=SCORE, every=HOUR), work=work) as plane:
        await plane.run_until(AT + HOUR)

        assert list(plane.under_way()) == [SCORE]
        await plane.stop(2 * DAY)
        assert month.clock.now() == AT + DAY


async def test_another_jitter_leaves_the_next_turn_where_it_is() -> None:
    month = Month()
    tick = Tick(job=SCORE, every=HOUR, is_eager=False)

    async with month.of(tick) as plane:
        await plane.schedule([Tick(job=SCORE, every=HOUR, jitter=MINUTE, is_eager=False)])
        await plane.run_until(AT + 150 * MINUTE)

    (_, first), (_, second) = month.begun
    assert first == AT + HOUR
    assert AT + 2 * HOUR < second <= AT + 2 * HOUR + MINUTE


async def test_what_waits_in_a_lane_that_is_gone_is_forgotten() -> None:
    month = Month()
    push = Job(lane=PULL.lane, task="push")
    await month.plane.schedule([Tick(job=PULL, every=HOUR)])
    await month.plane.defer(push)
    await month.plane.defer(SCORE)

    async with month.of() as plane:
        await plane.run_until(AT + HOUR)

    assert month.begun == [(SCORE, AT)]
