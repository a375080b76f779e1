"""A platform that fails again and again is left alone, found back, and keeps no other waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.memory.account import Person
from adapters.memory.faults import Fault
from connector.domain.contacts import Membership
from connector.domain.events import Event
from connector.domain.pages import Cursor, Page
from connector.errors import (
    ConnectorError,
    LeftAlone,
    LimitUsedUp,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    RejectedByPlatform,
    RightMissing,
)
from connector.ports.progress import Silent
from connector.sync.asking.circuit import (
    FAILURES,
    LONGEST_REST,
    LONGEST_WAITS,
    SHORTEST_REST,
    Circuit,
)
from connector.sync.cycle import Steps, run_cycle
from connector.sync.summary import Summary
from tests.builders import T
from tests.fakes import FakeClock
from tests.unit.sync.world import TEXT, World

WHERE: dict[str, Any] = {"platform": "crm", "operation": "write"}
DOWN = PlatformUnavailable(**WHERE)
LISTED = TEXT.replace("heat >= 20", "in_list('crm', 'News')")
LIMITED = RateLimited(**WHERE, status=429)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(T)


@pytest.fixture
def circuit(clock: FakeClock) -> Circuit:
    return Circuit("crm", clock)


async def ask(circuit: Circuit, error: ConnectorError | None = None) -> type[ConnectorError] | None:
    """Return what became of one call that ends with `error`."""
    try:
        async with circuit.attempt():
            if error is not None:
                raise error
    except ConnectorError as raised:
        return type(raised)
    return None


async def fail(circuit: Circuit, times: int = FAILURES) -> None:
    """Let one thing after the other fail."""
    for number in range(times):
        down = PlatformUnavailable(platform="crm", operation=("read", "write")[number % 2])
        assert await ask(circuit, down) is PlatformUnavailable


async def test_failures_in_a_row_open_it(circuit: Circuit) -> None:
    await fail(circuit)

    assert await ask(circuit) is LeftAlone


async def test_one_thing_that_always_fails_keeps_no_other_from_being_done(circuit: Circuit) -> None:
    for _ in range(3 * FAILURES):
        assert await ask(circuit, DOWN) is PlatformUnavailable

    assert await ask(circuit) is None


async def test_an_answer_between_failures_starts_the_count_anew(circuit: Circuit) -> None:
    await fail(circuit, FAILURES - 1)
    await ask(circuit)
    await fail(circuit, FAILURES - 1)

    assert await ask(circuit) is None


async def test_limits_of_our_own_neither_count_nor_start_the_count_anew(circuit: Circuit) -> None:
    await fail(circuit, FAILURES - 1)
    for _ in range(FAILURES):
        assert await ask(circuit, LimitUsedUp(**WHERE)) is LimitUsedUp
    await fail(circuit, 1)

    assert await ask(circuit) is LeftAlone


@pytest.mark.parametrize("answer", [RejectedByPlatform(**WHERE), LIMITED])
async def test_refusals_and_limits_are_answers(circuit: Circuit, answer: PlatformError) -> None:
    await fail(circuit, FAILURES - 1)
    for _ in range(FAILURES):
        assert await ask(circuit, answer) is type(answer)
    await fail(circuit, FAILURES - 1)

    assert await ask(circuit) is None


async def test_rests_grow_until_the_platform_answers(circuit: Circuit, clock: FakeClock) -> None:
    await fail(circuit)
    rests = []
    for _ in range(7):
        began = clock.at
        while await ask(circuit, DOWN) is LeftAlone:
            clock.advance(timedelta(seconds=1))
        rests.append(clock.at - began)

    assert rests == [min(SHORTEST_REST * 2**count, LONGEST_REST) for count in range(7)]

    clock.advance(LONGEST_REST)
    assert await ask(circuit) is None
    await fail(circuit)
    clock.advance(SHORTEST_REST - MOMENT)
    assert await ask(circuit) is LeftAlone
    clock.advance(MOMENT)
    assert await ask(circuit) is None


async def test_a_rest_is_over_once_the_clock_is_set_back_before_it(
    circuit: Circuit, clock: FakeClock
) -> None:
    await fail(circuit)
    assert circuit.rest_left == SHORTEST_REST

    clock.advance(timedelta(hours=-2))

    assert (circuit.rest_left, await ask(circuit)) == (timedelta(), None)


def test_a_clock_that_is_set_back_makes_no_room_for_more_waits(
    circuit: Circuit, clock: FakeClock
) -> None:
    wait = LONGEST_WAITS / 4
    assert circuit.may_wait(wait)
    clock.advance(timedelta(hours=-2))

    allowed = []
    for _ in range(6):
        allowed.append(circuit.may_wait(wait))
        clock.advance(wait)

    assert allowed == [True] * 4 + [False] * 2


@pytest.mark.parametrize(
    ("error", "others"), [(None, [None] * 3), (LIMITED, [None] * 3), (DOWN, [LeftAlone] * 3)]
)
async def test_after_a_rest_one_call_is_let_through_and_others_wait_for_what_comes_of_it(
    circuit: Circuit,
    clock: FakeClock,
    error: PlatformError | None,
    others: Sequence[type[ConnectorError] | None],
) -> None:
    await fail(circuit)
    clock.advance(SHORTEST_REST)
    waiting = []

    with suppress(PlatformError):
        async with circuit.attempt():
            waiting = [asyncio.create_task(ask(circuit)) for _ in others]
            for _ in range(3):
                await asyncio.sleep(0)
            assert not any(each.done() for each in waiting)
            if error is not None:
                raise error

    assert await asyncio.gather(*waiting) == others


async def test_a_trial_that_is_called_off_says_nothing(circuit: Circuit, clock: FakeClock) -> None:
    await fail(circuit)
    clock.advance(SHORTEST_REST)

    with pytest.raises(asyncio.CancelledError):
        async with circuit.attempt():
            raise asyncio.CancelledError

    assert circuit.left_alone() is None
    await fail(circuit, 1)
    assert await ask(circuit) is LeftAlone


async def test_what_was_under_way_when_it_opened_makes_no_rest_longer(
    circuit: Circuit, clock: FakeClock
) -> None:
    async def goes_on_meanwhile() -> None:
        await fail(circuit)
        clock.advance(SHORTEST_REST - MOMENT)
        raise DOWN

    with pytest.raises(PlatformUnavailable):
        async with circuit.attempt():
            await goes_on_meanwhile()

    clock.advance(MOMENT)
    assert await ask(circuit) is None


class Broken:
    """Streams that fail whenever they are asked for."""

    def __init__(self, operation: str, kind: type[PlatformError] = PlatformUnavailable) -> None:
        self.error = kind(platform="crm", operation=operation)

    async def memberships(
        self, lists: Collection[str], since: Cursor | None
    ) -> AsyncIterator[Page[Membership]]:
        if lists:
            raise self.error
        yield Page(items=(), cursor=since or Cursor(""))

    async def events(self, since: Cursor | None) -> AsyncIterator[Page[Event]]:
        if since is None:
            raise self.error
        yield Page(items=(), cursor=since)


async def test_a_platform_that_is_down_is_told_of_once_and_the_others_go_on() -> None:
    world = World()
    in_crm, in_mail = world.crm.create("a@x.org"), world.mail.create("a@x.org")
    await world.sync()
    world.happens(world.mail, in_mail)
    world.play(world.crm, *[Fault.UNAVAILABLE] * 100)
    asked = world.crm.requests

    summary = await world.sync()

    assert [each.path for each in summary.problems] == ["crm"]
    assert world.crm.requests == asked + 2 * FAILURES, "for reading, and for writing"
    assert (in_crm.values["heat_score"], in_mail.values["HEAT"]) == (0, 10)
    assert summary.exit_code == PlatformUnavailable.exit_code


async def test_a_platform_that_is_left_alone_is_named_once(circuit: Circuit) -> None:
    await fail(circuit)
    left_alone = circuit.left_alone()
    assert left_alone is not None
    summary = Summary(at=T)

    summary.failed("crm", [left_alone])

    (problem,) = map(str, summary.problems)
    assert problem.startswith("crm: failed again and again, and is left alone until ")


async def test_a_stream_that_always_fails_keeps_no_score_from_being_written() -> None:
    world = World()
    person = world.crm.create("a@x.org", job="boss")
    world.platforms["crm"].events = Broken("read events")

    await world.sync()

    assert person.values["heat_score"] == 5


async def test_a_right_that_is_missing_for_one_stream_ends_that_one_alone() -> None:
    world = World(LISTED)
    person = world.crm.create("a@x.org")
    world.happens(world.crm, person)
    world.platforms["crm"].memberships = Broken("read lists", RightMissing)

    summary = await world.sync()

    assert [type(each) for each in summary.errors] == [RightMissing]
    assert summary.pulled["crm"] == {"contacts": 1, "events": 1}
    assert person.values["heat_score"] == 10


async def test_scores_wait_for_the_end_of_a_short_rest() -> None:
    world = World(LISTED)
    person = world.crm.create("a@x.org", job="boss")
    world.platforms["crm"].memberships = Broken("read lists")
    world.platforms["crm"].events = Broken("read events")

    summary = await world.sync()

    assert LeftAlone not in map(type, summary.errors)
    assert SHORTEST_REST in world.clock.waits
    assert person.values["heat_score"] == 5


async def test_the_others_are_written_to_before_a_rest_is_waited_for() -> None:
    world = World(LISTED)
    world.crm.create("a@x.org", job="boss")
    person = world.mail.create("a@x.org")
    world.platforms["crm"].memberships = Broken("read lists")
    world.platforms["crm"].events = Broken("read events")
    seen = Watching(world, person)

    await run_cycle(replace(world.workspace, progress=seen), Steps(), world.clock.now())

    assert seen.heat == [5]


class Watching(Silent):
    """Looks at a score of somebody's whenever a rest is waited for."""

    def __init__(self, world: World, person: Person) -> None:
        self.world = world
        self.person = person
        self.heat: list[object] = []

    @contextmanager
    def waiting(self, platform: str, why: str, span: timedelta) -> Iterator[None]:
        if span == SHORTEST_REST:
            self.heat.append(self.person.values.get("HEAT"))
        with super().waiting(platform, why, span):
            yield


