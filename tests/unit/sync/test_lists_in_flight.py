"""Changes of many lists are under way together: whoever moves is taken in before being let go."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from adapters.memory.writing import MemoryWriter
from connector.domain.changes import ListChange, Outcome
from tests.unit.sync.world import MODEL, PLATFORMS, World

NAMES = [f"L{number}" for number in range(6)]
JOINS, LEAVES = "heat >= 20", "heat < 20"
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
