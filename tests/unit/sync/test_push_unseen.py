"""What nobody saw: lost answers, crashes, and platforms that fail half-way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from adapters.memory.faults import Fault
from connector.domain.changes import AttributeChange, Outcome
from connector.domain.outbound import DeliveryState
from connector.errors import AccessRefused, UnexpectedAnswer
from connector.sync.turns import pull_turn, score_turn
from tests.builders import a_desired
from tests.unit.sync.pushing import (
    FAULTS,
    ForgetfulWriter,
    Quiet,
    Writer,
    pushed,
    refusing,
    seeded,
    states,
)

WHERE: dict[str, Any] = {"platform": "crm", "operation": "write"}
CLEAN, PENDING, DEAD = DeliveryState.CLEAN, DeliveryState.PENDING, DeliveryState.DEAD


async def test_a_success_without_effect_is_no_success_and_is_tried_again_next_run() -> None:
    world, (person,) = await seeded()
    world.play(world.crm, Fault.DID_NOTHING)

    first = await pushed(world)
    assert (first.delivered, first.failed) == (0, 1)
    assert (await states(world), (await world.outbound())[0].attempts) == ([PENDING], 1)

    assert (await pushed(world)).delivered == 1
    assert person.values["heat_score"] == 0.0


async def test_an_unknown_outcome_is_read_back() -> None:
    world, (person,) = await seeded()

    class Mumbling(Writer):
        async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
            await super().write_attributes(changes)
            world.play(world.crm, Fault.DID_NOTHING)
            return await super().write_attributes(changes)

    Mumbling(world)

    done = await pushed(world)

    assert (done.delivered, done.failed) == (1, 0)
    assert person.values["heat_score"] == 0.0


async def test_what_cannot_be_read_back_is_read_again_and_not_written_again() -> None:
    world, people = await seeded(3)

    class Mumbling(Writer):
        async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
            first, *others = await super().write_attributes(changes)
            world.play(world.crm, Fault.UNAVAILABLE, Fault.UNAVAILABLE)
            return [replace(first, error=UnexpectedAnswer(**WHERE)), *others]

    writer = Mumbling(world)

    done = await pushed(world)

    assert (done.delivered, done.failed) == (3, 0)
    assert writer.batches == [3]
    assert [each.values["heat_score"] for each in people] == [0.0] * 3


async def test_what_never_can_be_read_back_waits_for_the_next_run_and_is_told() -> None:
    world, _ = await seeded()

    class Silent(Writer):
        async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
            outcomes = await super().write_attributes(changes)
            world.play(world.crm, *FAULTS)
            return [replace(each, error=UnexpectedAnswer(**WHERE)) for each in outcomes]

    writer = Silent(world)

    done = await pushed(world)

    assert (done.delivered, done.failed, writer.batches) == (0, 1, [1])
    assert await states(world) == [PENDING]


async def test_what_else_was_done_is_told_with_how_many_it_was() -> None:
    world, _ = await seeded(3)

    class Remarking(Writer):
        async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
            first, *others = await super().write_attributes(changes)
            return [first, *(replace(each, remark="made anew: removed again") for each in others)]

    Remarking(world)

    done = await pushed(world)

    assert done.delivered == 3
    assert [each.message for each in done.problems] == ["2 contacts: made anew: removed again"]


async def test_an_answer_that_was_lost_is_asked_for_again_without_harm() -> None:
    world, (person,) = await seeded(hot=1)
    world.play(world.crm, Fault.LOST_ANSWER)

    done = await pushed(world)

    assert (done.delivered, done.calls) == (1, 3)
    assert person.values["heat_score"] == 20.0
    assert world.crm.lists["Hot"] == {person.id}


async def test_whoever_we_put_in_a_list_unseen_is_not_taken_for_one_who_was_there() -> None:
    world, _ = await seeded(hot=1)
    world.platforms["crm"].attribute_writer = Quiet(world)
    world.play(world.crm, Fault.LOST_ANSWER)

    await pushed(world)

    assert len(world.crm.lists["Hot"]) == 1
    assert (await world.outbound())[0].adopted == frozenset()


@pytest.mark.parametrize("fault", [Fault.CUT_ANSWER, Fault.LOST_ANSWER], ids=lambda each: each.name)
async def test_a_write_that_nobody_saw_is_undone_when_the_desire_returns(fault: Fault) -> None:
    world, (person,) = await seeded()
    await pushed(world)
    score, again = a_desired(heat_score="9"), a_desired(heat_score="0", heat_stage="cold")
    await world.change_outbound((await world.outbound())[0], desired=score, state=PENDING)
    world.play(world.crm, fault, *FAULTS)
    await pushed(world)
    assert person.values["heat_score"] == 9.0
    world.crm.faults.clear()

    world.happens(world.crm, person, "email.sent")
    await world.sync()

    assert person.values["heat_score"] == 0.0
    assert (await world.outbound())[0].desired == again


async def test_a_write_that_a_crash_hid_is_undone_when_the_desire_returns() -> None:
    world, (person,) = await seeded()
    await pushed(world)
    score = a_desired(heat_score="9")
    await world.change_outbound((await world.outbound())[0], desired=score, state=PENDING)

    class Dying(Writer):
        async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
            await super().write_attributes(changes)
            raise KeyboardInterrupt

    Dying(world)
    with pytest.raises(KeyboardInterrupt):
        await pushed(world)
    assert person.values["heat_score"] == 9.0
    Writer(world)

    world.happens(world.crm, person, "email.sent")
    await world.sync()

    assert person.values["heat_score"] == 0.0


async def test_a_write_that_a_crash_hid_is_undone_when_the_desire_returned_before_it() -> None:
    world, (person,) = await seeded()
    await pushed(world)
    score = a_desired(heat_score="9")
    await world.change_outbound((await world.outbound())[0], desired=score, state=PENDING)

    class Dying(Writer):
        async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
            await super().write_attributes(changes)
            world.happens(world.crm, person, "email.sent")
            await pull_turn(world.workspace, "crm", "events")
            await score_turn(world.workspace)
            raise KeyboardInterrupt

    Dying(world)
    with pytest.raises(KeyboardInterrupt):
        await pushed(world)
    assert person.values["heat_score"] == 9.0
    Writer(world)

    await world.sync(pulls=False)

    assert person.values["heat_score"] == 0.0


async def test_answers_that_are_missing_confirm_nothing() -> None:
    world, _ = await seeded(2)
    world.play(world.crm, Fault.DID_NOTHING)
    ForgetfulWriter(world)

    done = await pushed(world)

    assert (done.delivered, done.failed) == (0, 2)
    assert await states(world) == [PENDING, PENDING]


async def test_items_whose_answers_are_missing_are_read_back() -> None:
    world, _ = await seeded(2)
    ForgetfulWriter(world)

    assert (await pushed(world)).delivered == 2


async def test_what_was_taken_before_the_platform_failed_stays_confirmed() -> None:
    world, _ = await seeded(5, capabilities={"attribute_batch": 2})
    requests = 0

    def fail_from_the_third(changes: Sequence[AttributeChange]) -> None:
        nonlocal requests
        requests += 1
        if requests > 2:
            raise AccessRefused(platform="crm", operation="write")

    Writer(world, fail_from_the_third)
    done = await pushed(world)
    assert (done.delivered, done.failed) == (4, 1)

    again = Writer(world)
    await pushed(world)
    assert again.batches == [1]


async def test_what_the_first_half_took_stays_confirmed_when_the_second_fails() -> None:
    world, people = await seeded(4)
    refuse = refusing(people[0])

    def then_fail(changes: Sequence[AttributeChange]) -> None:
        refuse(changes)
        if changes[0].to.remote_id == people[2].id:
            raise AccessRefused(platform="crm", operation="write")

    Writer(world, then_fail)

    await pushed(world)

    assert await states(world) == [DEAD, CLEAN, PENDING, PENDING]


async def test_a_desire_that_came_meanwhile_is_left_pending() -> None:
    world, (person,) = await seeded()

    class Interrupted(Writer):
        async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
            (row,) = await world.outbound()
            await world.change_outbound(
                row, desired=a_desired(heat_score="7"), revision=row.revision + 1
            )
            world.platforms["crm"].attribute_writer = Writer(world)
            return await super().write_attributes(changes)

    Interrupted(world)

    await pushed(world)
    assert await states(world) == [PENDING]

    await pushed(world)
    assert person.values["heat_score"] == 7.0


async def test_what_is_confirmed_is_recorded_while_the_rest_is_still_being_written() -> None:
    world, _ = await seeded(3, hot=3, capabilities={"attribute_batch": 1})

    class Dying(Writer):
        async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
            if len(self.batches) == 2:
                raise KeyboardInterrupt
            return await super().write_attributes(changes)

    Dying(world)
    with pytest.raises(KeyboardInterrupt):
        await world.sync()

    again = Writer(world)
    await world.sync()
    assert again.batches == [1]
    assert len(world.crm.lists["Hot"]) == 3


async def test_leases_of_a_process_that_died_are_taken_back_at_once() -> None:
    world, (person,) = await seeded()
    async with world.state.write() as tx:
        await tx.outbox.lease(
            "crm", owner="dead", now=world.clock.now(), until=world.clock.now(), limit=9
        )

    summary = await world.sync()

    assert summary.deliveries["crm"]["delivered"] == 1
    assert person.values["heat_score"] == 0.0