async def test_nobody_waits_for_a_platform_for_which_there_is_nothing() -> None:
    world = World(LISTED)
    world.crm.create("a@x.org", job="boss")
    await world.sync()
    world.platforms["crm"].memberships = Broken("read lists")
    world.platforms["crm"].events = Broken("read events")

    await world.sync()

    assert SHORTEST_REST not in world.clock.waits


async def test_a_platform_that_lets_nobody_through_keeps_no_other_waiting_for_long() -> None:
    world = World()
    world.crm.create("a@x.org")
    in_mail = world.mail.create("a@x.org", JOB="boss")
    world.play(world.crm, *[Fault.RATE_LIMITED] * 1_000)

    summary = await world.sync()

    assert {type(each) for each in summary.errors} == {RateLimited}
    assert world.clock.now() - T <= LONGEST_WAITS
    assert in_mail.values["HEAT"] == 5


async def test_a_platform_that_is_back_gets_what_it_missed() -> None:
    world = World()
    in_crm = world.crm.create("a@x.org")
    world.happens(world.crm, in_crm)
    world.play(world.crm, *[Fault.UNAVAILABLE] * FAILURES)
    await world.sync()
    world.clock.advance(SHORTEST_REST)

    summary = await world.sync()

    assert summary.problems == []
    assert in_crm.values["heat_score"] == 10
