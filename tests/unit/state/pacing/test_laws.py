"""No platform is ever asked more than our share of its limits, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.ports.budget import LONGEST_REQUEST, LONGEST_WAIT, Bucket, urgently
from tests.unit.state.pacing.accounts import (
    HOUR,
    MOMENT,
    SECOND,
    AccountUse,
    a_bucket,
)

SHORT = [
    a_bucket(4, SECOND, "search"),
    a_bucket(10, 10 * SECOND, "burst"),
]
LONG = [a_bucket(6, HOUR, "hour"), a_bucket(15, 24 * HOUR, "day", is_daily=True)]
LARGE = [a_bucket(5_000, HOUR, "hour"), a_bucket(9_000, 24 * HOUR, "day", is_daily=True)]
NAMES = [each.name for each in [*SHORT, *LONG]]


@dataclass(frozen=True)
class Ask:
    """Somebody comes, asks, and perhaps does not wait for it."""

    after: timedelta
    buckets: tuple[str, ...]
    lasts: timedelta
    patience: timedelta | None
    is_urgent: bool


@dataclass(frozen=True)
class Ends:
    """The process ends, and another one begins later."""

    after: timedelta
    is_killed: bool


@dataclass(frozen=True)
class Tells:
    """The platform says something of a limit."""

    after: timedelta
    bucket: str
    limit: int | None
    remaining: int | None
    resets_after: timedelta | None
    is_refusal: bool


def spans(most: timedelta) -> st.SearchStrategy[timedelta]:
    return st.one_of(st.just(timedelta()), st.timedeltas(min_value=timedelta(), max_value=most))


GAPS = st.one_of(spans(SECOND), spans(20 * SECOND), spans(2 * HOUR))
ASKS = st.builds(
    Ask,
    after=st.one_of(st.just(timedelta()), GAPS),
    buckets=st.lists(st.sampled_from(NAMES), min_size=1, unique=True).map(tuple),
    lasts=st.one_of(spans(SECOND), spans(LONGEST_REQUEST)),
    patience=st.one_of(st.none(), spans(15 * SECOND)),
    is_urgent=st.booleans(),
)
ENDINGS = st.builds(Ends, after=GAPS, is_killed=st.booleans())
TELLINGS = st.builds(
    Tells,
    after=GAPS,
    bucket=st.sampled_from(["search", "burst", "hour"]),
    limit=st.one_of(st.none(), st.integers(1, 12)),
    remaining=st.one_of(st.none(), st.integers(0, 12)),
    resets_after=st.one_of(st.none(), spans(20 * SECOND)),
    is_refusal=st.booleans(),
)
HISTORIES = st.lists(st.one_of(ASKS, ASKS, ASKS, ENDINGS, TELLINGS), max_size=60)


async def live(use: AccountUse, history: list[Ask | Ends | Tells]) -> None:
    """Let the history happen, and everything that began in it end."""
    await use.start()
    tasks: set[asyncio.Task[object]] = set()
    for step in history:
        await use.clock.sleep(step.after)
        match step:
            case Ask():
                tasks.add(asyncio.ensure_future(_ask(use, step)))
            case Ends(is_killed=is_killed):
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                tasks.clear()
                if is_killed:
                    use.unsaid.add(use.process)
                else:
                    await use.budget.aclose()
                await use.start()
            case Tells():
                await _tell(use, step)
    await asyncio.gather(*tasks, return_exceptions=True)


async def _ask(use: AccountUse, step: Ask) -> None:
    with urgently() if step.is_urgent else nullcontext():
        asking = asyncio.ensure_future(use.ask(0, *step.buckets, lasts=step.lasts))
    try:
        if step.patience is None:
            await asking
        else:
            await use.clock.sleep(step.patience)
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def _tell(use: AccountUse, step: Tells) -> None:
    if step.is_refusal:
        await use.budget.refused(step.bucket, wait=step.resets_after)
        return
    if step.limit is not None:
        use.limits[step.bucket] = step.limit
    await use.budget.learn(
        step.bucket,
        limit=step.limit,
        remaining=step.remaining,
        resets_after=step.resets_after,
    )


@settings(max_examples=150)
@given(history=HISTORIES, percent=st.integers(1, 100), is_large=st.booleans())
def test_no_window_ever_has_more_than_our_share(
    history: list[Ask | Ends | Tells], percent: int, is_large: bool
) -> None:
    async def run() -> None:
        use = AccountUse(*SHORT, *(LARGE if is_large else LONG), percent=percent)
        await use.clock.run(live(use, history))
        use.check()

    asyncio.run(run())


@settings(max_examples=50)
@given(
    bucket=st.sampled_from([a_bucket(4, SECOND), a_bucket(10, 10 * SECOND)]),
    percent=st.integers(1, 100),
    count=st.integers(1, 60),
    lasts=spans(2 * SECOND),
)
def test_nobody_waits_longer_than_the_limit_makes_them(
    bucket: Bucket, percent: int, count: int, lasts: timedelta
) -> None:
    async def run() -> None:
        use = AccountUse(bucket, percent=percent)
        await use.start()
        await use.clock.run(use.ask_all(count, lasts=lasts))
        share = max(1, bucket.limit * percent // 100)
        windows = ceil(count / share) - 1
        assert len(use.requests) == count
        assert use.requests[-1].sent_at - use.requests[0].sent_at == windows * (
            bucket.window + lasts + MOMENT
        )
        assert [each.task for each in use.requests] == list(range(count))

    asyncio.run(run())


@settings(max_examples=25)
@given(limit=st.sampled_from([1, 7, 40, 2_500]), hours=st.integers(0, 2), more=st.integers(1, 40))
def test_an_hours_limit_is_used_to_the_full_by_whoever_comes_back(
    limit: int, hours: int, more: int
) -> None:
    count = min(hours * limit + more, 200)

    async def insist(use: AccountUse) -> None:
        for _ in range(count):
            while await use.ask(lasts=MOMENT) is None:
                await use.clock.sleep(use.turned_away[-1].retry_after or LONGEST_WAIT)

    async def run() -> None:
        use = AccountUse(a_bucket(limit, HOUR))
        await use.start()
        began = use.clock.at
        await use.clock.run(insist(use))
        use.check()
        windows = ceil(count / limit) - 1
        assert use.clock.at - began <= windows * (HOUR + MOMENT) + count * MOMENT

    asyncio.run(run())
