"""An account of a simulated Brevo, and heatsync connected to it."""

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

from adapters.brevo.adapter import BrevoPlatform, buckets, connect
from adapters.brevo.config import BrevoConfig
from adapters.brevo.contacts import PAGE_ROWS
from adapters.brevo.simulator import BrevoSimulator
from connector.domain.pages import Cursor, Page
from connector.errors import PlatformError
from connector.ports.adapter import PlatformContext
from connector.ports.budget import RateBudget, Unlimited
from state.pacing.budget import open_budget
from state.pacing.kept import MemoryLedger
from tests.fakes import FakeClock
from tests.openapi.transport import ValidatingTransport

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
TOKEN = "token-of-the-webhooks"

Item = TypeVar("Item")


@dataclass
class World:
    """One account, looked at from both sides."""

    simulator: BrevoSimulator
    clock: FakeClock
    stack: AsyncExitStack

    def connect(
        self,
        *event_types: str,
        budget: RateBudget | None = None,
        is_checked: bool = True,
        page_rows: int = PAGE_ROWS,
    ) -> BrevoPlatform:
        """Return the account as heatsync sees it; without types it looks at all events.

        Holding every answer against the OpenAPI takes long where they are large: `is_checked`.
        """
        context = PlatformContext(
            name="mail",
            config=BrevoConfig(adapter="brevo"),
            folder=Path(),
            clock=self.clock,
            budget=budget or Unlimited(),
            secrets={
                "api_key": SecretStr(self.simulator.account.key),
                "webhook_token": SecretStr(TOKEN),
            },
            event_types=frozenset(event_types) or None,
        )
        checked = ValidatingTransport(self.simulator) if is_checked else None
        plain = httpx.ASGITransport(app=self.simulator.app)
        platform = connect(context, transport=checked or plain, page_rows=page_rows)
        self.stack.push_async_callback(platform.aclose)
        return platform

    async def paced(self, *event_types: str) -> BrevoPlatform:
        """Return the account as heatsync sees it within the limits of its plan."""
        limits = buckets(BrevoConfig(adapter="brevo"))
        budget = await open_budget(
            "mail", limits, percent=100, clock=self.clock, ledger=MemoryLedger()
        )
        self.stack.push_async_callback(budget.aclose)
        return self.connect(*event_types, budget=budget, is_checked=False)

    def requests(self) -> list[str]:
        """Return what was asked since the last time, as `GET /path`."""
        asked = [f"{each.method} {each.path}" for each in self.simulator.trace]
        self.simulator.trace.clear()
        return asked


async def drained_in_spite_of_all(
    start: Callable[[Cursor | None], AsyncIterator[Page[Item]]], clock: FakeClock
) -> list[Item]:
    """Return all items of pages.

    After an error it waits a second, and goes on behind the last page that came.
    """
    items: list[Item] = []
    cursor: Cursor | None = None
    while True:
        try:
            async for page in start(cursor):
                items += page.items
                cursor = page.cursor
        except PlatformError:
            clock.advance(timedelta(seconds=1))
            continue
        return items


async def drained(pages: AsyncIterator[Page[Item]]) -> tuple[list[Item], Cursor]:
    """Return all items of pages, and where they end."""
    items: list[Item] = []
    cursor = ""
    async for page in pages:
        items += page.items
        cursor = page.cursor
    return items, cursor


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Give an account with limits, at nine in the morning."""
    clock = FakeClock(AT)
    async with AsyncExitStack() as stack:
        yield World(BrevoSimulator(now=clock.now), clock, stack)
