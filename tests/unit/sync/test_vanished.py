"""Whoever a walk of all ids does not meet is gone, if that can be believed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.account import Person
from adapters.memory.reading import MemoryReader
from connector.domain.contacts import Contact, Reading, Removal
from connector.domain.pages import Cursor, Page
from connector.errors import PlatformUnavailable
from connector.ports.platform import Part
from connector.sync.pulling.pull import Pulled, pull
from connector.sync.pulling.vanished import ASKED, DOUBTED, Met
from connector.sync.records.ingest import ingest_contacts, ingest_removals
from tests.builders import a_contact
from tests.unit.sync.world import World

IDS = st.text(max_size=3)
EVERY = timedelta(days=1)
WALKED = frozenset({Part.CONTACTS, Part.IDS})
"""Nobody can be asked for."""
ASKABLE = WALKED | {Part.LOOKUP}


def a_world(*, parts: frozenset[Part], people: int, page_size: int = 100) -> World:
    world = World(parts=parts, page_size=page_size, capabilities={"walk_every": EVERY})
    for number in range(people):
        world.crm.create(f"p{number}@x.org", job="cook")
    return world


async def walked(world: World, *, force: bool = False) -> Pulled:
    """Pull when it is time to walk."""
    world.clock.advance(EVERY)
    return await pull(world.workspace, "crm", force=force)


async def live(world: World) -> set[str]:
    return {each.remote_id for each in await world.records() if each.removed_at is None}


def vanish(world: World, count: int) -> set[str]:
    """Delete records of which nothing else tells; return the others."""
    for remote_id in list(world.crm.people)[:count]:
        del world.crm.people[remote_id]
    return set(world.crm.people)


async def lose(world: World, person: Person) -> None:
    """Take somebody for gone who is there."""
    async with world.state.write() as tx:
        gone = [Removal(remote_id=person.id)]
        await ingest_removals(tx, "crm", gone, world.workspace.naming, world.clock.now())


class Cut(MemoryReader):
    """Its walk of ids ends after one page, as if that had named no next one."""

    async def ids(self, since: Cursor | None = None) -> AsyncIterator[Page[str]]:
        async for page in super().ids(since):
            yield page
            return


@given(pages=st.lists(st.lists(IDS, max_size=5), max_size=5), known=st.lists(IDS, max_size=9))
def test_whoever_was_met_on_no_page_is_missing(pages: list[list[str]], known: list[str]) -> None:
    met = Met()
    for page in pages:
        met.add(page)
    met.close()

    everybody = {each for page in pages for each in page}
    assert met.missing(known) == [each for each in known if each not in everybody]
    assert met.met(known) == [each for each in known if each in everybody]
    assert met.count == sum(map(len, pages))


async def test_whoever_is_there_when_asked_for_is_not_gone() -> None:
    world = a_world(parts=ASKABLE, people=9, page_size=3)
    await pull(world.workspace, "crm")
    world.platforms["crm"].ids = Cut(account=world.crm, page_size=3)

    there = vanish(world, 1)
    done = await walked(world)

    assert (done.errors, done.problems) == ([], [])
    assert await live(world) == there


async def test_who_is_missing_is_asked_for_by_the_hundred() -> None:
    world = a_world(parts=ASKABLE, people=3 * ASKED)
    await pull(world.workspace, "crm")
    sizes: list[int] = []

    class Counts(MemoryReader):
        async def fetch(self, remote_ids: Sequence[str], reading: Reading) -> Sequence[Contact]:
            sizes.append(len(remote_ids))
            return await super().fetch(remote_ids, reading)

    world.platforms["crm"].lookup = Counts(account=world.crm, page_size=100)
    there = vanish(world, ASKED + 1)
    await walked(world)

    assert sizes == [ASKED, 1]
    assert await live(world) == there


async def test_when_nobody_can_be_asked_for_nobody_is_taken_for_gone() -> None:
    world = a_world(parts=ASKABLE, people=3)
    await pull(world.workspace, "crm")

    class Down(MemoryReader):
        async def fetch(self, remote_ids: Sequence[str], reading: Reading) -> Sequence[Contact]:
            raise PlatformUnavailable(platform="crm", operation="fetch")

    world.platforms["crm"].lookup = Down(account=world.crm, page_size=100)
    there = vanish(world, 1)
    done = await walked(world)
    early = await live(world)
    world.platforms["crm"].lookup = MemoryReader(account=world.crm, page_size=100)
    world.clock.advance(timedelta(hours=1))
    await pull(world.workspace, "crm")

    assert [type(each) for each in done.errors] == [PlatformUnavailable]
    assert len(early) == 3
    assert await live(world) == there


async def test_a_walk_that_misses_more_than_may_be_lost_takes_nobody() -> None:
    world = a_world(parts=WALKED, people=250)
    await pull(world.workspace, "crm")
    walk = world.platforms["crm"].ids
    world.platforms["crm"].ids = Cut(account=world.crm, page_size=100)

    done = await walked(world)
    early = await live(world)
    world.platforms["crm"].ids = walk
    there = vanish(world, 125)
    world.clock.advance(DOUBTED)
    again = await pull(world.workspace, "crm")

    (problem,) = done.problems
    assert str(problem) == (
        "crm.contacts: 150 of 250 contacts were not met when all were walked; none of them was "
        "taken for gone (if that is right, run again with --force, or raise max_removals)"
    )
    assert len(early) == 250
    assert again.problems == []
    assert await live(world) == there


async def test_a_walk_that_is_not_believed_is_told_and_not_made_again_for_an_hour() -> None:
    world = a_world(parts=WALKED, people=250)
    await pull(world.workspace, "crm")
    vanish(world, 150)
    done = await walked(world)

    before = world.crm.requests
    world.clock.advance(DOUBTED - timedelta(seconds=1))
    again = await pull(world.workspace, "crm")

    assert again.problems == done.problems
    assert len(again.problems) == 1
    assert world.crm.requests == before


async def test_force_asks_anew_whatever_was_doubted() -> None:
    world = a_world(parts=WALKED, people=250)
    await pull(world.workspace, "crm")
    there = vanish(world, 150)
    await walked(world)

    done = await pull(world.workspace, "crm", force=True)

    assert done.problems == []
    assert await live(world) == there


async def test_force_believes_that_many_are_gone() -> None:
    world = a_world(parts=WALKED, people=250)
    await pull(world.workspace, "crm")

    there = vanish(world, 150)
    done = await walked(world, force=True)

    assert done.problems == []
    assert await live(world) == there


async def test_force_believes_no_walk_about_whoever_is_there_when_asked_for() -> None:
    world = a_world(parts=ASKABLE, people=250)
    await pull(world.workspace, "crm")
    world.platforms["crm"].ids = Cut(account=world.crm, page_size=100)

    done = await walked(world, force=True)

    assert done.problems == []
    assert len(await live(world)) == 250


async def test_small_accounts_may_lose_any_share() -> None:
    world = a_world(parts=WALKED, people=249)
    await pull(world.workspace, "crm")

    there = vanish(world, 248)
    await walked(world)

    assert await live(world) == there


async def test_whoever_was_taken_for_gone_and_is_met_again_comes_back_as_they_are() -> None:
    world = a_world(parts=ASKABLE, people=3)
    await pull(world.workspace, "crm")
    came_back, *_ = world.crm.people.values()
    await lose(world, came_back)

    came_back.values["job"] = "boss"
    await walked(world)

    records = {each.remote_id: each for each in await world.records()}
    assert records[came_back.id].removed_at is None
    assert records[came_back.id].attributes["job"] == "boss"


async def test_whoever_is_met_and_was_never_heard_of_is_taken_in() -> None:
    world = a_world(parts=ASKABLE, people=3)
    await pull(world.workspace, "crm")
    missed = world.crm.create("missed@x.org", job="boss")
    world.crm.changed.remove(missed.id)

    await walked(world)

    records = {each.remote_id: each for each in await world.records()}
    assert records[missed.id].attributes["job"] == "boss"


async def test_whoever_is_met_but_not_there_when_asked_for_stays_gone() -> None:
    world = a_world(parts=ASKABLE, people=3)
    await pull(world.workspace, "crm")
    gone, *_ = world.crm.people.values()
    await lose(world, gone)

    class Late(MemoryReader):
        async def ids(self, since: Cursor | None = None) -> AsyncIterator[Page[str]]:
            yield Page(items=(gone.id, *world.crm.people), cursor="end")

    world.platforms["crm"].ids = Late(account=world.crm, page_size=100)
    there = vanish(world, 1)
    await walked(world)

    assert await live(world) == there


async def test_whoever_became_known_while_all_were_walked_is_not_gone() -> None:
    world = a_world(parts=WALKED, people=3)
    await pull(world.workspace, "crm")

    class Meanwhile(MemoryReader):
        async def ids(self, since: Cursor | None = None) -> AsyncIterator[Page[str]]:
            async for page in super().ids(since):
                yield page
            world.clock.advance(timedelta(seconds=1))
            new = [a_contact("new", "new@x.org")]
            async with world.state.write() as tx:
                await ingest_contacts(tx, "crm", new, world.workspace.naming, world.clock.now())

    world.platforms["crm"].ids = Meanwhile(account=world.crm, page_size=100)
    there = vanish(world, 1)
    await walked(world)

    assert await live(world) == {*there, "new"}


async def test_whoever_is_answered_under_another_id_was_merged_into_that() -> None:
    world = a_world(parts=ASKABLE, people=2)
    await pull(world.workspace, "crm")
    loser, winner = world.crm.people.values()

    class Follows(MemoryReader):
        async def fetch(self, remote_ids: Sequence[str], reading: Reading) -> Sequence[Contact]:
            return [a_contact(winner.id, winner.email or "", merged_ids=tuple(remote_ids))]

    world.platforms["crm"].lookup = Follows(account=world.crm, page_size=100)
    vanish(world, 1)
    await walked(world)

    records = {each.remote_id: each for each in await world.records()}
    assert records[loser.id].merged_into == winner.id
    assert await live(world) == {winner.id}
