"""Several processes at a time keep the limits of one account together, and none waits in vain."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connector.ports.budget import LONGEST_REQUEST, Bucket
from state.pacing.kept import Kept, LaterLedger, MemoryLedger
from state.pacing.time import HAIR
from tests.builders import T
from tests.fakes import SharedClock
from tests.unit.state.pacing.accounts import HOUR, MOMENT, SECOND, AccountUse, a_bucket
from tests.unit.state.pacing.processes import beside, in_time, some_processes, start

MINUTE = timedelta(minutes=1)
NO_TIME = timedelta()
BY_THE_MINUTE = a_bucket(75, MINUTE)
SHORT = [a_bucket(4, SECOND, "search"), a_bucket(10, 10 * SECOND, "burst")]
BUCKETS = [*SHORT, a_bucket(12, MINUTE, "minute"), a_bucket(40, HOUR, "hour")]
PROCESSES = 3


async def busy(use: AccountUse, lasts: timedelta, tasks: int = 4) -> None:
    """Ask as much as there is room for."""
    end = use.clock.now() + lasts

    async def again_and_again() -> None:
        while use.clock.now() < end:
            await use.ask(lasts=50 * MOMENT)

    await asyncio.gather(*(again_and_again() for _ in range(tasks)))


async def test_who_comes_beside_one_that_needs_little_starts_at_once() -> None:
    daemon, check = await some_processes(BY_THE_MINUTE)

    async def live() -> timedelta:
        await daemon.ask_all(20)
        await start(check)
        began = check.clock.now()
        await check.ask_all(20)
        return check.clock.now() - began

    assert await check.clock.run(live()) < SECOND
    check.check()


async def test_after_an_orderly_end_what_is_left_is_there_at_once() -> None:
    use, then = await some_processes(BY_THE_MINUTE)
    await use.clock.run(use.ask_all(45, lasts=NO_TIME))
    await use.budget.aclose()
    ended_at = use.clock.now()

    await start(then)
    assert then.budget.left() == {"all": 30}
    assert then.budget.opens() == {}
    await then.clock.run(then.ask_all(31, lasts=NO_TIME))

    sent = [each.sent_at - ended_at for each in use.requests[45:]]
    assert sent == [NO_TIME] * 30 + [MINUTE + HAIR]


async def test_requests_that_were_spread_count_no_longer_than_they_have_to() -> None:
    use, then = await some_processes(BY_THE_MINUTE)

    async def spread() -> None:
        for _ in range(75):
            await use.ask(lasts=NO_TIME)
            await use.clock.sleep(SECOND / 2)

    await use.clock.run(spread())
    await use.budget.aclose()
    await start(then)
    await then.clock.run(then.ask(lasts=NO_TIME))

    waited = then.requests[75].sent_at - use.requests[0].sent_at
    assert MINUTE < waited <= MINUTE + MINUTE / 20 + SECOND


async def test_after_a_kill_what_was_not_the_part_of_the_dead_is_there_at_once() -> None:
    dead, then = await some_processes(BY_THE_MINUTE)
    await dead.clock.run(dead.ask_all(20))
    killed_at = dead.clock.now()
    await start(then)

    await then.clock.run(then.ask_all(75))

    sent = [each.sent_at - killed_at for each in then.requests[20:]]
    assert sent.count(NO_TIME) >= 30
    assert max(sent) <= MINUTE + 15 * SECOND + HAIR
    then.check()


async def test_beside_one_that_takes_all_there_is_the_other_gets_its_part_soon() -> None:
    daemon, check = await some_processes(BY_THE_MINUTE)

    async def live() -> timedelta:
        long = asyncio.ensure_future(busy(daemon, timedelta(minutes=10)))
        await daemon.clock.sleep(timedelta(minutes=4, seconds=3))
        began = check.clock.now()
        await check.ask_all(5)
        took = check.clock.now() - began
        await long
        return took

    assert await check.clock.run(live()) <= MINUTE + 15 * SECOND
    check.check()


@pytest.mark.parametrize(
    "bucket", [BY_THE_MINUTE, a_bucket(190, 10 * SECOND), a_bucket(5), a_bucket(1), a_bucket(2)]
)
async def test_two_that_want_all_there_is_have_half_of_it_each(bucket: Bucket) -> None:
    one, other = await some_processes(bucket)
    lasts = max(2 * MINUTE, 15 * bucket.window)

    async def live() -> None:
        await asyncio.gather(busy(one, lasts), busy(other, lasts))

    await one.clock.run(live())

    one.check()
    sent = [each.process for each in one.requests]
    assert sent.count(one.process) >= len(sent) * 0.4
    assert sent.count(other.process) >= len(sent) * 0.4
    most = (lasts / bucket.window) * bucket.limit
    assert len(sent) >= 0.8 * most


async def test_once_the_other_has_ended_all_of_it_is_there_again() -> None:
    one, other = await some_processes(BY_THE_MINUTE)

    async def live() -> None:
        long = asyncio.ensure_future(busy(one, timedelta(minutes=10)))
        await busy(other, timedelta(minutes=3))
        await other.budget.aclose()
        await long

    await one.clock.run(live())

    one.check()
    last = one.requests[-1].sent_at - 3 * MINUTE
    assert sum(each.sent_at > last for each in one.requests) >= 0.9 * 3 * 75


class SlowLedger(MemoryLedger):
    """Takes long for the next change, as a database does that somebody else keeps locked."""

    def __init__(self, clock: SharedClock) -> None:
        super().__init__()
        self.clock = clock
        self.next_takes = NO_TIME

    async def change(self, platform: str, bucket: str, work: Callable[[Kept], Kept]) -> Kept:
        takes, self.next_takes = self.next_takes, NO_TIME
        await self.clock.sleep(takes)
        return await super().change(platform, bucket, work)


@pytest.mark.parametrize("seconds", [12, 25, 400])
async def test_a_note_that_comes_late_leaves_others_what_they_noted_meanwhile(seconds: int) -> None:
    clock = SharedClock(T)
    ledger = SlowLedger(clock)
    late = AccountUse(a_bucket(8, 10 * SECOND), clock=clock, ledger=ledger)
    other = beside(late)
    await start(late)
    await start(other)

    async def live() -> None:
        ledger.next_takes = seconds * SECOND
        asking = asyncio.ensure_future(late.ask_all(8))
        await clock.sleep((seconds - 5) * SECOND)
        await other.ask_all(8)
        await asking

    await clock.run(live())

    late.check()
    assert len(late.requests) == 16


async def test_a_dry_run_counts_what_others_noted_until_it_asked() -> None:
    daemon = AccountUse(BY_THE_MINUTE)
    dry = beside(daemon)
    dry.ledger = LaterLedger(daemon.ledger)
    await start(daemon)
    await start(dry)

    await daemon.clock.run(daemon.ask_all(60))
    await dry.clock.run(dry.ask_all(30))

    daemon.check()


@dataclass(frozen=True)
class Asks:
    """A process asks, some times at once."""

    after: timedelta
    process: int
    count: int
    buckets: tuple[str, ...]
    lasts: timedelta


@dataclass(frozen=True)
class Ends:
    """A process ends; another begins in its place."""

    after: timedelta
    process: int
    is_killed: bool


@dataclass(frozen=True)
class Tells:
    """The platform tells all of them of a limit."""

    after: timedelta
    bucket: str
    limit: int | None
    is_refusal: bool


def spans(most: timedelta) -> st.SearchStrategy[timedelta]:
    return st.one_of(st.just(NO_TIME), st.timedeltas(min_value=NO_TIME, max_value=most))


GAPS = st.one_of(st.just(NO_TIME), spans(SECOND), spans(15 * SECOND), spans(3 * MINUTE))
NUMBERS = st.integers(0, PROCESSES - 1)
STEPS = st.one_of(
    *[
        st.builds(
            Asks,
            after=GAPS,
            process=NUMBERS,
            count=st.integers(1, 15),
            buckets=st.lists(
                st.sampled_from([each.name for each in BUCKETS]), min_size=1, unique=True
            ).map(tuple),
            lasts=st.one_of(spans(SECOND), spans(LONGEST_REQUEST)),
        )
    ]
    * 3,
    st.builds(Ends, after=GAPS, process=NUMBERS, is_killed=st.booleans()),
    st.builds(
        Tells,
        after=GAPS,
        bucket=st.sampled_from(["search", "burst", "minute"]),
        limit=st.one_of(st.none(), st.integers(1, 12)),
        is_refusal=st.booleans(),
    ),
)


async def live(uses: Sequence[AccountUse], history: Sequence[Asks | Ends | Tells]) -> None:
    """Let the history happen, and everything that began in it end."""
    tasks: dict[int, list[asyncio.Future[object]]] = {number: [] for number in range(PROCESSES)}
    for step in history:
        await uses[0].clock.sleep(step.after)
        match step:
            case Asks():
                asking = uses[step.process].ask_all(step.count, *step.buckets, lasts=step.lasts)
                tasks[step.process].append(asyncio.ensure_future(asking))
            case Ends():
                await _end(uses[step.process], tasks[step.process], is_killed=step.is_killed)
            case Tells():
                await _tell(uses, step)
    await asyncio.gather(*(each for some in tasks.values() for each in some))


async def _end(use: AccountUse, tasks: list[asyncio.Future[object]], *, is_killed: bool) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    tasks.clear()
    if not is_killed:
        await use.budget.aclose()
    await start(use)


async def _tell(uses: Sequence[AccountUse], step: Tells) -> None:
    if step.limit is not None:
        uses[0].limits[step.bucket] = step.limit
    for use in uses:
        if step.is_refusal:
            await use.budget.refused(step.bucket)
        await use.budget.learn(step.bucket, limit=step.limit)


# Of each limit there is one place: what a process waited for, another had in hand.
IN_TURN: Sequence[Asks | Ends | Tells] = [
    Asks(NO_TIME, 2, 12, ("minute", "hour", "burst", "search"), NO_TIME),
    Ends(65 * SECOND + 0.05 * MOMENT, 0, is_killed=False),
    Asks(NO_TIME, 1, 9, ("search",), 0.05 * MOMENT),
    Tells(1.27 * MOMENT, "minute", 12, is_refusal=False),
    Tells(NO_TIME, "minute", None, is_refusal=True),
    Asks(NO_TIME, 1, 13, ("search", "burst"), 28 * SECOND + 3.296 * MOMENT),
    Tells(NO_TIME, "minute", 5, is_refusal=True),
]


@settings(max_examples=150)
@example(history=IN_TURN, percent=13)
@given(history=st.lists(STEPS, max_size=40), percent=st.integers(1, 100))
def test_no_window_of_all_of_them_ever_has_more_than_our_share(
    history: Sequence[Asks | Ends | Tells], percent: int
) -> None:
    async def run() -> None:
        uses = await some_processes(*BUCKETS, count=PROCESSES, percent=percent)
        await uses[0].clock.run(in_time(uses, live(uses, history), lasts=48 * HOUR))
        uses[0].check()

    asyncio.run(run())
