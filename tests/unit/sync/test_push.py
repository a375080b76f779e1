"""Differences go out in batches; each item is confirmed only when it was seen to be taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from adapters.memory.account import Person
from adapters.memory.faults import Fault
from adapters.memory.writing import MemoryWriter
from connector.domain.changes import AttributeChange, Outcome
from connector.domain.outbound import DeliveryState
from connector.errors import (
    AccessRefused,
    PlatformUnavailable,
    RejectedByPlatform,
    UnsupportedByPlatform,
)
from connector.sync.push import Pushed, push
from tests.builders import a_desired
from tests.unit.sync.world import MODEL, PLATFORMS, World

CLEAN, PENDING, DEAD = DeliveryState.CLEAN, DeliveryState.PENDING, DeliveryState.DEAD
FAULTS = [Fault.UNAVAILABLE] * 5
"""As many as attempts: the platform is down for this run."""


class Writer(MemoryWriter):
    """Counts batches, and does with each what a test says before the account sees it."""

    def __init__(
        self, world: World, before: Callable[[Sequence[AttributeChange]], None] | None = None
    ) -> None:
        super().__init__(world.crm)
        object.__setattr__(self, "batches", [])
        object.__setattr__(self, "before", before)
        world.platforms["crm"].attribute_writer = self

    batches: list[int]
    before: Callable[[Sequence[AttributeChange]], None] | None

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        self.batches.append(len(changes))
        if self.before:
            self.before(changes)
        return await super().write_attributes(changes)


class Quiet(Writer):
    """Takes everything without a request, so that a fault waits for what comes next."""

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        return [Outcome()] * len(changes)


class ForgetfulWriter(Writer):
    """Answers for all but the last."""

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        return (await super().write_attributes(changes))[:-1]


def refusing(*culprits: Person) -> Callable[[Sequence[AttributeChange]], None]:
    ids = {each.id for each in culprits}

    def check(changes: Sequence[AttributeChange]) -> None:
        if any(change.to.remote_id in ids for change in changes):
            raise RejectedByPlatform("a bad item", platform="crm", operation="write")

    return check


async def seeded(
    people: int = 1, *, hot: int = 0, capabilities: Mapping[str, Any] | None = None
) -> tuple[World, list[Person]]:
    """Return a world whose persons are decided for `crm`, and nothing written yet."""
    world = World(capabilities=capabilities)
    created = [world.crm.create(f"p{number}@x.org") for number in range(people)]
    for person in created[:hot]:
        world.happens(world.crm, person)
        world.happens(world.crm, person)
    await world.sync(pushes=False)
    return world, created


async def pushed(world: World, *, force: bool = False) -> Pushed:
    return await push(world.workspace, "crm", force=force)


async def states(world: World) -> list[DeliveryState]:
    return [row.state for row in await world.outbound()]


async def test_what_is_pending_is_written_and_confirmed() -> None:
    world, (person,) = await seeded(hot=1)

    done = await pushed(world)

    assert (done.delivered, done.failed, done.dead, done.calls) == (1, 0, 0, 2)
    assert person.values == {"heat_score": 20.0, "heat_stage": "hot"}
    assert world.crm.lists["Hot"] == {person.id}
    (row,) = await world.outbound()
    assert row.state is CLEAN
    assert row.confirmed == a_desired("Hot", heat_score="20", heat_stage="hot")


async def test_a_second_push_has_nothing_to_do() -> None:
    world, _ = await seeded(3)
    await pushed(world)

    assert (await pushed(world)).calls == 0


async def test_a_platform_that_is_no_target_is_not_written_to() -> None:
    world = World(PLATFORMS + MODEL)

    assert await push(world.workspace, "crm") == Pushed()


async def test_batches_are_as_large_as_the_platform_takes() -> None:
    world, _ = await seeded(5, capabilities={"attribute_batch": 2})
    writer = Writer(world)

    await pushed(world)

    assert writer.batches == [2, 2, 1]


async def test_a_refused_batch_is_halved_down_to_the_culprit_which_alone_is_rejected() -> None:
    world, people = await seeded(8)
    writer = Writer(world, refusing(people[5]))

    done = await pushed(world)

    assert (done.delivered, done.dead) == (7, 1)
    assert writer.batches == [8, 4, 4, 2, 1, 1, 2]
    assert [row.remote_id for row in await world.outbound() if row.state is DEAD] == [people[5].id]
    assert [each.values.get("heat_score") for each in people].count(0.0) == 7


async def test_a_rejected_item_fails_alone_and_says_why() -> None:
    world, people = await seeded(3)
    del world.crm.fields["heat_stage"]

    done = await pushed(world)

    assert done.dead == 3
    assert "no field `heat_stage`" in str((await world.outbound())[0].last_error)
    assert people[0].values == {}


async def test_a_dead_item_is_not_tried_again_until_its_desire_changes() -> None:
    world, people = await seeded(2)
    Writer(world, refusing(people[0]))
    await pushed(world)
    again = Writer(world)

    await world.sync()
    assert again.batches == []

    world.happens(world.crm, people[0])
    await world.sync()
    assert again.batches == [1]
    assert people[0].values["heat_score"] == 10.0


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


async def test_waiting_for_a_limit_is_no_attempt() -> None:
    world, _ = await seeded()
    world.play(world.crm, *[Fault.RATE_LIMITED] * 9)

    done = await pushed(world)

    assert (done.delivered, done.errors) == (1, [])


async def test_a_platform_that_is_down_ends_its_push_and_its_items_are_tried_again() -> None:
    world, _ = await seeded(2)
    world.play(world.crm, *FAULTS)

    done = await pushed(world)

    assert (done.delivered, done.failed) == (0, 2)
    assert isinstance(done.errors[0], PlatformUnavailable)
    assert await states(world) == [PENDING, PENDING]
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


async def test_a_part_that_passed_is_not_written_again_when_another_failed() -> None:
    world, _ = await seeded(hot=1)
    del world.crm.lists["Hot"]
    writer = Writer(world)
    await pushed(world)
    world.crm.lists["Hot"] = set()
    (row,) = await world.outbound()
    assert (row.state, row.confirmed.lists) == (DEAD, {})

    await world.change_outbound(row, state=PENDING)
    done = await pushed(world)

    assert (done.delivered, done.calls) == (1, 1)
    assert writer.batches == [1]


async def test_an_item_that_may_pass_later_is_not_dead_because_another_part_was_rejected() -> None:
    world, _ = await seeded(hot=1)
    del world.crm.lists["Hot"]
    world.play(world.crm, Fault.DID_NOTHING)

    done = await pushed(world)

    assert (done.failed, done.dead) == (1, 0)


async def test_a_writer_that_is_missing_stops_the_platform() -> None:
    world, _ = await seeded()
    world.platforms["crm"].attribute_writer = None

    done = await pushed(world)

    assert isinstance(done.errors[0], UnsupportedByPlatform)
    assert await states(world) == [PENDING]


async def test_whoever_was_in_a_list_before_us_is_adopted_and_not_taken_out() -> None:
    world, (person,) = await seeded(hot=1)
    world.crm.put_in("Hot", person)
    await pushed(world)
    assert (await world.outbound())[0].adopted == {"Hot"}

    world.crm.events[:] = []
    await world.change_outbound(
        (await world.outbound())[0], desired=a_desired(without=("Hot",)), state=PENDING
    )
    await pushed(world)

    assert world.crm.lists["Hot"] == {person.id}


async def test_nobody_is_adopted_where_the_lists_are_ours() -> None:
    world, (person,) = await seeded(hot=1, capabilities={"owns_lists": True})
    world.crm.put_in("Hot", person)

    await pushed(world)

    assert (await world.outbound())[0].adopted == frozenset()


async def test_a_record_that_is_gone_is_found_out_and_forgotten() -> None:
    world, (person,) = await seeded()
    del world.crm.people[person.id]

    assert (await pushed(world)).dead == 1

    (record,) = await world.records()
    assert record.removed_at is not None
    await world.sync(pulls=False)
    assert await world.outbound() == []


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
