"""What calls tell is stored once, whatever happens to them on the way."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.memory.faults import Fault
from adapters.memory.reading import MemoryReader
from connector.domain.contacts import Reading
from connector.domain.frames import EVENT_ID
from connector.errors import LaneLost, RejectedByPlatform
from connector.ports.platform import Part
from tests.builders import T
from tests.unit.sync.receiving.calls import Calls, changed, member, opened, removed
from tests.unit.sync.world import World

MINUTE = timedelta(minutes=1)
WITHOUT_LOOKUP = frozenset(Part) - {Part.LOOKUP}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def calls(world: World) -> Calls:
    return Calls(world)


async def _events(world: World) -> list[str]:
    async with world.state.read() as tx:
        frame = (await tx.events.frame(None, {})).collect()
    return sorted(frame[EVENT_ID])


async def _synced(world: World, *emails: str) -> list[str]:
    """Let these people be known and scored; return their record ids."""
    people = [world.crm.create(email, job="cook") for email in emails]
    await world.sync()
    world.clock.advance(timedelta(hours=1))
    world.crm.requests = 0
    return [each.id for each in people]


async def test_an_event_that_a_call_tells_waits_to_be_scored(world: World, calls: Calls) -> None:
    (ann,) = await _synced(world, "ann@x.fr")
    await calls.make(opened("1", ann, T))

    taken = await calls.take_in()

    assert (taken.calls, taken.events, taken.is_more) == (1, 1, False)
    assert taken.contacts == {await world.number_of("ann@x.fr")} == await world.stale()
    assert (await calls.waiting(), world.crm.requests) == ([], 0)


async def test_what_was_told_before_makes_nobody_wait(world: World, calls: Calls) -> None:
    (ann,) = await _synced(world, "ann@x.fr")
    await calls.make(opened("1", ann, T))
    await calls.take_in()
    await world.sync()
    await calls.make(opened("1", ann, T))

    taken = await calls.take_in()

    assert (taken.calls, taken.events, taken.contacts) == (1, 0, frozenset())


async def test_of_what_is_told_of_one_event_the_latest_occurrence_counts(
    world: World, calls: Calls
) -> None:
    (ann,) = await _synced(world, "ann@x.fr")
    await calls.make(opened("1", ann, T, title="late"))
    await calls.take_in()
    await calls.make(opened("1", ann, T - MINUTE, title="early"))

    taken = await calls.take_in()

    async with world.state.read() as tx:
        frame = (await tx.events.frame(None, {})).collect()
    assert (taken.events, frame["title"].to_list()) == (0, ["late"])


async def test_a_contact_that_a_call_hints_at_is_read_again(world: World, calls: Calls) -> None:
    (ann,) = await _synced(world, "ann@x.fr")
    world.crm.people[ann].values["job"] = "boss"
    await calls.make(changed(ann))

    taken = await calls.take_in()

    (record,) = await world.records()
    assert record.attributes["job"] == "boss"
    assert taken.contacts == {record.contact}
    assert (taken.calls, world.crm.requests) == (1, 1)


async def test_many_hints_at_few_contacts_are_one_request(world: World, calls: Calls) -> None:
    ids = await _synced(world, *(f"p{number}@x.fr" for number in range(50)))
    for number in range(1_000):
        await calls.make(changed(ids[number % 50]))

    taken = await calls.take_in(limit=100)

    assert (taken.calls, taken.is_more, world.crm.requests) == (1_000, False, 1)


async def test_somebody_unknown_is_fetched_by_id(world: World, calls: Calls) -> None:
    await _synced(world, "ann@x.fr")
    bob = world.crm.create("bob@x.fr")
    await calls.make(opened("1", bob.id, T))

    taken = await calls.take_in()

    assert taken.contacts == {await world.number_of("bob@x.fr")}
    assert await _events(world) == ["1"]


async def test_whoever_cannot_be_found_is_not_asked_for_with_each_event(
    world: World, calls: Calls
) -> None:
    await calls.make(opened("1", "m77", T))
    await calls.take_in()
    await calls.make(opened("2", "m77", T))

    await calls.take_in()

    assert world.crm.requests == 1
    async with world.state.read() as tx:
        assert await tx.contacts.orphans() == {"crm": 2}


async def test_so_many_strangers_are_asked_for_at_once_and_the_rest_is_left(
    world: World, calls: Calls
) -> None:
    await calls.make(*(opened(str(n), f"m{n}", T) for n in range(60)))

    taken = await calls.take_in()

    assert (taken.left, taken.calls, len(taken.problems)) == (10, 1, 1)


async def test_a_removal_is_believed_when_the_record_is_not_found(
    world: World, calls: Calls
) -> None:
    ann, bob = await _synced(world, "ann@x.fr", "bob@x.fr")
    del world.crm.people[ann]
    await calls.make(removed(ann), removed(bob))

    await calls.take_in()

    gone = {each.remote_id for each in await world.records() if each.removed_at}
    assert gone == {ann}


@pytest.mark.parametrize("can_ask", [True, False])
async def test_whom_a_call_tells_to_be_erased_is_erased_and_counted_once(*, can_ask: bool) -> None:
    world = World() if can_ask else World(parts=WITHOUT_LOOKUP)
    calls = Calls(world)
    ann, _ = await _synced(world, "ann@x.fr", "bob@x.fr")
    del world.crm.people[ann]

    erased = []
    for _ in range(2):
        await calls.make(removed(ann, erased=True))
        erased.append((await calls.take_in()).erased)

    assert erased == [1, 0]
    assert {each.emails for each in await world.records()} == {("bob@x.fr",)}


async def test_who_is_not_found_and_not_told_to_be_gone_is_left_to_the_walk(
    world: World, calls: Calls
) -> None:
    (ann,) = await _synced(world, "ann@x.fr")
    del world.crm.people[ann]
    await calls.make(changed(ann))

    await calls.take_in()

    assert [each.removed_at for each in await world.records()] == [None]


async def test_where_nobody_can_be_asked_for_a_removal_is_believed() -> None:
    world = World(parts=WITHOUT_LOOKUP)
    calls = Calls(world)
    (ann,) = await _synced(world, "ann@x.fr")
    await calls.make(removed(ann), changed(ann))

    taken = await calls.take_in()

    (record,) = await world.records()
    assert (record.removed_at is not None, taken.calls) == (True, 1)


async def test_memberships_count_where_a_list_matters(world: World, calls: Calls) -> None:
    (ann,) = await _synced(world, "ann@x.fr")
    await calls.make(member(ann, "Hot"), member(ann, "Nobody asked"))

    await calls.take_in()

    async with world.state.read() as tx:
        assert await tx.contacts.members("crm", "Hot", [ann]) == {ann}
        assert not await tx.contacts.members("crm", "Nobody asked", [ann])


async def test_a_call_that_cannot_be_read_is_dead_and_keeps_no_other_waiting(
    world: World, calls: Calls
) -> None:
    (ann,) = await _synced(world, "ann@x.fr")
    bad = await calls.raw(b"not json")
    await calls.make(opened("1", ann, T))

    taken = await calls.take_in()

    (dead,) = await calls.dead()
    assert (dead.id, dead.body) == (bad, b"not json")
    assert dead.last_error == "the body of a webhook cannot be read"
    assert (taken.dead, taken.calls, taken.events) == (1, 1, 1)


async def test_a_parser_that_breaks_costs_only_its_call(
    world: World, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ann,) = await _synced(world, "ann@x.fr")
    parser = world.platforms["crm"].webhook_parser
    assert parser is not None
    inner = type(parser).parse

    def parse(self: object, request: object) -> object:
        if b"boom" in request.body:  # type: ignore[attr-defined]
            raise RecursionError("of ann@x.fr")
        return inner(self, request)  # type: ignore[arg-type]

    monkeypatch.setattr(type(parser), "parse", parse)
    await calls.raw(b"boom")
    await calls.make(opened("1", ann, T))

    await calls.take_in()

    (dead,) = await calls.dead()
    assert dead.last_error == "processing it failed (RecursionError)"
    assert await _events(world) == ["1"]


async def test_a_platform_that_fails_for_a_moment_is_asked_again_later(
    world: World, calls: Calls
) -> None:
    (ann,) = await _synced(world, "ann@x.fr")
    world.crm.people[ann].values["job"] = "boss"
    await calls.make(changed(ann), opened("1", ann, T))
    world.play(world.crm, Fault.UNAVAILABLE)

    first = await calls.take_in()
    at_once = await calls.take_in()
    world.clock.advance(timedelta(seconds=5))
    later = await calls.take_in()

    assert (first.calls, first.failed, first.events) == (0, 1, 1)
    assert (at_once.calls, at_once.failed) == (0, 0)
    assert (later.calls, later.failed, later.events) == (1, 0, 0)
    (record,) = await world.records()
    assert record.attributes["job"] == "boss"


async def test_after_some_tries_a_contact_is_left_to_the_next_pull(
    world: World, calls: Calls
) -> None:
    (ann,) = await _synced(world, "ann@x.fr")
    await calls.make(changed(ann))
    for _ in range(5):
        world.play(world.crm, Fault.UNAVAILABLE)
        taken = await calls.take_in()
        world.clock.advance(timedelta(hours=1))

    assert (taken.calls, taken.left, len(taken.problems)) == (1, 1, 1)
    assert await calls.waiting() == []


async def test_a_platform_that_asks_for_a_long_wait_is_left_to_the_next_pull(
    world: World, calls: Calls
) -> None:
    (ann,) = await _synced(world, "ann@x.fr")
    await calls.make(changed(ann))
    world.play(world.crm, Fault.RATE_LIMITED)

    taken = await calls.take_in()

    assert (taken.calls, taken.left, taken.errors) == (1, 1, [])
    assert "next pull" in taken.problems[0].message


async def test_a_platform_that_refuses_us_is_told_of(world: World, calls: Calls) -> None:
    (ann,) = await _synced(world, "ann@x.fr")
    await calls.make(changed(ann), opened("1", ann, T))
    world.play(world.crm, Fault.ACCESS_REFUSED)

    taken = await calls.take_in()

    assert (taken.calls, taken.left, taken.events, len(taken.errors)) == (1, 1, 1, 1)


async def test_other_platforms_calls_stay_where_they_are(world: World, calls: Calls) -> None:
    await calls.make(opened("1", "m1", T), platform="mail")

    taken = await calls.take_in("crm")

    assert (taken.calls, len(await calls.waiting())) == (0, 1)


async def test_who_lost_the_platform_to_another_process_gives_the_calls_back_untried(
    world: World, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ann,) = await _synced(world, "ann@x.fr")
    await calls.make(changed(ann))

    async def fetch(*_: object) -> object:
        raise LaneLost(platform="crm", operation="any")

    with monkeypatch.context() as patched:
        patched.setattr(MemoryReader, "fetch", fetch)
        lost = await calls.take_in()
    again = await calls.take_in()

    assert (lost.calls, lost.failed, lost.problems) == (0, 1, [])
    assert again.calls == 1


async def test_who_is_stopped_meanwhile_gives_the_calls_back(
    world: World, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ann,) = await _synced(world, "ann@x.fr")
    await calls.make(changed(ann))

    async def fetch(*_: object) -> object:
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(MemoryReader, "fetch", fetch)
        with pytest.raises(asyncio.CancelledError):
            await calls.take_in()
    again = await calls.take_in()

    assert again.calls == 1


async def test_a_contact_that_is_rejected_keeps_no_other_from_being_read(
    world: World, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ann,) = await _synced(world, "ann@x.fr")
    for number in range(150):
        await calls.make(changed(f"a{number}"))
    world.crm.people[ann].values["job"] = "boss"
    await calls.make(changed(ann))
    inner = MemoryReader.fetch

    async def fetch(self: MemoryReader, ids: list[str], reading: Reading) -> object:
        if "a0" in ids:
            raise RejectedByPlatform("no such id", platform="crm", operation="read")
        return await inner(self, ids, reading)

    monkeypatch.setattr(MemoryReader, "fetch", fetch)

    taken = await calls.take_in()

    assert (taken.calls, taken.left, len(taken.errors)) == (151, 100, 1)
    (record,) = await world.records()
    assert record.attributes["job"] == "boss"


async def test_a_lookup_that_breaks_is_told_of_and_keeps_no_call_waiting(
    world: World, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ann,) = await _synced(world, "ann@x.fr")
    await calls.make(changed(ann))

    async def fetch(*_: object) -> object:
        raise KeyError("ann@x.fr")

    monkeypatch.setattr(MemoryReader, "fetch", fetch)

    taken = await calls.take_in()

    assert (taken.calls, taken.left) == (1, 1)
    assert [str(each) for each in taken.errors] == ["processing it failed (KeyError)"]
