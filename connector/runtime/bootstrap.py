"""Make a workspace of settings and files: the one place that names concrete classes."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from adapters.registry import all_adapters
from connector.config.configuration import Configuration
from connector.config.loader import load
from connector.errors import MappingError
from connector.ports.progress import Progress, Silent
from connector.runtime.clock import SystemClock
from connector.runtime.connecting import connect, opened_budget
from connector.runtime.couriers import open_couriers
from connector.runtime.process import this_process
from connector.scoring.model import Model
from connector.sync.deciding.versions import versions
from connector.sync.workspace import Workspace
from state.opening import open_state
from state.pacing.kept import LaterLedger
from state.versions import is_current

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from connector.config.settings import Settings
    from connector.errors import Problem
    from connector.ports.budget import RateBudget
    from connector.ports.courier import Courier
    from connector.ports.platform import Platform
    from state.opening import DatabaseState
    from state.pacing.kept import Ledger


def read_configuration(settings: Settings, *, offline: bool = False) -> Configuration:
    """Return the checked mappings folder; raises MappingError with every problem in it."""
    return load(settings.mappings, all_adapters(), settings, offline=offline)


@asynccontextmanager
async def opened_state(settings: Settings) -> AsyncIterator[DatabaseState]:
    """Give the state store of `settings`, and let go of it at the end of the block."""
    key = settings.forget_key
    state = await open_state(
        settings.database_url.get_secret_value(),
        cache=settings.cache,
        forget_key=key.get_secret_value() if key else None,
    )
    try:
        yield state
    finally:
        await state.aclose()


@asynccontextmanager
async def opened_workspace(
    settings: Settings,
    progress: Progress | None = None,
    *,
    is_dry: bool = False,
    is_telling: bool = True,
) -> AsyncIterator[Workspace]:
    """Give everything a use case needs, and let go of it at the end of the block.

    A dry run holds a SQLite file: what it asks of platforms is written down when it is over.
    Unless it `is_telling`, couriers are there by name alone.
    """
    configuration = read_configuration(settings)
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        state = await stack.enter_async_context(opened_state(settings))
        ledger: Ledger = state.ledger
        if is_dry and state.ledger.waits_for_writers:
            ledger = later = LaterLedger(ledger)
            stack.push_async_callback(later.settle)
        budgets: dict[str, RateBudget] = {}
        platforms: dict[str, Platform] = {}
        for entry in configuration.platforms:
            opening = opened_budget(entry, clock, ledger, progress)
            budgets[entry.name] = await stack.enter_async_context(opening)
            platform = connect(entry, clock, budgets[entry.name], configuration)
            stack.push_async_callback(platform.aclose)
            platforms[entry.name] = platform
        couriers = await _opened_couriers(stack, settings, is_telling=is_telling)
        yield Workspace(
            state=state,
            platforms=platforms,
            configuration=configuration,
            clock=clock,
            budgets=budgets,
            couriers=couriers,
            progress=progress or Silent(),
            process=this_process(),
        )


async def _opened_couriers(
    stack: AsyncExitStack, settings: Settings, *, is_telling: bool
) -> Mapping[str, Courier]:
    couriers = open_couriers(settings, SystemClock(), is_asked=is_telling)
    for courier in couriers.values():
        stack.push_async_callback(courier.aclose)
    return couriers


@asynccontextmanager
async def opened_for_looking(
    settings: Settings,
) -> AsyncIterator[tuple[Workspace, Sequence[Problem]]]:
    """Give a workspace for questions to the state, and what is wrong with the mappings folder.

    Where that is broken the workspace knows of no platform and no rule: only what the state tells.
    Raises MappingError where there is no state either.
    """
    async with AsyncExitStack() as stack:
        problems: Sequence[Problem] = ()
        try:
            opening = opened_workspace(settings, is_telling=False)
            workspace = await stack.enter_async_context(opening)
        except MappingError as error:
            if not is_current(settings.database_url.get_secret_value()):
                raise
            problems = error.problems
            state = await stack.enter_async_context(opened_state(settings))
            workspace = await _without_mappings(settings, state)
        yield workspace, problems


async def _without_mappings(settings: Settings, state: DatabaseState) -> Workspace:
    """Return a workspace by whose rules everybody stands as they were decided last."""
    async with state.read() as tx:
        known = await versions(tx)
    digest = known[-1].digest if known else ""
    configuration = Configuration(
        folder=settings.mappings,
        platforms=(),
        attributes={},
        model=Model(timezone=ZoneInfo("UTC"), digest=digest),
        has_model=False,
        digest=digest,
        source="",
    )
    return Workspace(
        state=state,
        platforms={},
        configuration=configuration,
        clock=SystemClock(),
        process=this_process(),
    )
