"""What an attempt that nobody saw leaves in doubt is the lists that it was about, and no others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta

import pytest

from adapters.memory.account import Person
from adapters.memory.writing import MemoryWriter
from connector.domain.changes import AttributeChange, ListChange, Outcome
from connector.domain.contacts import Membership
from connector.domain.pages import Cursor, Page
from connector.errors import PlatformUnavailable
from tests.unit.sync.rosters import Rosters
from tests.unit.sync.test_adopting import a_boss, becomes_cook, dies
from tests.unit.sync.world import MODEL, PLATFORMS, World

SCORE = "targets: {crm: {attributes: {heat_score: heat}}}\n"
BOTH = 'targets: {crm: {attributes: {heat_score: heat}, lists: {Hot: {when: "fit > 0"}}}}\n'


class Failing(MemoryWriter):
    """Does nothing of what it is asked."""

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        raise PlatformUnavailable(platform="crm", operation="write", status=503)

    async def write_lists(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        raise PlatformUnavailable(platform="crm", operation="write lists", status=503)


class Dying(MemoryWriter):
    """Writes a score, and does not live to tell."""

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        await super().write_attributes(changes)
        raise KeyboardInterrupt


class Resting:
    """Lists that are left alone for now: nothing of them is read, and the cursor goes on."""

    async def memberships(
        self, list_names: frozenset[str], since: Cursor | None
    ) -> AsyncIterator[Page[Membership]]:
        yield Page(items=(), cursor=since or "0")


async def fails(world: World) -> None:
    """Sync while the platform takes nothing, and wait until it is asked again."""
    platform = world.platforms["crm"]
    platform.attribute_writer = platform.list_writer = Failing(world.crm)
    await world.sync()
    platform.attribute_writer = platform.list_writer = MemoryWriter(world.crm)
    world.clock.advance(timedelta(hours=2))


async def dies_of_a_score(world: World) -> None:
    """Sync until the process dies in the middle of writing scores."""
    world.platforms["crm"].attribute_writer = Dying(world.crm)
    with pytest.raises(KeyboardInterrupt):
        await world.sync()
    world.platforms["crm"].attribute_writer = MemoryWriter(world.crm)


def becomes(world: World, person: Person, job: str) -> None:
    world.clock.advance(timedelta(hours=1))
    person.values["job"] = job
    world.crm.touch(person)


@pytest.mark.parametrize("interrupted", [fails, dies_of_a_score])
async def test_a_list_that_is_newly_wanted_is_adopted_while_a_score_is_in_doubt(
    interrupted: Callable[[World], Awaitable[None]],
) -> None:
    world, person = a_boss(SCORE)
    world.crm.put_in("Hot", person)
    await interrupted(world)
    world.configure(PLATFORMS + MODEL + BOTH)
    await world.sync()

    await becomes_cook(world, person)

    assert world.crm.lists["Hot"] == {person.id}


async def test_whoever_is_put_in_a_list_while_a_score_is_in_doubt_stays_in_it() -> None:
    world, person = a_boss(BOTH)
    await fails(world)
    world.crm.put_in("Hot", person)
    await world.sync()

    await becomes_cook(world, person)

    assert world.crm.lists["Hot"] == {person.id}


async def test_whoever_could_not_be_let_go_was_not_there_before_us() -> None:
    world, person = a_boss()
    await world.sync()
    becomes(world, person, "cook")
    await fails(world)
    becomes(world, person, "boss")
    await world.sync()

    await becomes_cook(world, person)

    assert world.crm.lists["Hot"] == set()


@pytest.mark.parametrize("job", ["cook", "boss"])
async def test_a_list_that_was_tried_unseen_is_right_once_it_is_configured_again(job: str) -> None:
    world, person = a_boss(BOTH)
    await dies(world)
    world.crm.take_out("Hot", person) if job == "boss" else None
    world.configure(PLATFORMS + MODEL + SCORE)
    becomes(world, person, "clerk")
    await world.sync()
    becomes(world, person, job)
    world.configure(PLATFORMS + MODEL + BOTH)

    await world.sync()

    assert world.crm.lists["Hot"] == ({person.id} if job == "boss" else set())


async def test_whoever_was_let_go_unseen_was_not_there_before_a_crash() -> None:
    world, person = a_boss()
    await world.sync()
    becomes(world, person, "cook")
    await dies(world)
    becomes(world, person, "boss")
    memberships, world.platforms["crm"].memberships = world.platforms["crm"].memberships, None
    await dies(world)
    world.platforms["crm"].memberships = memberships
    await world.sync()

    await becomes_cook(world, person)

    assert world.crm.lists["Hot"] == set()


@pytest.mark.parametrize("is_walked", [True, False], ids=["walked", "told"])
async def test_whoever_was_let_go_and_whose_list_rests_was_not_there_before_a_crash(
    *, is_walked: bool
) -> None:
    world, person = a_boss()
    if is_walked:
        world.platforms["crm"].memberships = Rosters(world.crm)
    await world.sync()
    world.clock.advance(timedelta(hours=1))
    await world.sync()
    await becomes_cook(world, person)
    becomes(world, person, "boss")
    memberships, world.platforms["crm"].memberships = world.platforms["crm"].memberships, Resting()
    await dies(world)
    world.platforms["crm"].memberships = memberships
    await world.sync()

    await becomes_cook(world, person)

    assert world.crm.lists["Hot"] == set()


async def test_whoever_was_put_back_before_a_list_was_walked_stays_after_a_crash() -> None:
    world, person = a_boss()
    world.platforms["crm"].memberships = Rosters(world.crm)
    await world.sync()
    world.clock.advance(timedelta(hours=1))
    await world.sync()
    await becomes_cook(world, person)
    world.crm.put_in("Hot", person)
    world.clock.advance(timedelta(hours=1))
    await world.sync()
    becomes(world, person, "boss")
    await dies(world)
    await world.sync()

    await becomes_cook(world, person)

    assert world.crm.lists["Hot"] == {person.id}
