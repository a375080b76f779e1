"""Every adapter keeps the same promises; capabilities choose among them, names never appear.

To join, subclass `PlatformConformance` and give one fixture, `world`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connector.ports.platform import Platform
from tests.conformance.platform_beside import BesideConformance
from tests.conformance.platform_faults import FaultConformance, PlatformBasics
from tests.conformance.platform_reading import EventConformance, ReadingConformance
from tests.conformance.platform_writing import WritingConformance
from tests.conformance.world import World


class Connected:
    """The fixtures of all promises."""

    @pytest.fixture
    def world(self) -> World:
        raise NotImplementedError

    @pytest.fixture
    async def platform(self, world: World) -> AsyncIterator[Platform]:
        platform = world.connect()
        yield platform
        await platform.aclose()


class PlatformConformance(
    Connected,
    PlatformBasics,
    ReadingConformance,
    EventConformance,
    WritingConformance,
    BesideConformance,
    FaultConformance,
):
    """All promises."""
