"""Make a workspace of settings and files: the one place that names concrete classes."""

from __future__ import annotations

import os
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from adapters.registry import all_adapters
from connector.config.loader import load
from connector.ports.adapter import PlatformContext
from connector.ports.budget import RateBudget, Unlimited
from connector.ports.progress import Progress, Silent
from connector.runtime.clock import SystemClock
from connector.sync.workspace import Workspace
from state.opening import open_state

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from connector.config.configuration import Configuration, PlatformEntry
    from connector.config.settings import Settings
    from connector.domain.values import FieldType
    from connector.ports.clock import Clock
    from connector.ports.platform import Platform
    from connector.ports.store import State


def read_configuration(settings: Settings, *, offline: bool = False) -> Configuration:
    """Return the checked mappings folder; raises MappingError with every problem in it."""
    return load(settings.mappings, all_adapters(), settings, offline=offline)


@asynccontextmanager
async def opened_state(settings: Settings) -> AsyncIterator[State]:
    """Give the state store of `settings`, and let go of it at the end of the block."""
    state = await open_state(settings.database_url.get_secret_value(), cache=settings.cache)
    try:
        yield state
    finally:
        await state.aclose()


@asynccontextmanager
async def opened_workspace(
    settings: Settings, progress: Progress | None = None
) -> AsyncIterator[Workspace]:
    """Give everything a use case needs, and let go of it at the end of the block."""
    configuration = read_configuration(settings)
    clock = SystemClock()
    async with opened_state(settings) as state:
        platforms = {
            entry.name: connect(entry, clock, configuration.model.properties)
            for entry in configuration.platforms
        }
        try:
            yield Workspace(
                state=state,
                platforms=platforms,
                configuration=configuration,
                clock=clock,
                progress=progress or Silent(),
                process=f"process {os.getpid()} on {socket.gethostname()}",
            )
        finally:
            for platform in platforms.values():
                await platform.aclose()


def budget_of(entry: PlatformEntry) -> RateBudget:  # noqa: ARG001 - none has limits so far
    """Return the request budget of a platform's account."""
    return Unlimited()


def connect(
    entry: PlatformEntry, clock: Clock, properties: Mapping[str, FieldType] | None = None
) -> Platform:
    """Return the platform of a configuration's entry; nothing is asked of it yet.

    `properties` are the event properties that the configuration declares.
    """
    return entry.adapter.connect(
        PlatformContext(
            name=entry.name,
            config=entry.config,
            folder=entry.folder,
            clock=clock,
            budget=budget_of(entry),
            secrets=entry.secrets,
            properties=properties or {},
        )
    )
