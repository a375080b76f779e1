"""The installation as it is configured now, and how an edited configuration takes its place.

State, budgets and circuits outlive a reload: what was asked of an account is not forgotten because
a rule was edited. Platforms are connected anew, and the old ones are let go of once nobody who
began under them is still at work.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.ports.budget import Unlimited
from connector.runtime.connecting import connect, opened_budget
from connector.runtime.lanes import InLane
from connector.sync.asking.circuit import Circuits
from connector.sync.workspace import Workspace
from state.pacing.budget import Budget

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from connector.config.configuration import Configuration, PlatformEntry
    from connector.config.settings import Settings
    from connector.ports.budget import RateBudget
    from connector.ports.clock import Clock
    from connector.ports.courier import Courier
    from connector.ports.store import State
    from state.pacing.kept import Ledger


@dataclass(slots=True, kw_only=True)
class _Account:
    """The request budget of one platform's account."""

    budget: Budget | Unlimited
    shown: RateBudget
    """The same, as it is handed out."""
    open: AsyncExitStack

    def is_of(self, entry: PlatformEntry) -> bool:
        """Return whether what an edited configuration says is of this account still."""
        buckets = entry.adapter.buckets(entry.config)
        return self.budget.counts_in(buckets) if isinstance(self.budget, Budget) else not buckets

    def restate(self, entry: PlatformEntry) -> None:
        """Take what the configuration says of it now."""
        if isinstance(self.budget, Budget):
            self.budget.restate(entry.adapter.buckets(entry.config), entry.config.percent)


@dataclass(slots=True, kw_only=True)
class _Present:
    """One workspace, and how many are at work in it."""

    workspace: Workspace
    users: int = 0
    unused: asyncio.Event = field(default_factory=asyncio.Event)


class Installation:
    """Gives the present workspace to whoever begins something."""

    def __init__(
        self,
        *,
        state: State,
        ledger: Ledger,
        clock: Clock,
        process: str,
        holds: Callable[[str], bool] | None = None,
        open_couriers: Callable[[Settings], Mapping[str, Courier]] | None = None,
    ) -> None:
        """Take what outlives every configuration, and what opens the couriers of each.

        `holds` says whether this process has the lane of a platform: without it no request is sent.
        """
        self._state = state
        self._ledger = ledger
        self._clock = clock
        self._process = process
        self._holds = holds
        self._open_couriers = open_couriers
        self._accounts: dict[str, _Account] = {}
        self._retired: list[_Account] = []
        self._circuits = Circuits()
        self._present: _Present | None = None
        self._leaving: set[asyncio.Task[None]] = set()

    @property
    def workspace(self) -> Workspace:
        """Return the installation as it is configured now, for a question that takes no time."""
        if self._present is None:
            raise RuntimeError("nothing is configured yet")
        return self._present.workspace

    @asynccontextmanager
    async def in_use(self) -> AsyncIterator[Workspace]:
        """Give the present workspace for a piece of work; its platforms stay open meanwhile."""
        present = self._present
        if present is None:
            raise RuntimeError("nothing is configured yet")
        present.users += 1
        try:
            yield present.workspace
        finally:
            present.users -= 1
            if not present.users:
                present.unused.set()

    async def configure(self, configuration: Configuration, settings: Settings) -> None:
        """Put a configuration in force; work that has begun ends under the one before."""
        before, self._present = self._present, await self._opened(configuration, settings)
        if before is not None:
            leaving = asyncio.create_task(_leave(before))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    async def aclose(self) -> None:
        """Let go of platforms and budgets; the state belongs to whoever opened it."""
        if self._present is not None:
            await _close(self._present.workspace)
            self._present = None
        await asyncio.gather(*self._leaving, return_exceptions=True)
        for account in (*self._accounts.values(), *self._retired):
            await account.open.aclose()
        self._accounts.clear()
        self._retired.clear()

    async def _opened(self, configuration: Configuration, settings: Settings) -> _Present:
        async with AsyncExitStack() as undone:
            accounts, platforms = {}, {}
            for entry in configuration.platforms:
                account = accounts[entry.name] = await self._account(entry, undone)
                platform = connect(entry, self._clock, account.shown, configuration)
                undone.push_async_callback(platform.aclose)
                platforms[entry.name] = platform
            couriers = self._open_couriers(settings) if self._open_couriers else {}
            undone.pop_all()
        # Not before all of it is opened: otherwise the configuration before stays in force.
        self._take_over(accounts, configuration)
        return _Present(
            workspace=Workspace(
                state=self._state,
                platforms=platforms,
                configuration=configuration,
                clock=self._clock,
                budgets={name: account.shown for name, account in accounts.items()},
                circuits=self._circuits,
                couriers=couriers,
                is_shared=True,
                process=self._process,
            )
        )

    async def _account(self, entry: PlatformEntry, undone: AsyncExitStack) -> _Account:
        """Return the account of a platform: the one that is known, or one that is opened."""
        known = self._accounts.get(entry.name)
        if known is not None and known.is_of(entry):
            return known
        stack = AsyncExitStack()
        budget = await stack.enter_async_context(opened_budget(entry, self._clock, self._ledger))
        undone.push_async_exit(stack)
        shown = InLane(budget, entry.name, self._holds) if self._holds else budget
        return _Account(budget=budget, shown=shown, open=stack)

    def _take_over(self, accounts: Mapping[str, _Account], configuration: Configuration) -> None:
        """Let the configuration say how accounts are asked: what was asked of them stays counted.

        Another share of their limits counts at once, also for whoever began before.
        """
        for name, account in accounts.items():
            account.restate(configuration.platform(name))
            known = self._accounts.get(name)
            if known is not None and known is not account:
                # An account of another platform, by the same name: somebody may still ask it.
                self._retired.append(known)
            self._accounts[name] = account


async def _leave(before: _Present) -> None:
    while before.users:
        before.unused.clear()
        await before.unused.wait()
    await _close(before.workspace)


async def _close(workspace: Workspace) -> None:
    for platform in workspace.platforms.values():
        await platform.aclose()
    for courier in workspace.couriers.values():
        await courier.aclose()
