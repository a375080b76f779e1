"""A simulated Brevo, spoken to in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from adapters.brevo.simulator import BrevoSimulator
from adapters.simulation.server import Server
from tests.fakes import FakeClock
from tests.openapi.transport import ValidatingApp, ValidatingTransport


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 11, 22, 8, tzinfo=UTC))


@pytest.fixture
def brevo(clock: FakeClock) -> BrevoSimulator:
    return BrevoSimulator(now=clock.now, limits=False)


@pytest.fixture
async def client(brevo: BrevoSimulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=ValidatingTransport(brevo),
        base_url="https://brevo.test/v3",
        headers={"api-key": brevo.account.key},
    ) as client:
        yield client


@pytest.fixture
def url(brevo: BrevoSimulator) -> Iterator[str]:
    """Where clients of other people reach it; what they exchange is held against the contract."""
    app = ValidatingApp(brevo)
    with Server(app) as server:
        yield server.url + "/v3"
    assert app.mismatch is None
