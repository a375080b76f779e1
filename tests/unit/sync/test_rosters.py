"""Lists that are told whole, and lists that are all ours: nobody in or out is overlooked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from adapters.memory.account import Person
from adapters.memory.faults import Fault
from adapters.memory.writing import MemoryWriter
from connector.domain.changes import Outcome, TagChange
from connector.sync.pulling.pull import pull
from tests.unit.sync.in_step import HOUR, calls
from tests.unit.sync.rosters import Rosters
from tests.unit.sync.world import MODEL, PLATFORMS, World

LISTS = 'targets: {{crm: {{on_drift: {drift}, lists: {{Hot: {{when: "fit > 0"{own}}}}}}}}}\n'
OWN = ", own: true"


def a_world(drift: str = "repair", own: str = "", model: str = MODEL) -> World:
    """Return a world whose `crm` has nothing of ours but the list `Hot` of bosses."""
    world = World(PLATFORMS + model + LISTS.format(drift=drift, own=own))
    world.platforms["crm"].memberships = Rosters(world.crm)
    return world


async def a_boss(world: World) -> Person:
    """Return somebody whom we put in the list just now, which nobody read since."""
    boss = world.crm.create("boss@x.org", job="boss")
    await world.sync()
    world.clock.advance(HOUR)
    return boss


async def becomes(world: World, person: Person, job: str) -> None:
    """Let somebody have another job, and the list follow."""
    person.values["job"] = job
    world.crm.touch(person)
    await world.sync()
    world.clock.advance(HOUR)


async def test_whoever_we_put_in_and_somebody_takes_out_before_it_is_read_is_put_back() -> None:
    world = a_world()
    boss = await a_boss(world)
    world.crm.take_out("Hot", boss)

    done = await world.sync()

    assert world.crm.lists["Hot"] == {boss.id}
    assert done.drift == {"crm": {"repaired": 1, "kept": 0}}
    assert calls(await world.sync()) == 0


async def test_whoever_may_be_taken_out_is_left_out() -> None:
    world = a_world(drift="keep")
    boss = await a_boss(world)
    world.crm.take_out("Hot", boss)

    done = await world.sync()

    assert world.crm.lists["Hot"] == set()
    assert done.drift == {"crm": {"repaired": 0, "kept": 1}}
    assert "drift" not in (await world.sync()).to_json()


@pytest.mark.parametrize("own", [OWN, ""], ids=["ours", "shared"])
async def test_whoever_we_take_out_and_somebody_puts_back_is_out_of_a_list_of_ours(
    own: str,
) -> None:
    world = a_world(own=own)
    person = await a_boss(world)
    await world.sync()
    world.clock.advance(HOUR)
    await becomes(world, person, "cook")
    assert world.crm.lists["Hot"] == set()
    world.crm.put_in("Hot", person)

    await world.sync()

    assert world.crm.lists["Hot"] == (set() if own else {person.id})
    assert calls(await world.sync()) == 0


@pytest.mark.parametrize("late", [2 * HOUR, HOUR], ids=["before", "just as"])
async def test_what_was_read_before_we_moved_the_list_proves_nothing(late: timedelta) -> None:
    world = a_world()
    boss = await a_boss(world)
    world.crm.take_out("Hot", boss)
    world.platforms["crm"].memberships = Rosters(world.crm, late=late)

    done = await world.sync()

    assert (done.drift, calls(done)) == ({}, 0)


async def test_a_list_moved_when_it_was_written_and_not_when_the_push_was_through() -> None:
    text = 'targets: {crm: {lists: {Hot: {when: "fit > 0"}}, tags: {vip: "fit > 0"}}}\n'
    world = World(PLATFORMS + MODEL + text)
    world.platforms["crm"].memberships = Rosters(world.crm)
    person = world.crm.create("a@x.org", job="boss")

    class Slow(MemoryWriter):
        async def write_tags(self, changes: Sequence[TagChange]) -> Sequence[Outcome]:
            world.clock.advance(timedelta(minutes=4))
            world.crm.take_out("Hot", person)
            return await super().write_tags(changes)

    world.platforms["crm"].tag_writer = Slow(world.crm)
    await world.sync()
    world.clock.advance(timedelta(seconds=30))

    await world.sync()

    assert world.crm.lists["Hot"] == {person.id}


async def test_what_was_read_before_we_took_somebody_out_proves_nothing() -> None:
    world = a_world(own=OWN)
    person = await a_boss(world)
    await world.sync()
    world.clock.advance(HOUR)
    await becomes(world, person, "cook")
    world.platforms["crm"].memberships = None
    world.crm.create("another@x.org")

    done = await world.sync()

    assert (done.drift, calls(done)) == ({}, 0)


async def test_a_list_that_was_read_is_compared_also_after_a_crash() -> None:
    world = a_world()
    boss = await a_boss(world)
    world.crm.take_out("Hot", boss)
    await pull(world.workspace, "crm")
    world.platforms["crm"].memberships = None

    done = await world.sync()

    assert world.crm.lists["Hot"] == {boss.id}
    assert done.drift["crm"]["repaired"] == 1


async def test_whoever_has_nothing_to_do_with_us_is_taken_out_of_a_list_that_is_ours() -> None:
    world = a_world(own=OWN)
    boss = await a_boss(world)
    stranger = world.crm.create("stranger@x.org")
    await world.sync()
    world.crm.put_in("Hot", stranger)

    await world.sync()

    assert world.crm.lists["Hot"] == {boss.id}
    assert calls(await world.sync()) == 0


async def test_whoever_has_nothing_to_do_with_us_may_be_left_in_a_list_that_is_ours() -> None:
    world = a_world(drift="keep", own=OWN)
    boss = await a_boss(world)
    stranger = world.crm.create("stranger@x.org")
    world.crm.put_in("Hot", stranger)

    done = await world.sync()

    assert world.crm.lists["Hot"] == {boss.id, stranger.id}
    assert calls(done) == 0


async def test_whoever_was_in_a_list_that_is_ours_before_it_was_is_taken_out() -> None:
    world = a_world(own=OWN)
    boss, cook = world.crm.create("b@x.org", job="boss"), world.crm.create("c@x.org", job="cook")
    world.crm.put_in("Hot", boss)
    world.crm.put_in("Hot", cook)

    done = await world.sync()

    assert world.crm.lists["Hot"] == {boss.id}
    assert calls(done) == 1


async def test_a_member_who_becomes_known_later_is_taken_out_then() -> None:
    world = a_world(own=OWN)
    await a_boss(world)
    contacts, world.platforms["crm"].contacts = world.platforms["crm"].contacts, None
    cook = world.crm.create("c@x.org", job="cook")
    world.crm.put_in("Hot", cook)
    await world.sync()
    world.platforms["crm"].contacts, world.platforms["crm"].memberships = contacts, None

    await world.sync()

    assert cook.id not in world.crm.lists["Hot"]


async def test_a_member_who_was_to_be_created_and_came_by_another_way_is_taken_out() -> None:
    world = a_world(own=OWN)
    creating = PLATFORMS.replace("crm: {adapter: memory}", "crm: {adapter: memory, create: true}")
    world.configure(creating + MODEL + LISTS.format(drift="repair", own=OWN))
    world.mail.create("c@x.org", JOB="cook")
    await world.sync(pushes=False)
    cook = world.crm.create("c@x.org")
    world.crm.put_in("Hot", cook)

    await world.sync()

    assert world.crm.lists["Hot"] == set()


async def test_a_member_who_is_written_to_under_a_new_record_is_taken_out_next_time() -> None:
    world = World(PLATFORMS + MODEL + LISTS.format(drift="repair", own=OWN))
    first, second = world.crm.create("c@x.org"), world.crm.create("c@x.org")
    world.crm.put_in("Hot", first)
    await world.sync()
    world.crm.remove(first)
    world.crm.put_in("Hot", second)

    for _ in range(2):
        await world.sync()

    assert world.crm.lists["Hot"] == set()


async def test_who_belongs_in_a_list_that_is_ours_stays_when_all_was_forgotten() -> None:
    world = a_world(own=OWN)
    boss = await a_boss(world)

    done = await world.afresh().sync()

    assert world.crm.lists["Hot"] == {boss.id}
    assert calls(done) == 0


async def test_nobody_is_taken_out_of_a_list_while_not_everybody_was_read() -> None:
    world = a_world(own=OWN)
    boss = world.mail.create("b@x.org", JOB="boss")
    world.crm.create("b@x.org")
    world.crm.put_in("Hot", member := world.crm.people["m1"])
    world.play(world.mail, *[Fault.ACCESS_REFUSED] * 9)

    await world.sync()
    assert world.crm.lists["Hot"] == {member.id}
    world.mail.faults.clear()
    await world.sync()
    assert world.crm.lists["Hot"] == {member.id}
    boss.values["JOB"] = "cook"
    world.mail.touch(boss)
    await world.sync()

    assert world.crm.lists["Hot"] == set()


async def test_a_list_that_is_ours_does_not_lose_too_many_at_once() -> None:
    world = a_world(own=OWN)
    for number in range(300):
        world.crm.put_in("Hot", world.crm.create(f"p{number}@x.org"))

    done = await world.sync()

    assert len(world.crm.lists["Hot"]) == 300
    assert [each.path for each in done.problems] == ["targets.crm.lists.Hot"]
    await world.sync(force=True)
    assert world.crm.lists["Hot"] == set()


async def test_a_list_that_is_held_back_is_so_however_many_we_add_to_it() -> None:
    world = a_world(own=OWN)
    for number in range(300):
        world.crm.put_in("Hot", world.crm.create(f"p{number}@x.org"))
    for number in range(700):
        world.crm.create(f"boss{number}@x.org", job="boss")
    await world.sync()

    done = await world.sync()

    assert len(world.crm.lists["Hot"]) == 1_000
    assert [each.path for each in done.problems] == ["targets.crm.lists.Hot"]
    await world.sync(force=True)
    assert len(world.crm.lists["Hot"]) == 700


async def test_a_second_record_in_a_list_that_is_ours_is_told() -> None:
    world = a_world(own=OWN)
    records = [world.crm.create("twice@x.org", job="cook") for _ in range(2)]
    for each in records:
        world.crm.put_in("Hot", each)

    told = [(await world.sync()).problems for _ in range(2)]

    assert len(world.crm.lists["Hot"]) == 1
    assert [[each.path for each in problems] for problems in told] == [
        ["targets.crm.lists.Hot"],
        ["targets.crm.lists.Hot"],
    ]
