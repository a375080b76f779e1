"""Whoever goes through many rows lets others have the loop meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest

from connector.domain.outbound import DeliveryState
from connector.sync.giving_way import AT_ONCE, giving_way, let_go
from tests.unit.sync.pushing import pushed, seeded, states

MANY = 3 * AT_ONCE


async def turns_of_others(work: Awaitable[object]) -> int:
    """Return how often another task has the loop while `work` is done."""
    count = 0

    async def other() -> None:
        nonlocal count
        while True:
            await asyncio.sleep(0)
            count += 1

    task = asyncio.create_task(other())
    await asyncio.sleep(0)
    await work
    task.cancel()
    return count


async def all_of(items: range) -> list[int]:
    return [each async for each in giving_way(items)]


async def test_everything_is_given_in_order() -> None:
    assert await all_of(range(MANY + 1)) == list(range(MANY + 1))


@pytest.mark.parametrize("count", [AT_ONCE, MANY])
async def test_others_have_the_loop_after_every_few(count: int) -> None:
    assert await turns_of_others(all_of(range(count))) == count // AT_ONCE


async def test_few_are_gone_through_at_once() -> None:
    assert await turns_of_others(all_of(range(AT_ONCE - 1))) == 0


async def test_many_are_let_go_of_a_few_at_a_time() -> None:
    items = list(range(MANY))

    turns = await turns_of_others(let_go(items))

    assert (items, turns) == ([], MANY // AT_ONCE)


async def test_a_push_gives_way_wherever_it_goes_through_its_rows() -> None:
    few, _ = await seeded(1, capabilities={"attribute_batch": MANY})
    many, _ = await seeded(MANY, capabilities={"attribute_batch": MANY})

    more = await turns_of_others(pushed(many)) - await turns_of_others(pushed(few))

    # They are compared, their outcomes taken, they are settled and let go of.
    assert more >= 4 * (MANY // AT_ONCE - 1)
    assert set(await states(many)) == {DeliveryState.CLEAN}
