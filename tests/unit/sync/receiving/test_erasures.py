"""That somebody was erased only a call can tell, so none is given up before it was looked into."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.memory.faults import Fault
from adapters.memory.reading import MemoryReader
from connector.errors import LimitUsedUp, PlatformError, RejectedByPlatform
from connector.sync.receiving.taking_in import DOUBLINGS, FIRST_REST, TRIES
from tests.builders import T
from tests.unit.sync.receiving.calls import Calls, changed, opened, removed
from tests.unit.sync.world import World

HOUR = timedelta(hours=1)
LONGEST_REST = FIRST_REST * 2**DOUBLINGS


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def calls(world: World) -> Calls:
    return Calls(world)


async def _erased(world: World, *emails: str) -> list[str]:
    """Let these people be known, and then be erased on the platform; return their record ids."""
    people = [world.crm.create(email, job="cook").id for email in emails]
    await world.sync()
    world.clock.advance(HOUR)
    for each in people:
        del world.crm.people[each]
    return people


async def _known(world: World) -> set[str]:
    return {email for each in await world.records() for email in each.emails}


@pytest.mark.parametrize(
    "fault", [Fault.ACCESS_REFUSED, Fault.RATE_LIMITED, Fault.CUT_ANSWER], ids=lambda it: it.name
)
async def test_whoever_is_erased_while_nobody_can_be_asked_for_is_erased_later(
    world: World, calls: Calls, fault: Fault
) -> None:
    (ann,) = await _erased(world, "ann@x.fr")
    await calls.make(removed(ann, erased=True))
    world.play(world.crm, fault)

    first = await calls.take_in()
    known = await _known(world)
    world.clock.advance(LONGEST_REST)
    later = await calls.take_in()

    assert (first.calls, first.failed, first.left, known) == (0, 1, 0, {"ann@x.fr"})
    assert (later.calls, later.erased, later.problems) == (1, 1, [])
    assert await _known(world) == set()
    assert await calls.waiting() == []


async def test_the_call_waits_for_as_long_as_the_platform_is_away(
    world: World, calls: Calls
) -> None:
    (ann,) = await _erased(world, "ann@x.fr")
    await calls.make(removed(ann, erased=True))
    for _ in range(100):
        world.play(world.crm, Fault.UNAVAILABLE)
        taken = await calls.take_in()
        world.clock.advance(LONGEST_REST)
        assert taken.failed == 1
    world.crm.faults.clear()

    taken = await calls.take_in()

    assert (taken.calls, taken.erased) == (1, 1)
    assert await _known(world) == set()


async def test_it_rests_the_longer_the_more_often_it_was_tried_up_to_minutes(
    world: World, calls: Calls
) -> None:
    (ann,) = await _erased(world, "ann@x.fr")
    await calls.make(removed(ann, erased=True))
    rests = []
    for _ in range(9):
        world.play(world.crm, Fault.ACCESS_REFUSED)
        await calls.take_in()
        (call,) = await calls.waiting()
        assert call.not_before is not None
        rests.append((call.not_before - world.clock.now()) // timedelta(seconds=1))
        world.clock.advance(HOUR)

    assert rests == [5, 10, 20, 40, 80, 160, 320, 320, 320]


async def test_while_it_waits_it_tells_why_and_is_not_counted_as_left_out(
    world: World, calls: Calls
) -> None:
    (ann,) = await _erased(world, "ann@x.fr")
    await calls.make(removed(ann, erased=True))
    world.play(world.crm, Fault.ACCESS_REFUSED)

    taken = await calls.take_in()

    (call,) = await calls.waiting()
    assert (call.is_dead, call.last_error) == (False, str(taken.errors[0]))
    (problem,) = taken.problems
    assert "1 contact that calls tell to be erased" in problem.message
    assert problem.hint == "see `heatsync deliveries list`"


async def test_whatever_else_is_told_is_left_to_the_next_pull(world: World, calls: Calls) -> None:
    ann, bob, eve = await _erased(world, "ann@x.fr", "bob@x.fr", "eve@x.fr")
    await calls.make(removed(ann, erased=True))
    await calls.make(removed(bob))
    await calls.make(changed(eve))
    world.play(world.crm, Fault.ACCESS_REFUSED)

    taken = await calls.take_in()

    assert (taken.calls, taken.left, taken.failed) == (2, 2, 1)
    assert [each.attempts for each in await calls.waiting()] == [1]


async def test_after_some_tries_only_the_call_of_whoever_was_erased_goes_on(
    world: World, calls: Calls
) -> None:
    ann, bob = await _erased(world, "ann@x.fr", "bob@x.fr")
    await calls.make(removed(ann, erased=True))
    await calls.make(removed(bob))
    for _ in range(TRIES):
        world.play(world.crm, Fault.UNAVAILABLE)
        taken = await calls.take_in()
        world.clock.advance(HOUR)

    assert (taken.calls, taken.left, taken.failed, len(taken.problems)) == (1, 1, 1, 2)


@pytest.mark.parametrize(
    "error",
    [
        RejectedByPlatform("no such id", platform="crm", operation="read"),
        LimitUsedUp(platform="crm", operation="read", retry_after=HOUR),
        TimeoutError(),
        KeyError("ann@x.fr"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_no_trouble_of_asking_lets_it_go(
    world: World, calls: Calls, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    (ann,) = await _erased(world, "ann@x.fr")
    await calls.make(removed(ann, erased=True))

    async def fetch(*_: object) -> object:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(MemoryReader, "fetch", fetch)
        first = await calls.take_in()
    world.clock.advance(2 * HOUR)
    later = await calls.take_in()

    is_told = isinstance(error, PlatformError | KeyError) and not isinstance(error, LimitUsedUp)
    assert (first.calls, first.failed, len(first.errors)) == (0, 1, is_told)
    assert (later.calls, later.erased) == (1, 1)


async def test_whoever_a_pull_found_to_be_gone_meanwhile_is_erased_all_the_same(
    world: World, calls: Calls
) -> None:
    (ann,) = await _erased(world, "ann@x.fr")
    await calls.make(removed(ann, erased=True), removed(ann))
    world.play(world.crm, Fault.RATE_LIMITED)
    await calls.take_in()
    await calls.make(removed(ann))
    await calls.take_in()
    (record,) = await world.records()
    world.clock.advance(HOUR)

    await calls.take_in()

    assert record.removed_at is not None
    assert await world.records() == []


async def test_whom_the_platform_still_has_a_call_does_not_erase(
    world: World, calls: Calls
) -> None:
    ann = world.crm.create("ann@x.fr")
    await world.sync()
    await calls.make(removed(ann.id, erased=True))
    world.play(world.crm, Fault.ACCESS_REFUSED)
    await calls.take_in()
    world.clock.advance(HOUR)

    taken = await calls.take_in()

    assert (taken.calls, taken.erased) == (1, 0)
    assert await _known(world) == {"ann@x.fr"}


async def test_an_erased_stranger_is_remembered_however_many_others_events_name(
    world: World, calls: Calls
) -> None:
    await calls.make(*(opened(str(n), f"m{n:03}", T) for n in range(60)))
    await calls.make(removed("m059", erased=True))

    await calls.take_in()
    await calls.make(opened("again", "m059", T))
    await calls.take_in()

    async with world.state.read() as tx:
        assert await tx.contacts.orphans() == {"crm": 59}
