"""A mistake must not empty a field of everybody: the guard of clearings, in a push and its plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.memory.account import Person
from connector.sync.outbox.losses import field_loss, reserve
from connector.sync.pushing.plan import plan
from connector.sync.pushing.push import push_urgent
from tests.unit.sync.in_step import InStep

HELD = (
    "attributes.job.crm: `job` would be cleared for 126 of the 250 contacts who have it; nobody's "
    "was (if that is right, run again with --force, or raise max_removals)"
)


async def a_field_losing(losing: int, filled: int) -> tuple[InStep, list[Person]]:
    """Return a world where `filled` have a job, `losing` of whom were just cleared in `mail`."""
    world = InStep()
    in_crm = [world.crm.create(f"p{n}@x.org", job="cook") for n in range(filled)]
    in_mail = [world.mail.create(f"p{n}@x.org", JOB="cook") for n in range(filled)]
    await world.cycle()
    for person in in_mail[:losing]:
        world.edit(person, JOB=None)
    return world, in_crm


def cleared(people: list[Person]) -> int:
    return sum(each.values["job"] is None for each in people)


@pytest.mark.parametrize(
    ("losing", "filled", "left"),
    [(249, 249, 0), (125, 250, 125), (126, 250, 250)],
    ids=["few may all be cleared", "just half", "more than half"],
)
async def test_a_field_of_250_is_cleared_for_no_more_than_its_share(
    losing: int, filled: int, left: int
) -> None:
    world, people = await a_field_losing(losing, filled)

    await world.cycle()

    assert filled - cleared(people) == left


async def test_what_is_held_back_is_told_and_planned_as_such() -> None:
    world, _ = await a_field_losing(126, 250)

    done = await world.cycle(pushes=False)
    planned = await plan(world.workspace, "crm")
    pushed = await world.cycle(pulls=False, scores=False)

    assert done.problems == []
    assert [str(each) for each in planned.problems] == [HELD]
    assert [str(each) for each in pushed.problems] == [HELD]
    assert planned.counts == {}


async def test_the_urgent_leave_room_for_a_push_that_goes_on() -> None:
    world, people = await a_field_losing(26, 250)
    await world.cycle(pushes=False)
    for row in await world.outbound():
        await world.change_outbound(row, is_urgent=True)
    async with world.state.write() as tx:
        await reserve(tx, "crm", {field_loss("job"): 100})

    done = await push_urgent(replace(world.workspace, is_shared=True), "crm")

    (problem,) = done.problems
    assert problem.message == (
        "`job` would be cleared for 126 of the 250 contacts who have it within an hour; "
        "100 were or just are, and no more are"
    )
    assert cleared(people) == 0


async def test_force_clears_all_the_same() -> None:
    world, people = await a_field_losing(126, 250)
    await world.cycle()

    await world.cycle(force=True)

    assert cleared(people) == 126


async def test_what_else_changes_is_written_while_clearings_are_held_back() -> None:
    world, people = await a_field_losing(126, 250)
    world.edit(list(world.mail.people.values())[-1], JOB="boss")

    await world.cycle()

    assert people[-1].values["job"] == "boss"
    assert cleared(people) == 0


async def test_a_plan_shows_what_would_be_cleared_before_what_would_be_written() -> None:
    world, _ = await a_field_losing(2, 4)
    first = next(iter(world.mail.people.values()))
    world.edit(first, JOB="boss")
    await world.cycle(pushes=False)

    planned = await plan(world.workspace, "crm", limit=2)

    assert [(each.before, each.after) for each in planned.changes] == [
        ("cook", None),
        ("cook", "boss"),
    ]
    assert planned.counts == {"attribute job": 2}
