"""What is left out of what webhooks brought is counted by its reason."""

from __future__ import annotations

from connector.errors import Problem
from connector.sync.looking.left_out import (
    KEPT_FOR,
    MOST_REASONS,
    LeftOut,
    count_left_out,
    left_out,
)
from tests.builders import T
from tests.unit.sync.world import World

BAD_TIME = "`occurred_at` is not an instant"


async def test_the_same_reason_is_counted_wherever_in_a_call_the_item_stood() -> None:
    world = World()
    problems = [Problem(message=f"item {number}: {BAD_TIME}") for number in (1, 12)]

    async with world.state.write() as tx:
        await count_left_out(tx, "shop", problems, T - KEPT_FOR / 2)
        await count_left_out(tx, "shop", problems[:1], T)

    async with world.state.read() as tx:
        (found,) = await left_out(tx, ["crm", "shop"], T)
    assert found == LeftOut(platform="shop", reason=BAD_TIME, count=3, last_at=T)


async def test_what_is_long_past_is_not_told_any_more() -> None:
    world = World()

    async with world.state.write() as tx:
        await count_left_out(tx, "shop", [Problem(message=BAD_TIME)], T)

    async with world.state.read() as tx:
        assert len(await left_out(tx, ["shop"], T + KEPT_FOR)) == 1
        assert await left_out(tx, ["shop"], T + 2 * KEPT_FOR) == []


async def test_of_many_reasons_the_latest_are_kept() -> None:
    world = World()
    problems = [Problem(message=f"odd {number}") for number in range(MOST_REASONS + 5)]

    async with world.state.write() as tx:
        await count_left_out(tx, "shop", problems, T)

    async with world.state.read() as tx:
        found = await left_out(tx, ["shop"], T)
    assert [each.reason for each in found] == [each.message for each in problems[5:]]
