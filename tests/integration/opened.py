"""heatsync, connected to all platforms of a company within their limits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from connector.config.configuration import Configuration, PlatformEntry
from connector.ports.clock import Clock
from connector.ports.platform import Platform
from connector.sync.workspace import Workspace
from state.memory.database import MemoryState
from state.opening import DatabaseState
from state.pacing.budget import Budget, open_budget


class Founded(Protocol):
    """A company that knows how to connect to its platforms."""

    platforms: dict[str, Platform]
    budgets: dict[str, Budget]
    workspace: Workspace

    @property
    def configuration(self) -> Configuration: ...
    @property
    def state(self) -> MemoryState | DatabaseState: ...

    def connect(self, entry: PlatformEntry, budget: Budget) -> Platform: ...


@asynccontextmanager
async def opened(company: Founded, clock: Clock) -> AsyncIterator[None]:
    """Connect to every platform, and let go of all of them at the end; `clock` is ours."""
    for entry in company.configuration.platforms:
        budget = await open_budget(
            entry.name,
            entry.adapter.buckets(entry.config),
            percent=entry.config.percent,
            clock=clock,
            ledger=company.state.ledger,
        )
        company.budgets[entry.name] = budget
        company.platforms[entry.name] = company.connect(entry, budget)
    company.workspace = Workspace(
        state=company.state,
        platforms=company.platforms,
        configuration=company.configuration,
        clock=clock,
        budgets=company.budgets,
    )
    yield
    for each in company.platforms.values():
        await each.aclose()
    for budget in company.budgets.values():
        await budget.aclose()
