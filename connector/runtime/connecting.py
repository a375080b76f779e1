"""Connections to platforms, each within the limits of its account."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from connector.config.event_types import event_types
from connector.config.uses import deeds_used, parts_used
from connector.errors import ConnectorError
from connector.mapping.attributes import reading_for
from connector.ports.adapter import PlatformContext
from connector.ports.budget import RateBudget, Unlimited
from state.opening import open_state
from state.pacing.budget import Budget, open_budget
from state.pacing.kept import MemoryLedger
from state.versions import is_current

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from connector.config.configuration import Configuration, PlatformEntry
    from connector.config.settings import Settings
    from connector.ports.clock import Clock
    from connector.ports.platform import Platform
    from connector.ports.progress import Progress
    from state.pacing.kept import Ledger


@asynccontextmanager
async def opened_budget(
    entry: PlatformEntry, clock: Clock, ledger: Ledger, progress: Progress | None = None
) -> AsyncIterator[Budget | Unlimited]:
    """Give the request budget of a platform's account, as the last process left it.

    `progress` shows for what is waited.
    """
    buckets = entry.adapter.buckets(entry.config)
    if not buckets:
        yield Unlimited()
        return
    budget = await open_budget(
        entry.name,
        buckets,
        percent=entry.config.percent,
        clock=clock,
        ledger=ledger,
        progress=progress,
    )
    try:
        yield budget
    finally:
        await budget.aclose()


def connect(
    entry: PlatformEntry,
    clock: Clock,
    budget: RateBudget,
    configuration: Configuration | None = None,
) -> Platform:
    """Return the platform of a configuration's entry; nothing is asked of it yet.

    `configuration` says what is used of it, and which events anything looks at.
    """
    if configuration is None:
        return entry.adapter.connect(_context(entry, clock, budget))
    return entry.adapter.connect(
        replace(
            _context(entry, clock, budget),
            properties=configuration.model.properties,
            event_types=event_types(configuration.model, entry.name),
            parts=parts_used(configuration, entry.name),
            deeds=deeds_used(configuration, entry.name),
            reading=reading_for(entry.name, configuration.attributes),
        )
    )


@asynccontextmanager
async def connected(
    entry: PlatformEntry,
    clock: Clock,
    settings: Settings | None = None,
    configuration: Configuration | None = None,
    progress: Progress | None = None,
) -> AsyncIterator[Platform]:
    """Give one platform for a few questions, and let go of it at the end of the block.

    What they cost is counted in the database of `settings`; where there is none, for now only.
    `configuration` says what is used of it, and `progress` shows for what is waited.
    """
    async with AsyncExitStack() as stack:
        ledger = await stack.enter_async_context(_ledger(settings))
        budget = await stack.enter_async_context(opened_budget(entry, clock, ledger, progress))
        platform = connect(entry, clock, budget, configuration)
        stack.push_async_callback(platform.aclose)
        yield platform


def _context(entry: PlatformEntry, clock: Clock, budget: RateBudget) -> PlatformContext:
    return PlatformContext(
        name=entry.name,
        config=entry.config,
        folder=entry.folder,
        clock=clock,
        budget=budget,
        secrets=entry.secrets,
        allows_private=entry.allows_private,
    )


@asynccontextmanager
async def _ledger(settings: Settings | None) -> AsyncIterator[Ledger]:
    url = settings.database_url.get_secret_value() if settings else None
    if url is None or not await asyncio.to_thread(_is_there, url):
        yield MemoryLedger()
        return
    state = await open_state(url)
    try:
        yield state.ledger
    finally:
        await state.aclose()


def _is_there(url: str) -> bool:
    """Return whether there is a database to count in: none is made, none is complained of."""
    try:
        return is_current(url)
    except ConnectorError:
        return False
