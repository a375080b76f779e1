"""Changes of many lists are under way together: whoever moves is taken in before being let go."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from adapters.memory.writing import MemoryWriter
from connector.domain.changes import ListChange, Outcome
from connector.sync.giving_way import AT_ONCE
from tests.unit.sync.world import MODEL, PLATFORMS, World

NAMES = [f"L{number}" for number in range(6)]
JOINS, LEAVES = "heat >= 20", "heat < 20"
CHIEFS, OTHERS = "job = 'boss'", "job <> 'boss'"
BOTH = {name: JOINS if place % 2 else LEAVES for place, name in enumerate(NAMES)}


class Slow(MemoryWriter):
    """Lets others go first, and takes note of who was under way at once."""

    def __init__(self, world: World) -> None:
        super().__init__(world.crm)
        object.__setattr__(self, "under_way", [])
        object.__setattr__(self, "together", [])
        world.platforms["crm"].list_writer = self

    under_way: list[bool]
    together: list[list[bool]]

    async def write_lists(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        assert len({(each.list_name, each.is_member) for each in changes}) == 1
        self.under_way.append(changes[0].is_member)
        self.together.append(list(self.under_way))
        await asyncio.sleep(0)
        self.under_way.remove(changes[0].is_member)
        return await super().write_lists(changes)


def a_world() -> World:
    lists = ", ".join(f"{name}: {{when: {when!r}, own: true}}" for name, when in BOTH.items())
    text = f"{PLATFORMS}{MODEL}targets: {{crm: {{lists: {{{lists}}}}}}}\n"
    world = World(text, capabilities={"in_flight": 3})
    world.crm.lists |= {name: set() for name in NAMES}
    return world


async def test_the_batches_of_several_lists_are_under_way_at_once() -> None:
    world = a_world()
    person = world.crm.create("p@x.org")
    writer = Slow(world)

    await world.sync()

    assert max(map(len, writer.together)) == 3
    assert [name for name in NAMES if person.id in world.crm.lists[name]] == NAMES[::2]


async def test_nobody_is_let_go_before_everybody_was_taken_in() -> None:
    world = a_world()
    person = world.crm.create("p@x.org")
    await world.sync()
    writer = Slow(world)
    for _ in range(2):
        world.happens(world.crm, person)

    await world.sync()

    assert [len(set(each)) for each in writer.together] == [1] * 6
    assert [each[-1] for each in writer.together] == [True] * 3 + [False] * 3
    assert [name for name in NAMES if person.id in world.crm.lists[name]] == NAMES[1::2]


class Waiting(MemoryWriter):
    """Answers for a list after a while."""

    def __init__(self, world: World, turns: Mapping[str, int]) -> None:
        super().__init__(world.crm)
        object.__setattr__(self, "turns", turns)
        world.platforms["crm"].list_writer = self

    turns: Mapping[str, int]

    async def write_lists(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        for _ in range(self.turns.get(changes[0].list_name, 0)):
            await asyncio.sleep(0)
        return await super().write_lists(changes)


@pytest.mark.parametrize("turns", range(1, 9))
async def test_what_becomes_known_while_others_are_recorded_is_not_lost(turns: int) -> None:
    lists = f"Kept: {{when: {LEAVES!r}}}, News: {{when: {CHIEFS!r}}}, Hot: {{when: {OTHERS!r}}}"
    text = f"{PLATFORMS}{MODEL}targets: {{crm: {{lists: {{{lists}}}}}}}\n"
    world = World(text, capabilities={"in_flight": 3, "list_batch": 4 * AT_ONCE})
    jobs = ["boss"] * 9 + ["clerk"] * 3 * AT_ONCE
    people = [world.crm.create(f"p{n}@x.org", job=job) for n, job in enumerate(jobs)]
    await world.sync(pushes=False)
    # Somebody else was quicker, which only the answers to our writes say.
    world.crm.lists["News"] |= {each.id for each in people}
    Waiting(world, {"News": turns, "Hot": 3 * AT_ONCE})

    await world.sync(pulls=False)

    chiefs = [row for row in await world.outbound() if row.desired.lists.get("News")]
    assert {row.adopted for row in chiefs} == {frozenset({"News"})}
