"""A simulated instance of Mautic, and heatsync connected to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from pydantic import SecretStr

from adapters.mautic.adapter import MauticPlatform, connect
from adapters.mautic.config import MauticConfig
from adapters.mautic.simulator import CLIENT_ID, CLIENT_SECRET, URL, MauticSimulator, Quirks
from connector.domain.events import Event
from connector.domain.pages import Cursor, Page
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from tests.fakes import FakeClock

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ANN, BOB = "ann@example.com", "bob@example.com"
SECRET = "s3cret-of-the-webhooks"

Item = TypeVar("Item")


def _as_it_is(transport: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
    return transport


@dataclass
class World:
    """One instance, looked at from both sides."""

    simulator: MauticSimulator
    clock: FakeClock
    stack: AsyncExitStack

    def connect(
        self,
        *event_types: str,
        page_rows: int | None = None,
        secrets: Mapping[str, str] | None = None,
        through: Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport] = _as_it_is,
    ) -> MauticPlatform:
        """Return the instance as heatsync sees it; without types it looks at all events."""
        client = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        given = {**(secrets or client), "webhook_secret": SECRET}
        context = PlatformContext(
            name="auto",
            config=MauticConfig(adapter="mautic", url=URL),
            folder=Path(),
            clock=self.clock,
            budget=Unlimited(),
            secrets={name: SecretStr(value) for name, value in given.items()},
            event_types=frozenset(event_types) or None,
        )
        transport = through(httpx.ASGITransport(app=self.simulator.app))
        platform = connect(context, transport=transport, page_rows=page_rows)
        self.stack.push_async_callback(platform.aclose)
        return platform

    def asked(self, path: str) -> list[str]:
        """Return the queries of all requests to a path."""
        return [each.query for each in self.simulator.trace.exchanges if each.path == path]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        yield a_world(stack)


def a_world(stack: AsyncExitStack, version: str = "5.1.0", quirks: Quirks | None = None) -> World:
    clock = FakeClock(AT)
    simulator = MauticSimulator(now=clock.now, version=version, quirks=quirks)
    return World(simulator=simulator, clock=clock, stack=stack)


async def read(pages: AsyncIterator[Page[Item]]) -> tuple[list[Item], Cursor]:
    """Return all items, and the cursor behind them."""
    items: list[Item] = []
    cursor = ""
    async for page in pages:
        items += page.items
        cursor = page.cursor
    return items, cursor


async def events_of(platform: MauticPlatform, since: Cursor | None = None) -> list[Event]:
    """Return all events behind a cursor, the oldest first."""
    events, _ = await read(platform.events.events(since))
    return sorted(events, key=lambda each: (each.occurred_at, each.id))
