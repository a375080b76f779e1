"""The planes of one process keep every promise, in the machine's time and in a simulated one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from connector.runtime.clock import SystemClock
from connector.runtime.planes.clock import SimulatedClock
from connector.runtime.planes.local import LocalPlane
from connector.runtime.planes.simulated import SimulatedPlane
from tests.conformance.plane_suite import PlaneConformance
from tests.conformance.plane_world import PlaneWorld

AT = datetime(2026, 1, 15, 10, tzinfo=UTC)
_STEPS = 10_000
"""Steps after which what was waited for will not come."""


@dataclass
class SimulatedWorld(PlaneWorld):
    """A plane whose time is moved by the test."""

    async def until(self, holds: Callable[[], bool]) -> None:
        for _ in range(_STEPS):
            if holds():
                return
            await self.let_pass(self.every / 4)
        raise AssertionError("what was waited for never came")

    async def let_pass(self, span: timedelta) -> None:
        assert isinstance(self.plane, SimulatedPlane)
        await self.plane.run_until(self.clock.now() + span)


class TestLocal(PlaneConformance):
    @pytest.fixture
    def world(self) -> PlaneWorld:
        clock = SystemClock()
        return PlaneWorld(LocalPlane(clock), clock)


class TestSimulated(PlaneConformance):
    @pytest.fixture
    def world(self) -> PlaneWorld:
        clock = SimulatedClock(AT)
        return SimulatedWorld(SimulatedPlane(clock), clock, every=timedelta(minutes=5))
