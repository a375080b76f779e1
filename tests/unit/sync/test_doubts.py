"""A rule of the account that refuses everybody costs few requests, and nobody's place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from connector.domain.changes import AttributeChange
from connector.domain.outbound import DeliveryState
from connector.errors import ContactGone, RejectedByPlatform
from tests.unit.sync.pushing import Writer, pushed, refusing, seeded, states

CLEAN, PENDING, DEAD = DeliveryState.CLEAN, DeliveryState.PENDING, DeliveryState.DEAD


@pytest.mark.parametrize("in_flight", [1, 8])
async def test_a_rule_that_nobody_meets_is_found_out_by_a_few(in_flight: int) -> None:
    able = {"attribute_batch": 100, "in_flight": in_flight}
    world, people = await seeded(400, capabilities=able)
    writer = Writer(world, refusing(*people))

    done = await pushed(world)

    assert len(writer.batches) < 30
    assert Counter(await states(world)) == {PENDING: 400}
    assert (done.dead, done.delivered) == (0, 0)
    told = [each.message for each in done.problems]
    assert len(told) == 1
    assert "everybody who was tried is refused: a bad item" in told[0]


async def test_once_the_rule_is_gone_everybody_is_written() -> None:
    world, people = await seeded(120, capabilities={"attribute_batch": 100})
    Writer(world, refusing(*people))
    await pushed(world)
    Writer(world)

    done = await pushed(world)

    assert done.delivered == 120
    assert set(await states(world)) == {CLEAN}


async def test_the_first_of_a_batch_may_all_be_bad_without_the_account_being_so() -> None:
    world, people = await seeded(100, capabilities={"attribute_batch": 100})
    by_row = {row.remote_id: place for place, row in enumerate(await world.outbound())}
    first = sorted(people, key=lambda each: by_row[each.id])[:8]
    Writer(world, refusing(*first))

    done = await pushed(world)

    assert (done.delivered, done.dead) == (92, 8)


async def test_few_who_are_all_there_is_are_rejected_as_before() -> None:
    world, people = await seeded(3)
    Writer(world, refusing(*people))

    done = await pushed(world)

    assert done.dead == 3


async def test_whoever_is_gone_says_nothing_of_the_account() -> None:
    world, people = await seeded(20)
    ids = {each.id for each in people}

    def gone(changes: Sequence[AttributeChange]) -> None:
        if ids & {change.to.remote_id for change in changes}:
            raise ContactGone("it is gone", platform="crm", operation="write")

    Writer(world, gone)

    done = await pushed(world)

    assert PENDING not in await states(world)
    assert done.delivered == 0


async def test_refusals_with_different_words_are_each_contacts_own() -> None:
    world, people = await seeded(12)
    numbers = {each.id: number for number, each in enumerate(people)}

    def particular(changes: Sequence[AttributeChange]) -> None:
        words = f"bad in way {min(numbers[change.to.remote_id] for change in changes)}"
        raise RejectedByPlatform(words, platform="crm", operation="write")

    Writer(world, particular)

    done = await pushed(world)

    assert done.dead == 12
