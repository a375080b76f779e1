"""A simulated HubSpot, spoken to by plain HTTP and by HubSpot's own client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import hubspot  # type: ignore[import-untyped]
import pytest

from adapters.hubspot.simulator import PLAIN, TOKEN, HubspotSimulator, Quirks
from adapters.hubspot.simulator.account import Account
from adapters.simulation.server import Server
from tests.fakes import FakeClock

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
LAG = timedelta(seconds=90)
"""The longest time that searches may stay behind."""
CONTACTS = "/crm/objects/2026-03/contacts"


@dataclass
class World:
    """One account, its clock, and a caller."""

    simulator: HubspotSimulator
    clock: FakeClock
    http: httpx.AsyncClient

    @property
    def account(self) -> Account:
        return self.simulator.account

    async def get(self, path: str, **params: object) -> httpx.Response:
        return await self.http.get(path, params={name: str(each) for name, each in params.items()})

    async def post(self, path: str, body: object) -> httpx.Response:
        return await self.http.post(path, json=body)

    async def search(self, *filters: tuple[str, str, object], **more: object) -> dict[str, Any]:
        """Return the answer to a search for contacts that pass all of these."""
        read = [
            {"propertyName": name, "operator": operator, "value": str(value)}
            for name, operator, value in filters
        ]
        body = {"filterGroups": [{"filters": read}] if read else [], **more}
        answer = await self.post(f"{CONTACTS}/search", body)
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
async def make_world() -> AsyncIterator[Callable[..., Awaitable[World]]]:
    """Return what makes an account; by default one with all surprises, and no limits."""
    async with AsyncExitStack() as stack:

        async def make(
            quirks: Quirks | None = None,
            *,
            tier: str = "pro",
            limits: bool = False,
            zone: str = "UTC",
        ) -> World:
            clock = FakeClock(AT)
            simulator = HubspotSimulator(
                now=clock.now, quirks=quirks, tier=tier, limits=limits, zone=zone
            )
            http = await stack.enter_async_context(
                httpx.AsyncClient(
                    transport=httpx.ASGITransport(app=simulator.app),
                    base_url="https://api.hubapi.com",
                    headers={"authorization": f"Bearer {TOKEN}"},
                )
            )
            return World(simulator, clock, http)

        yield make


@pytest.fixture
async def world(make_world: Callable[..., Awaitable[World]]) -> World:
    return await make_world()


@pytest.fixture
async def plain(make_world: Callable[..., Awaitable[World]]) -> World:
    """An account without surprises."""
    return await make_world(PLAIN)


@dataclass
class Official:
    """HubSpot's own client, connected to an account over a socket."""

    simulator: HubspotSimulator
    clock: FakeClock
    client: Any
    """With the token of the account."""
    developer: Any
    """With the key of a developer, for the settings of webhooks."""


@pytest.fixture
def official() -> Iterator[Official]:
    with ExitStack() as stack:
        clock = FakeClock(AT)
        simulator = HubspotSimulator(now=clock.now, tier="enterprise")
        url = stack.enter_context(Server(simulator.app)).url
        client = hubspot.Client.create(access_token=TOKEN, host=url, base_url=url)
        key = simulator.account.keys.developer_key
        developer = hubspot.Client.create(api_key=key, host=url, base_url=url)
        yield Official(simulator, clock, client, developer)
