"""An account of a simulated HubSpot, and heatsync connected to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from pydantic import SecretStr

from adapters.hubspot.adapter import HubspotPlatform, connect
from adapters.hubspot.config import HubspotConfig
from adapters.hubspot.simulator.quirks import PLAIN, Quirks
from adapters.hubspot.simulator.simulator import TOKEN, HubspotSimulator
from connector.domain.events import Event
from connector.domain.pages import Cursor, Page
from connector.domain.values import FieldType
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from tests.fakes import FakeClock

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ANN = "ann@example.com"

Item = TypeVar("Item")


@dataclass
class World:
    """One account, looked at from both sides."""

    simulator: HubspotSimulator
    clock: FakeClock
    stack: AsyncExitStack

    def connect(
        self,
        *event_types: str,
        config: HubspotConfig | None = None,
        **secrets: str,
    ) -> HubspotPlatform:
        """Return the account as heatsync sees it; without types it looks at all events."""
        given = {"access_token": TOKEN, **secrets}
        context = PlatformContext(
            name="crm",
            config=config or HubspotConfig(adapter="hubspot"),
            folder=Path(),
            clock=self.clock,
            budget=Unlimited(),
            secrets={name: SecretStr(value) for name, value in given.items()},
            properties={"company": FieldType.TEXT},
            event_types=frozenset(event_types) or None,
        )
        platform = connect(context, transport=httpx.ASGITransport(app=self.simulator.app))
        self.stack.push_async_callback(platform.aclose)
        return platform

    def requests(self) -> list[str]:
        """Return what was asked since the last time, as `GET /path`."""
        asked = [f"{each.method} {each.path}" for each in self.simulator.trace]
        self.simulator.trace.clear()
        return asked


async def drained(pages: AsyncIterator[Page[Item]]) -> tuple[list[Item], Cursor]:
    """Return all items of pages, and where they end."""
    items: list[Item] = []
    cursor = ""
    async for page in pages:
        items += page.items
        cursor = page.cursor
    return items, cursor


async def events_of(platform: HubspotPlatform, since: Cursor | None) -> tuple[list[Event], Cursor]:
    """Return the events of a whole pull, and where it ends."""
    return await drained(platform.events.events(since))


def told(events: list[Event]) -> list[tuple[str, str, datetime]]:
    """Return what happened to whom and when, in order."""
    return sorted((each.type, each.subject, each.occurred_at) for each in events)


def ms(at: datetime) -> int:
    """Return milliseconds since the epoch."""
    return round(at.timestamp() * 1000)


@pytest.fixture
async def make_world() -> AsyncIterator[Callable[..., World]]:
    """Return what makes an account; by default one without surprises or limits."""
    async with AsyncExitStack() as stack:

        def make(quirks: Quirks = PLAIN, tier: str = "enterprise") -> World:
            clock = FakeClock(AT)
            simulator = HubspotSimulator(now=clock.now, tier=tier, limits=False, quirks=quirks)
            return World(simulator, clock, stack)

        yield make


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()
