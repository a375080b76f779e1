"""What is sent, what waits and what is put off, by what a platform declares and says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from connector.errors import LimitUsedUp, RateLimited
from connector.ports.budget import LONGEST_WAIT, Bucket
from tests.builders import T
from tests.fakes import SharedClock
from tests.unit.state.pacing.accounts import (
    DAY,
    HOUR,
    MOMENT,
    SECOND,
    AccountUse,
    a_bucket,
    instants,
)

MINUTE = timedelta(minutes=1)
NO_TIME = timedelta()


async def used(
    *buckets: Bucket, percent: int = 100, then: Callable[[AccountUse], Awaitable[object]]
) -> AccountUse:
    """Return the account after `then` happened, every request in it within the limits."""
    use = AccountUse(*buckets, percent=percent)
    await use.start()

    async def happen() -> None:
        await then(use)

    await use.clock.run(happen())
    use.check()
    return use


async def test_what_fits_goes_at_once_and_the_rest_as_places_get_free() -> None:
    use = await used(a_bucket(3), then=lambda use: use.ask_all(7, lasts=NO_TIME))

    assert instants(use.requests) == [0, 0, 0, 1.001, 1.001, 1.001, 2.002]


async def test_a_slow_request_counts_until_its_answer_is_a_window_old() -> None:
    async def both(use: AccountUse) -> None:
        await use.ask(lasts=5 * SECOND)
        await use.ask()

    use = await used(a_bucket(1), then=both)

    assert instants(use.requests) == [0, 6.001]


@pytest.mark.parametrize(
    ("percent", "share"), [(100, 10), (70, 7), (75, 7), (9, 1), (1, 1), (0, 1)]
)
async def test_a_share_is_left_to_other_callers(percent: int, share: int) -> None:
    use = await used(a_bucket(10), percent=percent, then=lambda use: use.ask_all(12))

    assert instants(use.requests).count(0) == share


async def test_a_request_counts_in_all_its_limits() -> None:
    buckets = (a_bucket(2, SECOND, "search"), a_bucket(5, 10 * SECOND, "burst"))

    use = await used(*buckets, then=lambda use: use.ask_all(6, lasts=NO_TIME))

    assert instants(use.requests) == [0, 0, 1.001, 1.001, 2.002, 10.001]


async def test_whoever_needs_another_limit_is_not_kept_waiting() -> None:
    async def both(use: AccountUse) -> None:
        slow = asyncio.gather(*(use.ask(0, "slow") for _ in range(2)))
        await use.ask(1, "quick")
        await slow

    use = await used(a_bucket(1, MINUTE, "slow"), a_bucket(9, SECOND, "quick"), then=both)

    assert sorted((each.sent_at - T, each.task) for each in use.requests) == [
        (NO_TIME, 0),
        (NO_TIME, 1),
        (MINUTE + 51 * MOMENT, 0),
    ]


async def test_whoever_gives_up_gives_back_the_place() -> None:
    async def one_gives_up(use: AccountUse) -> None:
        waiting = [asyncio.ensure_future(use.ask(task)) for task in range(3)]
        await use.clock.sleep(500 * MOMENT)
        waiting[1].cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    use = await used(a_bucket(1), then=one_gives_up)

    assert [each.task for each in use.requests] == [0, 2]
    assert instants(use.requests) == [0, 1.051]


async def test_a_place_held_in_one_limit_is_given_back_when_another_is_given_up() -> None:
    async def one_gives_up(use: AccountUse) -> None:
        await use.ask(0, "burst")
        both = asyncio.ensure_future(use.ask(1, "search", "burst"))
        search = asyncio.ensure_future(use.ask(2, "search"))
        await use.clock.sleep(5 * SECOND)
        both.cancel()
        await asyncio.gather(both, search, return_exceptions=True)

    buckets = (a_bucket(1, SECOND, "search"), a_bucket(1, MINUTE, "burst"))
    use = await used(*buckets, then=one_gives_up)

    assert [(each.task, each.sent_at - T) for each in use.requests] == [
        (0, NO_TIME),
        (2, 5 * SECOND + 50 * MOMENT),
    ]


async def test_a_bucket_that_nobody_declared_is_refused_at_once() -> None:
    use = AccountUse(a_bucket(1))
    budget = await use.start()

    with pytest.raises(KeyError, match="unheard"):
        async with budget.spend("all", "unheard"):
            pytest.fail("it was let through")

    assert budget.left() == {"all": 1}


async def test_what_would_take_too_long_is_put_off_and_said_so() -> None:
    use = await used(a_bucket(2, HOUR), then=lambda use: use.ask_all(3, lasts=NO_TIME))

    (put_off,) = use.turned_away
    assert len(use.requests) == 2
    assert put_off.retry_after == HOUR + MOMENT
    assert "until 2026-01-15 11:00 UTC" in str(put_off)


async def test_a_wait_that_a_run_has_patience_for_is_waited() -> None:
    bucket = a_bucket(1, LONGEST_WAIT - SECOND)

    use = await used(bucket, then=lambda use: use.ask_all(2))

    assert (len(use.requests), use.turned_away) == (2, [])


async def test_many_short_waits_are_too_long_all_in_all() -> None:
    began = []

    async def walk(use: AccountUse) -> None:
        for _ in range(30):
            await use.ask()
            await use.clock.sleep(2 * MINUTE)
        began.append(use.clock.now())
        while await use.ask():
            pass

    use = await used(a_bucket(30, HOUR), then=walk)

    assert use.clock.now() - began[0] <= LONGEST_WAIT
    assert [type(each) for each in use.turned_away] == [LimitUsedUp]


async def test_whoever_comes_back_later_finds_what_became_free_meanwhile() -> None:
    async def come_back(use: AccountUse) -> None:
        for _ in range(30):
            await use.ask()
            await use.clock.sleep(2 * MINUTE)
        for _ in range(8):
            while await use.ask():
                pass
            await use.clock.sleep(15 * MINUTE)

    use = await used(a_bucket(30, HOUR), then=come_back)

    lasted = use.requests[-1].sent_at - T
    assert len(use.requests) >= lasted / (2 * MINUTE), "the limit is used to the full"


async def test_a_limit_told_by_the_platform_counts_instead_of_ours() -> None:
    async def told(use: AccountUse) -> None:
        use.limits["all"] = 20
        await use.budget.learn("all", limit=20)
        await use.ask_all(20)
        use.limits["all"] = 2
        await use.budget.learn("all", limit=2)
        await use.clock.sleep(SECOND)
        await use.ask_all(2)

    use = await used(a_bucket(10), percent=50, then=told)

    assert instants(use.requests)[:11] == [0] * 10 + [1.051]
    assert instants(use.requests)[20:] == [2.102, 3.153]


@pytest.mark.parametrize(("remaining", "waits"), [(0, 7), (30, 7), (31, 0), (100, 0)])
async def test_what_is_left_for_others_is_left_until_the_limit_resets(
    remaining: int, waits: int
) -> None:
    async def told(use: AccountUse) -> None:
        await use.budget.learn("all", remaining=remaining, resets_after=7 * SECOND)
        await use.ask()

    use = await used(a_bucket(100, 10 * SECOND), percent=70, then=told)

    assert use.requests[0].sent_at - T == waits * SECOND


async def test_what_is_left_is_counted_down_until_the_next_answer() -> None:
    async def told(use: AccountUse) -> None:
        await use.budget.learn("all", remaining=33, resets_after=7 * SECOND)
        await use.ask_all(4)

    use = await used(a_bucket(100, 10 * SECOND), percent=70, then=told)

    assert instants(use.requests) == [0, 0, 0, 7]


async def test_what_is_under_way_may_not_be_counted_yet_in_what_is_left() -> None:
    async def told(use: AccountUse) -> None:
        slow = asyncio.ensure_future(use.ask_all(2, lasts=3 * SECOND))
        await use.clock.sleep(SECOND)
        await use.budget.learn("all", remaining=33, resets_after=7 * SECOND)
        await use.ask_all(2)
        await slow

    use = await used(a_bucket(100, 10 * SECOND), percent=70, then=told)

    assert instants(use.requests) == [0, 0, 1, 8]


async def test_what_we_used_ourselves_is_known_already() -> None:
    async def told(use: AccountUse) -> None:
        await use.ask_all(10, lasts=NO_TIME)
        # Whole seconds, rounded up by the platform: it would be a second lost.
        await use.budget.learn("all", remaining=0, resets_after=SECOND)
        await use.clock.sleep(500 * MOMENT)
        await use.budget.learn("all", remaining=0, resets_after=SECOND)
        await use.ask()

    use = await used(a_bucket(10), then=told)

    assert instants(use.requests)[10] == 1.001


async def test_a_refusal_is_waited_for_then_the_pace_is_halved_and_grows_back() -> None:
    async def refused(use: AccountUse) -> None:
        await use.budget.refused("all", wait=3 * SECOND)
        await use.ask_all(40, lasts=NO_TIME)

    use = await used(a_bucket(10), then=refused)

    begun = [(each.sent_at - T) // SECOND for each in use.requests]
    assert [begun.count(at) for at in (3, 4, 5, 6, 7)] == [5, 6, 7, 8, 9]


async def test_refusals_that_come_together_halve_once() -> None:
    async def refused(use: AccountUse) -> None:
        for _ in range(5):
            await use.budget.refused("all", wait=SECOND)
        await use.ask_all(8, lasts=NO_TIME)

    use = await used(a_bucket(10), then=refused)

    assert instants(use.requests).count(0) == 5


async def test_what_was_let_through_waits_when_its_limit_closes_meanwhile() -> None:
    async def closes(use: AccountUse) -> None:
        await use.ask(0, "burst", lasts=NO_TIME)
        waiting = asyncio.ensure_future(use.ask(1, "search", "burst"))
        await use.clock.sleep(SECOND)
        await use.budget.refused("search", wait=MINUTE)
        await waiting

    buckets = (a_bucket(1, SECOND, "search"), a_bucket(1, 10 * SECOND, "burst"))
    use = await used(*buckets, then=closes)

    assert instants(use.requests) == [0, 61]


async def test_a_day_ends_at_midnight_and_the_next_begins() -> None:
    async def insist(use: AccountUse) -> None:
        await use.ask_all(4)
        await use.clock.sleep(use.turned_away[0].retry_after or NO_TIME)
        await use.ask_all(4)

    use = await used(a_bucket(3, DAY, is_daily=True), then=insist)

    assert [each.sent_at.day for each in use.requests] == [15] * 3 + [16] * 3
    assert len(use.turned_away) == 2


async def test_a_request_over_midnight_counts_in_both_days() -> None:
    async def over(use: AccountUse) -> None:
        await use.clock.sleep(14 * HOUR - SECOND)
        night = asyncio.ensure_future(use.ask_all(2, lasts=MINUTE))
        await use.clock.sleep(2 * SECOND)
        await use.ask_all(2)
        await night

    use = await used(a_bucket(3, DAY, is_daily=True), then=over)

    assert (len(use.requests), len(use.turned_away)) == (3, 1)


async def test_the_midnight_of_the_account_is_learnt() -> None:
    use = AccountUse(a_bucket(3, DAY, is_daily=True))
    budget = await use.start()

    async def learn() -> None:
        await use.ask_all(2)
        await budget.learn("all", resets_after=2 * HOUR)
        await use.ask_all(2)
        put_off = use.turned_away[0].retry_after
        assert put_off is not None
        assert abs(put_off - 2 * HOUR) < SECOND
        await use.clock.sleep(put_off)
        await use.ask_all(4)

    await use.clock.run(learn())

    assert [len(use.requests), len(use.turned_away)] == [6, 2]
    assert use.turned_away[1].retry_after is not None
    assert use.turned_away[1].retry_after > 23 * HOUR


async def test_a_day_that_others_used_up_is_over_for_us() -> None:
    async def told(use: AccountUse) -> None:
        await use.budget.learn("all", remaining=0, resets_after=5 * HOUR)
        await use.ask()

    use = await used(a_bucket(1_000, DAY, is_daily=True), then=told)

    assert use.requests == []
    assert use.turned_away[0].retry_after == 5 * HOUR


async def test_a_clock_that_is_set_back_stops_nobody() -> None:
    use = AccountUse(a_bucket(1))
    await use.start()
    await use.clock.run(use.ask())
    use.clock.at -= DAY
    began = use.clock.at

    await use.clock.run(use.ask_all(3))

    assert use.clock.at - began < 5 * SECOND


async def test_a_clock_that_was_far_ahead_closes_nothing_for_long() -> None:
    wrong = SharedClock(datetime(2036, 1, 1, tzinfo=UTC))
    use = AccountUse(a_bucket(1, MINUTE), a_bucket(1, HOUR, "hour"), clock=wrong)
    await use.start()
    await use.clock.run(use.ask())

    use.clock = SharedClock(T)
    budget = await use.start()
    use.clock.at += 2 * DAY
    assert budget.left() == {"all": 1, "hour": 1}


async def test_what_may_be_sent_at_once_can_be_seen() -> None:
    use = AccountUse(a_bucket(10), a_bucket(5_000, HOUR, "hour"), percent=50)
    budget = await use.start()
    seen = [dict(budget.left())]

    async def ask() -> None:
        async with budget.spend("all", "hour"):
            seen.append(dict(budget.left()))
        await budget.learn("hour", remaining=2_600, resets_after=HOUR)
        await budget.learn("all", remaining=1, resets_after=SECOND)
        seen.append(dict(budget.left()))

    await use.clock.run(ask())

    assert seen == [
        {"all": 5, "hour": 2_500},
        {"all": 4, "hour": 2_499},
        {"all": 0, "hour": 100},
    ]


async def test_errors_name_the_platform_and_no_more() -> None:
    use = await used(a_bucket(1, HOUR), then=lambda use: use.ask_all(2))

    (error,) = use.turned_away
    assert isinstance(error, RateLimited)
    assert (error.platform, error.operation) == ("crm", "wait for a limit")
