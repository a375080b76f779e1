"""Noticing that the clock was moved, and not minding that it is corrected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connector.runtime.planes.jumps import Jumps
from tests.fakes import FakeClock

AT = datetime(2026, 1, 15, 10, tzinfo=UTC)


class Passing:
    """A clock that can be set, and one that cannot."""

    def __init__(self) -> None:
        self.clock = FakeClock(AT)
        self.seconds = 1000.0
        self.jumps = Jumps(self.clock, lambda: self.seconds)

    def let(self, seconds: float, *, jump: float = 0) -> timedelta:
        """Let time pass, set the clock, and look."""
        self.seconds += seconds
        self.clock.advance(timedelta(seconds=seconds + jump))
        return self.jumps.look()


def test_time_that_passes_is_no_jump() -> None:
    assert Passing().let(3600) == timedelta()


@pytest.mark.parametrize("jump", [-3600, -2, 2, 86_400])
def test_a_jump_is_told_with_its_direction(jump: float) -> None:
    assert Passing().let(3, jump=jump) == timedelta(seconds=jump)


@pytest.mark.parametrize("jump", [-1.9, 1.9])
def test_a_small_correction_is_none(jump: float) -> None:
    assert Passing().let(3, jump=jump) == timedelta()


def test_small_corrections_do_not_add_up() -> None:
    passing = Passing()

    assert [passing.let(3, jump=1.5) for _ in range(5)] == [timedelta()] * 5


def test_a_jump_is_told_once() -> None:
    passing = Passing()
    passing.let(3, jump=60)

    assert passing.let(3) == timedelta()


def test_a_machine_that_slept_has_jumped() -> None:
    passing = Passing()

    passing.clock.advance(timedelta(hours=8))

    assert passing.jumps.look() == timedelta(hours=8)
