"""The plane of several processes keeps every promise of one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from connector.runtime.clock import SystemClock
from state.plane.pace import Pace
from state.plane.plane import open_plane
from tests.conformance.plane_suite import PlaneConformance
from tests.conformance.plane_world import PlaneWorld

QUICK = Pace(
    beat=timedelta(seconds=0.2), sweep=timedelta(seconds=0.2), retry=timedelta(seconds=0.1)
)


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
class TestPostgres(PlaneConformance):
    @pytest.fixture
    async def world(self, postgres_url: str) -> AsyncIterator[PlaneWorld]:
        clock = SystemClock()
        plane = await open_plane(postgres_url, owner="replica", clock=clock, pace=QUICK)
        yield PlaneWorld(plane, clock, every=timedelta(seconds=0.1))
        await plane.aclose()
