"""A platform that fails again and again is left alone, found back, and keeps no other waiting."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from adapters.memory.faults import Fault
from connector.errors import (
    ConnectorError,
    LeftAlone,
    PlatformUnavailable,
    RateLimited,
    RejectedByPlatform,
)
from connector.sync.circuit import FAILURES, LONGEST_REST, SHORTEST_REST, Circuit
from tests.builders import T
from tests.fakes import FakeClock
from tests.unit.sync.world import World

WHERE: dict[str, Any] = {"platform": "crm", "operation": "write"}
DOWN = PlatformUnavailable(**WHERE)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(T)


@pytest.fixture
def circuit(clock: FakeClock) -> Circuit:
    return Circuit("crm", clock)


def ask(circuit: Circuit, error: ConnectorError | None = None) -> type[ConnectorError] | None:
    """Return what became of one call that ends with `error`."""
    try:
        with circuit.attempt():
            if error is not None:
                raise error
    except ConnectorError as raised:
        return type(raised)
    return None


def fail(circuit: Circuit, times: int = FAILURES) -> None:
    for _ in range(times):
        assert ask(circuit, DOWN) is PlatformUnavailable


def test_failures_in_a_row_open_it(circuit: Circuit) -> None:
    fail(circuit)

    assert ask(circuit) is LeftAlone


def test_an_answer_between_failures_starts_the_count_anew(circuit: Circuit) -> None:
    fail(circuit, FAILURES - 1)
    ask(circuit)
    fail(circuit, FAILURES - 1)

    assert ask(circuit) is None


def test_limits_neither_count_nor_start_the_count_anew(circuit: Circuit) -> None:
    fail(circuit, FAILURES - 1)
    for _ in range(FAILURES):
        assert ask(circuit, RateLimited(**WHERE)) is RateLimited
    fail(circuit, 1)

    assert ask(circuit) is LeftAlone


def test_refusals_are_answers(circuit: Circuit) -> None:
    fail(circuit, FAILURES - 1)
    for _ in range(FAILURES):
        assert ask(circuit, RejectedByPlatform(**WHERE)) is RejectedByPlatform
    fail(circuit, FAILURES - 1)

    assert ask(circuit) is None


def test_rests_grow_until_the_platform_answers(circuit: Circuit, clock: FakeClock) -> None:
    fail(circuit)
    rests = []
    for _ in range(7):
        began = clock.at
        while ask(circuit, DOWN) is LeftAlone:
            clock.advance(timedelta(seconds=1))
        rests.append(clock.at - began)

    assert rests == [min(SHORTEST_REST * 2**count, LONGEST_REST) for count in range(7)]

    clock.advance(LONGEST_REST)
    assert ask(circuit) is None
    fail(circuit)
    clock.advance(SHORTEST_REST - MOMENT)
    assert ask(circuit) is LeftAlone
    clock.advance(MOMENT)
    assert ask(circuit) is None


def test_after_a_rest_one_call_is_let_through_at_a_time(circuit: Circuit, clock: FakeClock) -> None:
    fail(circuit)
    clock.advance(SHORTEST_REST)

    with circuit.attempt():
        assert ask(circuit) is LeftAlone
    assert ask(circuit) is None


def test_a_trial_that_is_called_off_says_nothing(circuit: Circuit, clock: FakeClock) -> None:
    fail(circuit)
    clock.advance(SHORTEST_REST)

    with pytest.raises(asyncio.CancelledError), circuit.attempt():
        raise asyncio.CancelledError

    assert circuit.left_alone() is None
    fail(circuit, 1)
    assert ask(circuit) is LeftAlone


def test_what_was_under_way_when_it_opened_makes_no_rest_longer(
    circuit: Circuit, clock: FakeClock
) -> None:
    def goes_on_meanwhile() -> None:
        fail(circuit)
        clock.advance(SHORTEST_REST - MOMENT)
        raise DOWN

    with pytest.raises(PlatformUnavailable), circuit.attempt():
        goes_on_meanwhile()

    clock.advance(MOMENT)
    assert ask(circuit) is None


async def test_a_platform_that_is_down_is_told_of_once_and_the_others_go_on() -> None:
    world = World()
    in_crm, in_mail = world.crm.create("a@x.org"), world.mail.create("a@x.org")
    await world.sync()
    world.happens(world.mail, in_mail)
    world.play(world.crm, *[Fault.UNAVAILABLE] * 100)
    asked = world.crm.requests

    summary = await world.sync()

    assert [each.path for each in summary.problems] == ["crm"]
    assert world.crm.requests == asked + FAILURES
    assert (in_crm.values["heat_score"], in_mail.values["HEAT"]) == (0, 10)
    assert summary.exit_code == PlatformUnavailable.exit_code


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
