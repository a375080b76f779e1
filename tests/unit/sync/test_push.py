"""Differences go out in batches; each item is confirmed only when it was seen to be taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from adapters.memory.faults import Fault
from connector.domain.changes import AttributeChange, Outcome
from connector.domain.outbound import DeliveryState
from connector.domain.values import Written
from connector.errors import (
    PlatformUnavailable,
    UnsupportedByPlatform,
)
from connector.sync.asking.patience import ATTEMPTS
from connector.sync.pushing.push import Pushed, push
from tests.builders import a_desired
from tests.unit.sync.pushing import (
    FAULTS,
    Keeping,
    Writer,
    pushed,
    refusing,
    seeded,
    states,
)
from tests.unit.sync.world import MODEL, PLATFORMS, World

CLEAN, PENDING, DEAD = DeliveryState.CLEAN, DeliveryState.PENDING, DeliveryState.DEAD


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


async def test_a_change_tells_what_was_written_last_to_a_guarded_field() -> None:
    world, (person,) = await seeded(capabilities={"guarded_fields": frozenset({"heat_stage"})})
    seen: list[Mapping[str, Written]] = []
    Writer(world, lambda changes: seen.extend(change.before for change in changes))
    await pushed(world)
    for _ in range(2):
        world.happens(world.crm, person)
        person.values["heat_stage"] = "customer"
        world.crm.touch(person)
        await world.sync(pushes=False)
        await pushed(world)

    assert seen == [{}, {"heat_stage": "cold"}, {"heat_stage": "warm"}]


async def test_what_was_written_to_other_fields_is_not_remembered() -> None:
    world, (person,) = await seeded()
    seen: list[Mapping[str, Written]] = []
    Writer(world, lambda changes: seen.extend(change.before for change in changes))
    await pushed(world)
    world.happens(world.crm, person)
    await world.sync(pushes=False)
    await pushed(world)

    assert seen == [{}, {}]
    assert [row.confirmed.overruled for row in await world.outbound()] == [{}]


async def test_what_a_platform_kept_otherwise_is_not_what_we_wrote_last() -> None:
    world, (person,) = await seeded(capabilities={"guarded_fields": frozenset({"heat_stage"})})
    seen: list[Mapping[str, Written]] = []
    writer = Keeping(world, lambda changes: seen.extend(change.before for change in changes))
    await pushed(world)
    writer.keep("heat_stage")
    for _ in range(2):
        world.happens(world.crm, person)
        await world.sync(pushes=False)
        await pushed(world)

    assert seen == [{}, {"heat_stage": "cold"}, {"heat_stage": "cold"}]


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
    Writer(world, refusing(people[0]))

    done = await pushed(world)

    assert (done.delivered, done.dead) == (2, 1)
    assert (await world.outbound())[0].last_error == "a bad item"
    assert [each.message for each in done.problems] == ["1 contact: a bad item"]
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


async def test_a_part_that_passed_is_not_written_again_when_another_failed() -> None:
    world, _ = await seeded(hot=1)
    del world.crm.lists["Hot"]
    writer = Writer(world)
    await pushed(world)
    world.crm.lists["Hot"] = set()
    (row,) = await world.outbound()
    assert (row.state, row.confirmed.lists) == (PENDING, {})

    done = await pushed(world)

    assert (done.delivered, done.calls) == (1, 1)
    assert writer.batches == [1]


async def test_an_item_that_may_pass_later_is_not_dead_because_another_part_was_rejected() -> None:
    world, (person,) = await seeded(hot=1)
    Writer(world, refusing(person))
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
    world, (person,) = await seeded(hot=1, capabilities={"is_ours": True})
    world.crm.put_in("Hot", person)

    await pushed(world)

    assert (await world.outbound())[0].adopted == frozenset()


async def test_a_run_that_outlives_its_leases_takes_nobody_up_twice() -> None:
    world, _ = await seeded(20, capabilities={"attribute_batch": 1})
    tried: list[str] = []

    class Slow(Writer):
        async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
            tried.extend(change.to.remote_id for change in changes)
            assert len(tried) <= 20 * ATTEMPTS
            world.clock.advance(timedelta(minutes=5))
            return [Outcome(error=PlatformUnavailable(platform="crm", operation="write"))]

    Slow(world)

    done = await pushed(world)

    assert (set(Counter(tried).values()), len(set(tried)), done.failed) == ({ATTEMPTS}, 20, 20)
    assert {(row.state, row.attempts) for row in await world.outbound()} == {(PENDING, 1)}


async def test_a_record_that_is_gone_is_found_out_and_forgotten() -> None:
    world, (person,) = await seeded()
    del world.crm.people[person.id]

    assert (await pushed(world)).dead == 1

    (record,) = await world.records()
    assert record.removed_at is not None
    await world.sync(pulls=False)
    assert await world.outbound() == []
