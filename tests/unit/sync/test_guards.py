"""A mistake must not empty a list: the guard of removals, in a push and in its plan."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from connector.domain.outbound import DeliveryState, Outbound
from connector.sync.pushing.plan import plan
from connector.sync.pushing.push import push, push_urgent
from tests.builders import a_desired, an_outbound
from tests.unit.sync.world import TEXT, World

PENDING = DeliveryState.PENDING


async def a_list_losing(losing: int, members: int, max_removals: str = "50%") -> World:
    """Return a world in whose list Hot are `members`, of whom `losing` shall leave."""
    world = World(
        TEXT.replace(
            "crm: {adapter: memory}", f"crm: {{adapter: memory, max_removals: {max_removals}}}"
        )
    )
    people = [world.crm.create() for _ in range(members)]
    for person in people:
        world.crm.lists["Hot"].add(person.id)
    await world.sync(scores=False, pushes=False)
    async with world.state.write() as tx:
        numbers = await tx.contacts.all_numbers()
        addressees = await tx.contacts.addressees("crm", numbers)
        await tx.outbox.save([_member(n, addressees[n].remote_id) for n in numbers[losing:]])
        await tx.outbox.save([_leaver(n, addressees[n].remote_id) for n in numbers[:losing]])
    return world


@pytest.mark.parametrize(
    ("losing", "members", "share", "is_blocked"),
    [
        (249, 249, "50%", False),
        (125, 250, "50%", False),
        (126, 250, "50%", True),
        (250, 250, "50%", True),
        (171, 300, "57%", False),
        (172, 300, "57%", True),
        (1, 250, "0%", True),
        (250, 250, "100%", False),
    ],
    ids=[
        "small lists may empty",
        "just half",
        "more than half",
        "all",
        "just the share",
        "more than the share",
        "none allowed",
        "all allowed",
    ],
)
async def test_a_list_of_250_loses_no_more_than_its_share(
    *, losing: int, members: int, share: str, is_blocked: bool
) -> None:
    world = await a_list_losing(losing, members, share)

    done = await push(world.workspace, "crm")

    assert len(world.crm.lists["Hot"]) == (members if is_blocked else members - losing)
    assert bool(done.problems) is is_blocked


async def test_what_is_blocked_is_told_and_waits() -> None:
    world = await a_list_losing(200, 250)

    done = await push(world.workspace, "crm")

    (problem,) = done.problems
    assert "200 of its 250 members" in problem.message
    assert problem.path == "targets.crm.lists.Hot"
    assert "--force" in (problem.hint or "")
    assert (done.calls, done.failed, done.dead, done.delivered) == (0, 0, 0, 0)
    assert {row.state for row in (await world.outbound())[:200]} == {PENDING}


async def test_force_lets_go() -> None:
    world = await a_list_losing(250, 250)

    done = await push(world.workspace, "crm", force=True)

    assert (world.crm.lists["Hot"], done.problems) == (set(), [])


async def test_only_leaving_is_blocked() -> None:
    world = await a_list_losing(250, 250)
    (row, *_) = await world.outbound()
    await world.change_outbound(row, desired=a_desired("News", without=("Hot",)))

    await push(world.workspace, "crm")

    assert world.crm.lists["News"] == {row.remote_id}
    assert len(world.crm.lists["Hot"]) == 250


async def test_the_plan_tells_what_the_guard_would_stop() -> None:
    world = await a_list_losing(200, 250)

    planned = await plan(world.workspace, "crm")

    assert (planned.contacts, planned.counts, planned.calls) == (0, {}, 0)
    assert len(planned.problems) == 1


async def test_those_who_were_in_the_list_before_us_are_no_removals() -> None:
    world = await a_list_losing(200, 250)
    for row in await world.outbound():
        await world.change_outbound(row, adopted=frozenset({"Hot"}))

    done = await push(world.workspace, "crm")

    assert done.problems == []
    assert len(world.crm.lists["Hot"]) == 250


def _member(contact: int, remote_id: str) -> Outbound:
    state = a_desired("Hot")
    return an_outbound(
        contact, remote_id=remote_id, desired=state, confirmed=state, state=DeliveryState.CLEAN
    )


def _leaver(contact: int, remote_id: str) -> Outbound:
    return an_outbound(
        contact,
        remote_id=remote_id,
        desired=a_desired(without=("Hot",)),
        confirmed=a_desired("Hot"),
    )


async def _hurry(world: World, rows: Sequence[Outbound]) -> None:
    for row in rows:
        await world.change_outbound(row, is_urgent=True)


async def test_what_is_urgent_is_guarded_by_what_is_urgent() -> None:
    world = await a_list_losing(200, 260)
    rows = await world.outbound()
    await _hurry(world, rows[:3])

    done = await push_urgent(world.workspace, "crm")

    assert (done.problems, len(world.crm.lists["Hot"])) == ([], 257)
    await _hurry(world, rows[3:200])
    assert "of its 257 members" in (await push_urgent(world.workspace, "crm")).problems[0].message
    assert len(world.crm.lists["Hot"]) == 257


async def test_what_is_held_back_of_everybody_is_held_back_of_the_urgent() -> None:
    world = await a_list_losing(200, 250)
    await push(world.workspace, "crm")
    await _hurry(world, (await world.outbound())[:3])

    await push_urgent(world.workspace, "crm")

    assert len(world.crm.lists["Hot"]) == 250
