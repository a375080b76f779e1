"""Who was in a list before us stays, and who is there because of us goes, whatever happens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from adapters.memory.account import Person
from adapters.memory.faults import Fault
from adapters.memory.writing import MemoryWriter
from connector.domain.changes import ListChange, Outcome
from connector.domain.outbound import STILL_OPEN
from connector.errors import RateLimited
from tests.unit.sync.pushing import FAULTS
from tests.unit.sync.world import MODEL, PLATFORMS, World

TARGET = 'targets: {crm: {lists: {Hot: {when: "fit > 0"}}}}\n'
TWO_LISTS = 'targets: {crm: {lists: {Hot: {when: "fit > 0"}, News: {when: "fit > 0"}}}}\n'


class Dying(MemoryWriter):
    """Puts people in the list, and does not live to tell."""

    async def write_lists(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        await super().write_lists(changes)
        raise KeyboardInterrupt


class Limited(MemoryWriter):
    """Takes nothing before tomorrow."""

    async def write_lists(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        day = timedelta(days=1)
        raise RateLimited(platform="crm", operation="write lists", retry_after=day)


def a_boss(text: str = TARGET) -> tuple[World, Person]:
    world = World(PLATFORMS + MODEL + text)
    return world, world.crm.create("a@x.org", job="boss")


async def dies(world: World) -> None:
    """Sync until the process dies in the middle of writing lists."""
    writer = world.platforms["crm"].list_writer
    world.platforms["crm"].list_writer = Dying(world.crm)
    with pytest.raises(KeyboardInterrupt):
        await world.sync()
    world.platforms["crm"].list_writer = writer


async def is_limited(world: World) -> None:
    """Sync while the platform lets no list be written for a day."""
    writer = world.platforms["crm"].list_writer
    world.platforms["crm"].list_writer = Limited(world.crm)
    await world.sync()
    world.platforms["crm"].list_writer = writer
    world.clock.advance(timedelta(days=2))


async def becomes_cook(world: World, person: Person) -> None:
    """Let somebody be no boss any more, and all be brought in step."""
    world.clock.advance(timedelta(hours=1))
    person.values["job"] = "cook"
    world.crm.touch(person)
    await world.sync()


async def test_whoever_was_in_a_list_before_a_crash_stays_in_it() -> None:
    world, person = a_boss()
    world.crm.put_in("Hot", person)
    await dies(world)
    await world.sync()

    await becomes_cook(world, person)

    assert world.crm.lists["Hot"] == {person.id}


@pytest.mark.parametrize("faults", [1, len(FAULTS)], ids=["an answer", "all answers"])
async def test_whoever_was_in_a_list_before_an_answer_was_lost_stays_in_it(faults: int) -> None:
    world, person = a_boss()
    world.crm.put_in("Hot", person)
    await world.sync(pushes=False)
    world.play(world.crm, *[Fault.LOST_ANSWER] * faults)
    await world.sync(pulls=False)
    await world.sync()

    await becomes_cook(world, person)

    assert world.crm.lists["Hot"] == {person.id}


async def test_whoever_left_a_list_before_we_put_them_in_is_taken_out_again() -> None:
    world, person = a_boss()
    world.crm.put_in("Hot", person)
    await world.sync(pushes=False)
    world.crm.take_out("Hot", person)
    await world.sync(pulls=False)

    await becomes_cook(world, person)

    assert world.crm.lists["Hot"] == set()


async def test_whoever_a_crash_left_in_a_list_is_taken_out_again() -> None:
    world, person = a_boss()
    await dies(world)
    assert world.crm.lists["Hot"] == {person.id}
    await world.sync()

    await becomes_cook(world, person)

    assert world.crm.lists["Hot"] == set()


async def test_whoever_one_crash_left_in_a_list_was_not_there_before_the_next() -> None:
    world, person = a_boss()
    await dies(world)
    await dies(world)
    await world.sync()

    await becomes_cook(world, person)

    assert world.crm.lists["Hot"] == set()


async def test_a_crash_is_not_forgotten_when_the_platform_fails_after_it() -> None:
    world, person = a_boss()
    await dies(world)
    await is_limited(world)
    await world.sync()

    await becomes_cook(world, person)

    assert world.crm.lists["Hot"] == set()


async def test_a_crash_is_not_forgotten_when_something_else_is_decided() -> None:
    world, person = a_boss()
    await dies(world)
    world.configure(PLATFORMS + MODEL + TWO_LISTS)
    await world.sync(pushes=False)

    (row,) = await world.outbound()

    assert (row.attempts, row.last_error) == (0, STILL_OPEN)
    await world.sync()
    await becomes_cook(world, person)
    assert (world.crm.lists["Hot"], world.crm.lists["News"]) == (set(), set())


async def test_whoever_was_let_go_and_not_read_since_was_not_there_before_a_crash() -> None:
    world, person = a_boss()
    await world.sync()
    await becomes_cook(world, person)
    person.values["job"] = "boss"
    world.crm.touch(person)
    world.clock.advance(timedelta(hours=1))
    memberships, world.platforms["crm"].memberships = world.platforms["crm"].memberships, None
    await dies(world)
    world.platforms["crm"].memberships = memberships
    await world.sync()

    await becomes_cook(world, person)

    assert world.crm.lists["Hot"] == set()
