"""Laws of control planes, whatever is asked for when and however long it takes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from connector.ports.control import Job, Tick
from connector.runtime.planes.clock import SimulatedClock
from connector.runtime.planes.simulated import SimulatedPlane

AT = datetime(2026, 1, 15, 10, tzinfo=UTC)
DAY = timedelta(days=1)
JOBS = [Job(task="score"), Job(task="upkeep"), Job(lane="crm", task="push")]
SPANS = st.integers(min_value=0, max_value=90).map(lambda minutes: timedelta(minutes=minutes))
ASKED = st.lists(st.tuples(st.sampled_from(JOBS), SPANS), max_size=30)
TICKS = st.lists(
    st.builds(
        Tick,
        job=st.sampled_from(JOBS),
        every=st.integers(min_value=1, max_value=300).map(
            lambda minutes: timedelta(minutes=minutes)
        ),
        jitter=SPANS,
        is_eager=st.booleans(),
    ),
    unique_by=lambda tick: tick.job,
)


@dataclass(frozen=True, kw_only=True)
class Turn:
    job: Job
    began_at: datetime
    ended_at: datetime


async def a_day(
    ticks: list[Tick], asked: list[tuple[Job, timedelta]], spans: list[timedelta], seed: int
) -> list[Turn]:
    """Return what was done in a day in which each of `asked` came some time after the last."""
    clock = SimulatedClock(AT)
    plane = SimulatedPlane(clock, seed=seed)
    turns: list[Turn] = []

    async def perform(job: Job) -> None:
        began_at = clock.now()
        await clock.sleep(spans[len(turns) % len(spans)])
        turns.append(Turn(job=job, began_at=began_at, ended_at=clock.now()))

    await plane.schedule(ticks)
    serving = asyncio.create_task(plane.serve(perform))
    for job, after in asked:
        await plane.run_until(clock.now() + after)
        await plane.defer(job)
    await plane.run_until(clock.now() + DAY)
    await plane.stop(DAY)
    await serving
    return turns


@given(ticks=TICKS, asked=ASKED, spans=st.lists(SPANS, min_size=1), seed=st.integers())
def test_no_job_overtakes_itself(
    ticks: list[Tick], asked: list[tuple[Job, timedelta]], spans: list[timedelta], seed: int
) -> None:
    turns = asyncio.run(a_day(ticks, asked, spans, seed))

    for job in JOBS:
        series = sorted((each.began_at, each.ended_at) for each in turns if each.job == job)
        assert all(end <= begin for (_, end), (begin, _) in pairwise(series))


@given(asked=ASKED, spans=st.lists(SPANS, min_size=1))
def test_whoever_asks_has_it_begun_after_that_and_nobody_without_asking(
    asked: list[tuple[Job, timedelta]], spans: list[timedelta]
) -> None:
    turns = asyncio.run(a_day([], asked, spans, 0))

    asked_at = AT
    for job, after in asked:
        asked_at += after
        assert any(each.job == job and each.began_at >= asked_at for each in turns)
    for job in JOBS:
        begun = sum(each.job == job for each in turns)
        assert begun <= sum(each == job for each, _ in asked)


@given(ticks=TICKS, spans=st.lists(SPANS, min_size=1), seed=st.integers())
def test_ticks_come_no_more_often_than_at_their_intervals(
    ticks: list[Tick], spans: list[timedelta], seed: int
) -> None:
    turns = asyncio.run(a_day(ticks, [], spans, seed))

    for tick in ticks:
        begun = [each for each in turns if each.job == tick.job]
        # The day's own, one at its beginning, and one that waited for another to end.
        assert len(begun) <= (DAY + tick.jitter) // tick.every + 2
