"""A house whose web is served on a port of this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integration.web.wire import Door
from tests.unit.web.house import House


@pytest.fixture
def house() -> House:
    """Return an installation in memory."""
    return House()


@pytest.fixture
async def door(house: House) -> AsyncIterator[Door]:
    """Give the port of `house`, and close it at the end."""
    async with Door.of(house) as door:
        yield door
