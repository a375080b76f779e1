"""Whoever is decided anew amid a list write that nobody sees the end of is in the right lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.memory.account import Person
from adapters.memory.writing import MemoryWriter
from connector.domain.changes import ListChange, Outcome
from connector.sync.pushing.push import push
from connector.sync.turns import pull_turn, score_turn
from tests.unit.sync.world import MODEL, PLATFORMS, World

TARGET = """
targets:
  crm:
    attributes: {heat_score: heat}
    lists: {News: {when: "job = 'boss'"}}
"""
TEXT = PLATFORMS + MODEL + TARGET


class Killed(KeyboardInterrupt):
    """The end of the process, as far as its work can tell."""


async def dies_amid_lists(world: World, meanwhile: Callable[[], None]) -> None:
    """Push until lists are written, then decide what `meanwhile` changes, and die."""

    class Dying(MemoryWriter):
        async def write_lists(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
            await super().write_lists(changes)
            world.clock.advance(timedelta(minutes=1))
            meanwhile()
            beside = replace(world.workspace, is_shared=True)
            await pull_turn(beside, "crm", "contacts")
            await pull_turn(beside, "crm", "events")
            await score_turn(beside)
            raise Killed

    platform = world.platforms["crm"]
    platform.list_writer, good = Dying(world.crm), platform.list_writer
    with pytest.raises(Killed):
        await push(world.workspace, "crm")
    platform.list_writer = good


async def later(world: World) -> None:
    for _ in range(2):
        world.clock.advance(timedelta(hours=1))
        await world.sync()


def edit(world: World, person: Person, job: str) -> None:
    person.values["job"] = job
    world.crm.touch(person)


@pytest.mark.parametrize(("first", "then"), [("boss", "clerk"), ("clerk", "boss")])
async def test_a_list_that_is_wanted_otherwise_meanwhile_is_set_right(
    first: str, then: str
) -> None:
    world = World(TEXT)
    person = world.crm.create("p@x.org", job=then)
    await world.sync()
    world.clock.advance(timedelta(minutes=1))
    edit(world, person, first)
    await world.sync(pushes=False)

    await dies_amid_lists(world, lambda: edit(world, person, then))
    await later(world)

    assert (person.id in world.crm.lists["News"]) is (then == "boss")


async def test_whom_we_put_in_unseen_is_taken_out_again_though_only_the_score_moved() -> None:
    world = World(TEXT)
    person = world.crm.create("p@x.org", job="boss")
    await world.sync(pushes=False)

    await dies_amid_lists(world, lambda: world.happens(world.crm, person))
    await later(world)
    assert person.id in world.crm.lists["News"]
    edit(world, person, "clerk")
    await later(world)

    assert person.id not in world.crm.lists["News"]
