"""Whoever waits for a limit is told which one it is, and for how long at most."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.ports.budget import LONGEST_WAIT, Bucket
from state.pacing.time import HAIR
from tests.unit.state.pacing.accounts import (
    DAY,
    HOUR,
    MOMENT,
    SECOND,
    AccountUse,
    a_bucket,
)

MINUTE = timedelta(minutes=1)


async def asked(*buckets: Bucket, times: int, percent: int = 100) -> AccountUse:
    use = AccountUse(*buckets, percent=percent)
    await use.start()
    await use.clock.run(use.ask_all(times, lasts=timedelta()))
    return use


async def test_a_wait_is_told_once_however_many_wait() -> None:
    use = await asked(a_bucket(100, MINUTE), times=120, percent=75)

    assert use.shown.waits == [("crm", "at most 75 requests a minute", MINUTE + HAIR)]


async def test_a_wait_that_nobody_notices_is_not_told() -> None:
    use = await asked(a_bucket(5, SECOND), times=20)

    assert use.shown.waits == []


async def test_what_is_put_off_is_not_waited_for() -> None:
    use = await asked(a_bucket(5, HOUR), a_bucket(50, DAY, "day", is_daily=True), times=6)

    assert len(use.turned_away) == 1
    assert use.shown.waits == []


async def test_a_wait_for_an_hours_limit_is_told() -> None:
    use = AccountUse(a_bucket(1, HOUR))
    await use.start()

    async def twice() -> None:
        await use.ask(lasts=timedelta())
        await use.clock.sleep(HOUR - MINUTE)
        await use.ask()

    await use.clock.run(twice())

    assert use.shown.waits == [("crm", "at most 1 request an hour", MINUTE + HAIR)]


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (10 * SECOND, "in 10 seconds"),
        (30 * MINUTE, "in 30 minutes"),
        (2500 * MOMENT, "in 2.5 seconds"),
    ],
)
async def test_windows_are_told_in_words(window: timedelta, words: str) -> None:
    use = AccountUse(a_bucket(1, window))
    budget = await use.start()

    async def closed() -> None:
        await budget.refused("all", wait=LONGEST_WAIT)
        await use.ask()

    await use.clock.run(closed())

    assert [why for _, why, _ in use.shown.waits] == [f"at most 1 request {words}"]


async def test_a_wait_for_what_another_process_has_is_told_as_one() -> None:
    daemon = await asked(a_bucket(75, MINUTE), times=75)
    check = AccountUse(a_bucket(75, MINUTE), clock=daemon.clock, ledger=daemon.ledger)
    await check.start()

    began = check.clock.now()
    await check.clock.run(check.ask())

    ((_, _, span),) = check.shown.waits
    assert check.clock.now() - began <= span + SECOND
