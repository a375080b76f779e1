"""A clock that is set back makes no wait longer, for those who go on and those who start."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.ports.budget import LONGEST_REQUEST
from tests.builders import T
from tests.unit.state.pacing.accounts import (
    DAY,
    HOUR,
    MOMENT,
    SECOND,
    AccountUse,
    a_bucket,
)

SHORT = a_bucket(3, 10 * SECOND)
DAILY = a_bucket(10_000, DAY, "daily", is_daily=True)
SET_BACK = timedelta(hours=-8)


@pytest.mark.parametrize("passed", [timedelta(minutes=1), 6 * HOUR])
async def test_a_rest_that_a_platform_asked_for_is_void_for_whoever_starts_before_it(
    passed: timedelta,
) -> None:
    use = AccountUse(SHORT)
    budget = await use.start()
    await budget.refused("all", wait=5 * HOUR)
    use.clock.at += passed + SET_BACK

    assert (await use.start()).left() == {"all": 3}


async def test_a_rest_is_kept_anew_when_it_is_asked_for_after_the_clock_was_set_back() -> None:
    use = AccountUse(SHORT)
    budget = await use.start()
    await budget.refused("all", wait=5 * HOUR)
    use.clock.at += 6 * HOUR
    assert budget.left() == {"all": 3}
    use.clock.at += SET_BACK
    await budget.refused("all", wait=HOUR)

    budget = await use.start()

    assert budget.left() == {"all": 0}
    use.clock.at += HOUR
    assert budget.left() == {"all": 3}


async def test_who_starts_after_the_clock_was_set_back_waits_as_for_who_crashed_now() -> None:
    use = AccountUse(SHORT)
    await use.start()
    await use.clock.run(use.ask_all(3))
    use.clock.at += SET_BACK
    set_back_at = use.clock.at

    await use.start()
    await use.clock.run(use.ask())

    assert use.requests[3].sent_at - set_back_at <= 25 * SECOND + MOMENT


@pytest.mark.parametrize("span", [SET_BACK, -30 * SECOND, -SECOND])
async def test_who_goes_on_after_the_clock_was_set_back_leaves_others_their_part(
    span: timedelta,
) -> None:
    one = AccountUse(SHORT)
    other = AccountUse(SHORT, clock=one.clock, ledger=one.ledger)
    await one.start()
    await other.start()
    await one.clock.run(one.ask_all(2, lasts=timedelta()))
    await one.clock.run(other.ask(lasts=timedelta()))
    one.clock.at += span
    set_back_at = one.clock.at

    await one.clock.run(other.ask_all(2, lasts=timedelta()))

    assert min(each.sent_at for each in other.requests[1:]) - set_back_at > 10 * SECOND


async def test_who_starts_waits_a_window_for_those_who_went_on_after_the_clock_was_set_back() -> (
    None
):
    use = AccountUse(SHORT)
    budget = await use.start()
    await use.clock.run(use.ask())
    use.clock.at += SET_BACK
    await use.clock.run(use.ask_all(2, lasts=timedelta()))
    await budget.aclose()
    ended_at = use.clock.at

    await use.start()
    await use.clock.run(use.ask())

    assert use.requests[3].sent_at - ended_at == 10 * SECOND + MOMENT


async def test_it_is_told_as_the_clock_shows_it_when_one_may_be_sent() -> None:
    use = AccountUse(SHORT, DAILY)
    budget = await use.start()
    await budget.learn("daily", remaining=0, resets_after=5 * HOUR)
    use.clock.at += SET_BACK

    await use.clock.run(use.ask(0, "daily"))

    opens = use.clock.at + 5 * HOUR
    assert budget.opens() == {"daily": opens}
    assert f"until {opens:%Y-%m-%d %H:%M} UTC" in str(use.turned_away[0])


@pytest.mark.parametrize("is_orderly", [False, True])
async def test_what_was_used_of_an_hour_counts_no_longer_than_one(*, is_orderly: bool) -> None:
    use = AccountUse(a_bucket(20, HOUR))
    budget = await use.start()
    await use.clock.run(use.ask_all(20))
    if is_orderly:
        await budget.aclose()
    use.clock.at = T + SET_BACK
    budget = await use.start()
    await use.clock.run(use.ask())
    assert len(use.turned_away) == 1

    use.clock.at = T + SET_BACK + HOUR + HOUR / 60 + LONGEST_REQUEST + SECOND
    await use.clock.run(use.ask_all(20))

    assert (len(use.requests), len(use.turned_away)) == (40, 1)
