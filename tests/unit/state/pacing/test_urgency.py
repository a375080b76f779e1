"""What is urgent passes before others, as far as that is fair."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from connector.ports.budget import urgently
from tests.unit.state.pacing.accounts import MOMENT, SECOND, AccountUse, a_bucket

LIMIT = a_bucket(20, 10 * SECOND)


async def an_account() -> AccountUse:
    use = AccountUse(LIMIT)
    await use.start()
    return use


async def urgent(use: AccountUse, count: int = 1) -> None:
    with urgently():
        await asyncio.gather(*(use.ask(1, lasts=MOMENT) for _ in range(count)))


async def crowd(use: AccountUse, count: int) -> None:
    """Let others ask so many times, some side by side as a push does."""
    left = iter(range(count))

    async def one_after_the_other() -> None:
        for _ in left:
            await use.ask(0, lasts=50 * MOMENT)

    await asyncio.gather(*(one_after_the_other() for _ in range(4)))


def waits(use: AccountUse, since: timedelta) -> list[timedelta]:
    """Return how long after `since` each urgent request was sent."""
    begun = use.requests[0].sent_at
    return [each.sent_at - begun - since for each in use.requests if each.task == 1]


async def test_the_first_urgent_request_passes_all_who_wait() -> None:
    use = await an_account()

    async def happen() -> None:
        others = asyncio.ensure_future(crowd(use, 60))
        await use.clock.sleep(SECOND)
        await urgent(use)
        await others

    await use.clock.run(happen())
    use.check()

    (passed,) = (each for each in use.requests if each.task == 1)
    assert passed.sent_at == use.requests[20].sent_at, "it waits for the first place, for nobody"


async def test_room_is_left_for_more_of_it() -> None:
    use = await an_account()

    async def happen() -> None:
        others = asyncio.ensure_future(crowd(use, 100))
        await urgent(use)
        await use.clock.sleep(15 * SECOND)
        await urgent(use, 2)
        others.cancel()

    await use.clock.run(happen())
    use.check()

    assert waits(use, 15 * SECOND)[1:] == [MOMENT, MOMENT]


@pytest.mark.parametrize("capacity", [1, 2, 3, 20])
async def test_others_have_half_of_what_there_is_however_much_is_urgent(capacity: int) -> None:
    use = AccountUse(a_bucket(capacity, 10 * SECOND))
    await use.start()

    async def happen() -> None:
        rush = asyncio.ensure_future(urgent(use, 500))
        await use.clock.sleep(MOMENT)
        others = asyncio.ensure_future(crowd(use, 500))
        await use.clock.sleep(95 * SECOND)
        for each in (rush, others):
            each.cancel()

    await use.clock.run(happen())
    use.check()

    later = use.requests[0].sent_at + 20 * SECOND
    share = sum(each.task == 0 for each in use.requests if each.sent_at >= later)
    assert 2 * share >= sum(each.sent_at >= later for each in use.requests) - 1


async def test_without_anything_urgent_nothing_is_left() -> None:
    use = await an_account()

    await use.clock.run(crowd(use, 20))

    assert use.clock.now() - use.requests[0].sent_at < SECOND


async def test_whoever_is_urgent_and_gives_up_keeps_nobody_waiting() -> None:
    use = AccountUse(a_bucket(1))
    await use.start()

    async def happen() -> None:
        first = asyncio.ensure_future(use.ask(0, lasts=5 * SECOND))
        await use.clock.sleep(MOMENT)
        gives_up = asyncio.ensure_future(urgent(use))
        await use.clock.sleep(MOMENT)
        other = asyncio.ensure_future(use.ask(2))
        await use.clock.sleep(SECOND)
        gives_up.cancel()
        await asyncio.gather(first, other)

    await use.clock.run(happen())
    use.check()

    assert [each.task for each in use.requests] == [0, 2]
