"""What one process used, the next one knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from connector.ports.budget import LONGEST_REQUEST
from state.pacing.kept import Kept, LaterLedger, MemoryLedger
from state.pacing.time import HAIR
from tests.builders import T
from tests.unit.state.pacing.accounts import (
    DAY,
    HOUR,
    MOMENT,
    SECOND,
    AccountUse,
    a_bucket,
)

SMALL = a_bucket(20, HOUR, "small")
LARGE = a_bucket(5_000, HOUR, "large")
DAILY = a_bucket(10_000, DAY, "daily", is_daily=True)


async def test_what_was_used_of_an_hour_stays_used_whatever_happens() -> None:
    use = AccountUse(SMALL, LARGE, DAILY)
    await use.start()
    await use.clock.run(use.ask_all(7))

    left = (await use.start()).left()

    # Of the large ones some more were reserved, and nobody can tell that they were not used.
    assert left == {"small": 13, "large": 5_000 - 10, "daily": 10_000 - 10}


async def test_what_was_not_used_is_given_back_at_an_orderly_end() -> None:
    use = AccountUse(SMALL, LARGE, DAILY)
    budget = await use.start()
    await use.clock.run(use.ask_all(7))
    await budget.aclose()

    assert (await use.start()).left() == {"small": 13, "large": 4_993, "daily": 9_993}


async def test_many_short_runs_use_up_no_more_than_they_use() -> None:
    use = AccountUse(LARGE, DAILY)
    for _ in range(50):
        budget = await use.start()
        await use.clock.run(use.ask())
        await budget.aclose()
        await budget.aclose()

    assert (await use.start()).left() == {"large": 4_950, "daily": 9_950}


async def test_an_hour_later_all_is_there_again() -> None:
    use = AccountUse(SMALL, LARGE)
    budget = await use.start()
    await use.clock.run(use.ask_all(7))
    await budget.aclose()
    use.clock.at += HOUR + MOMENT

    assert (await use.start()).left() == {"small": 20, "large": 5_000}


@pytest.mark.parametrize("window", [SECOND, 10 * SECOND, timedelta(minutes=1)])
async def test_after_a_crash_a_short_window_is_waited_for(window: timedelta) -> None:
    use = AccountUse(a_bucket(3, window))
    await use.start()
    await use.clock.run(use.ask_all(3))
    crashed_at = use.clock.at

    await use.start()
    await use.clock.run(use.ask_all(3))

    use.check()
    waited = use.requests[3].sent_at - crashed_at
    assert window < waited <= 2 * window + 15 * SECOND


async def test_after_an_orderly_end_nothing_is_waited_for_in_vain() -> None:
    use = AccountUse(a_bucket(3, 10 * SECOND))
    budget = await use.start()
    await use.clock.run(use.ask_all(3, lasts=timedelta()))
    await budget.aclose()
    ended_at = use.clock.at

    await use.start()
    await use.clock.run(use.ask())

    assert use.requests[3].sent_at - ended_at == 10 * SECOND + MOMENT


async def test_notes_are_few() -> None:
    class Counting(MemoryLedger):
        changes = 0

        async def change(self, platform: str, bucket: str, work: Callable[[Kept], Kept]) -> Kept:
            self.changes += 1
            return await super().change(platform, bucket, work)

    ledger = Counting()
    use = AccountUse(a_bucket(10), ledger=ledger)
    await use.start()
    await use.clock.run(use.ask_all(1_000))

    assert use.clock.at - use.requests[0].sent_at > 100 * SECOND
    assert ledger.changes <= 15


async def test_what_a_platform_told_is_remembered() -> None:
    use = AccountUse(a_bucket(10, HOUR))
    budget = await use.start()
    await budget.learn("all", limit=50)
    assert (await use.start()).left() == {"all": 50}

    await budget.learn("all", limit=10)
    assert (await use.start()).left() == {"all": 10}


async def test_a_long_rest_that_a_platform_asked_for_is_remembered() -> None:
    use = AccountUse(DAILY)
    budget = await use.start()
    await budget.learn("daily", remaining=0, resets_after=5 * HOUR)

    assert (await use.start()).left() == {"daily": 0}
    use.clock.at += 5 * HOUR
    assert (await use.start()).left() == {"daily": 10_000}


async def test_it_is_told_from_when_on_one_may_be_sent() -> None:
    use = AccountUse(SMALL, DAILY, a_bucket(3, 10 * SECOND, "short"))
    budget = await use.start()
    await budget.learn("daily", remaining=0, resets_after=5 * HOUR)
    use.clock.at += 5 * HOUR

    assert budget.opens() == {}
    await use.clock.run(use.ask_all(3))
    assert budget.opens() == {"short": use.clock.at + 10 * SECOND + HAIR}
    await budget.aclose()
    assert (await use.start()).opens() == {"short": use.clock.at + 10 * SECOND + HAIR}


async def test_it_is_told_when_a_long_limit_lets_one_through_again() -> None:
    use = AccountUse(SMALL, DAILY)
    budget = await use.start()
    await use.clock.run(use.ask_all(20))
    await budget.learn("daily", remaining=0, resets_after=5 * HOUR)

    opens = budget.opens()

    assert opens["daily"] == use.clock.at + 5 * HOUR
    assert timedelta() < opens["small"] - use.clock.at <= HOUR + HOUR / 60 + LONGEST_REQUEST


async def test_what_a_dry_run_asked_is_counted_when_it_is_over() -> None:
    use = AccountUse(SMALL, LARGE)
    real, later = use.ledger, LaterLedger(use.ledger)
    await use.start()
    await use.clock.run(use.ask_all(2))
    await use.budget.aclose()

    use.ledger = later
    budget = await use.start()
    await use.clock.run(use.ask_all(5))
    assert (await real.all("crm"))["small"].used(use.clock.at) == 2
    await budget.aclose()
    await later.settle()

    use.ledger = real
    assert (await use.start()).left() == {"small": 13, "large": 4_993}


async def test_a_slow_request_of_a_process_that_died_counts_from_its_end() -> None:
    use = AccountUse(a_bucket(1, HOUR))
    await use.start()
    await use.clock.run(use.ask(lasts=LONGEST_REQUEST))

    use.clock.at = T + HOUR + LONGEST_REQUEST
    assert (await use.start()).left() == {"all": 0}
    use.clock.at += HOUR / 60 + MOMENT
    assert (await use.start()).left() == {"all": 1}


async def test_what_was_reserved_under_a_higher_limit_is_not_sent_under_a_lower_one() -> None:
    use = AccountUse(LARGE)
    budget = await use.start()
    await use.clock.run(use.ask_all(3))
    use.limits["large"] = 2
    await budget.learn("large", limit=2)

    await use.clock.run(use.ask())

    assert (len(use.requests), len(use.turned_away)) == (3, 1)
