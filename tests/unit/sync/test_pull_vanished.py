"""Who is gone from a platform is noticed by walking it, and a walk costs no more than it must."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import ClassVar

import pytest

from adapters.memory.reading import MemoryReader
from connector.domain.contacts import Contact, Reading
from connector.domain.pages import Cursor, Page
from connector.errors import PlatformUnavailable, SourceEmptied
from connector.ports.platform import Part
from connector.sync.pulling.pull import Pulled, pull
from tests.unit.sync.world import World

WALKED = frozenset({Part.CONTACTS, Part.EVENTS, Part.IDS})


class Crash(Exception):
    """The end of the process."""


async def pulled(world: World, *, force: bool = False) -> Pulled:
    return await pull(world.workspace, "crm", force=force)


async def test_records_that_vanished_are_noticed() -> None:
    world = World(parts=WALKED)
    gone, stays = world.crm.create("a@x.org"), world.crm.create("b@x.org")
    await pulled(world)

    world.crm.remove(gone)
    world.crm.touch(stays)
    await pulled(world)

    removed = {each.remote_id: each.removed_at is not None for each in await world.records()}
    assert removed == {gone.id: True, stays.id: False}


async def test_where_walks_are_rationed_they_are_made_in_time_whatever_changed() -> None:
    world = World(parts=WALKED, capabilities={"walk_every": timedelta(days=1)})
    gone, stays = world.crm.create("a@x.org"), world.crm.create("b@x.org")
    await pulled(world)
    world.crm.remove(gone)

    world.crm.touch(stays)
    world.clock.advance(timedelta(hours=23))
    await pulled(world)
    early = [each.removed_at for each in await world.records()]
    world.clock.advance(timedelta(hours=1))
    await pulled(world)

    removed = {each.remote_id: each.removed_at is not None for each in await world.records()}
    assert early == [None, None]
    assert removed == {gone.id: True, stays.id: False}


async def test_a_first_reading_that_broke_off_is_not_walked_for() -> None:
    able = {"walk_every": timedelta(days=1)}
    world = World(parts=WALKED, page_size=1, capabilities=able)
    for each in "abc":
        world.crm.create(f"{each}@x.org")
    asked: list[Cursor | None] = []

    class BreaksOffOnce(MemoryReader):
        broken: ClassVar[list[bool]] = []

        async def contacts(
            self, reading: Reading, since: Cursor | None
        ) -> AsyncIterator[Page[Contact]]:
            async for page in super().contacts(reading, since):
                yield page
                if not self.broken:
                    self.broken.append(True)
                    raise Crash

        async def ids(self, since: Cursor | None = None) -> AsyncIterator[Page[str]]:
            asked.append(since)
            async for page in super().ids(since):
                yield page

    reader = BreaksOffOnce(account=world.crm, page_size=1)
    world.platforms["crm"].contacts = world.platforms["crm"].ids = reader
    with pytest.raises(Crash):
        await pulled(world)

    await pulled(world)

    assert len(await world.records()) == 3
    assert asked == []


async def test_after_an_error_a_walk_of_ids_goes_on_behind_its_last_page() -> None:
    world = World(parts=WALKED, page_size=1)
    gone, first, second = (world.crm.create(f"{each}@x.org") for each in "abc")
    await pulled(world)
    world.crm.remove(gone)
    world.crm.changed.append(first.id)
    asked: list[Cursor | None] = []

    class FailsOnce(MemoryReader):
        async def ids(self, since: Cursor | None = None) -> AsyncIterator[Page[str]]:
            asked.append(since)
            async for page in super().ids(since):
                yield page
                if len(asked) == 1:
                    raise PlatformUnavailable(platform="crm", operation="walk")

    world.platforms["crm"].ids = FailsOnce(account=world.crm, page_size=1)

    assert (await pulled(world)).errors == []
    assert asked == [None, "1"]
    removed = {each.remote_id: each.removed_at is not None for each in await world.records()}
    assert removed == {gone.id: True, first.id: False, second.id: False}


async def test_a_source_that_is_suddenly_empty_takes_nothing_from_us() -> None:
    world = World(parts=WALKED)
    person = world.crm.create("a@x.org")
    await pulled(world)
    world.crm.changed.append(person.id)
    del world.crm.people[person.id]

    for _ in range(2):
        done = await pulled(world)
        assert [type(each) for each in done.errors] == [SourceEmptied]
        assert "--force" in str(done.errors[0])

    assert (await world.records())[0].removed_at is None


async def test_force_accepts_that_a_source_is_empty() -> None:
    world = World(parts=WALKED)
    person = world.crm.create("a@x.org")
    await pulled(world)
    world.crm.changed.append(person.id)
    del world.crm.people[person.id]

    done = await pulled(world, force=True)

    assert done.errors == []
    assert (await world.records())[0].removed_at is not None
