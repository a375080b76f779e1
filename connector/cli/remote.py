"""The way of short writes to a database that a running heatsync owns: through its API."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

from adapters.daemon import Daemon
from connector.errors import ConnectorError
from connector.sync.asking.pace import Room

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from connector.config.settings import Settings
    from connector.ports.store import State
    from connector.sync.workspace import Workspace

_PATIENCE = 5.0
"""Seconds for which a daemon is waited for that need not answer."""


@asynccontextmanager
async def daemon_of(state: State, settings: Settings) -> AsyncIterator[Daemon | None]:
    """Give the heatsync that owns the database and takes requests; None when there is none."""
    address = await state.served_at()
    if address is None:
        yield None
        return
    async with Daemon(address, settings.admin_token) as daemon:
        yield daemon


async def room_at(state: State, settings: Settings) -> Room | None:
    """Return what the daemon that takes requests may ask of platforms; None where none answers."""
    told = await told_at(state, settings, "/status")
    return None if told is None else Room.told(told)


async def told_at(
    state: State, settings: Settings, path: str, /, **params: str | int | None
) -> Mapping[str, Any] | None:
    """Return what the daemon that takes requests tells; None where none answers."""
    with suppress(ConnectorError, TimeoutError):
        async with daemon_of(state, settings) as daemon, asyncio.timeout(_PATIENCE):
            return (
                None
                if daemon is None
                else cast("Mapping[str, Any]", await daemon.get(path, **params))
            )
    return None


@asynccontextmanager
async def owning(workspace: Workspace, command: str) -> AsyncIterator[None]:
    """Keep others from running cycles meanwhile; replicas that share a database go on.

    Raises StateBusy naming who runs one.
    """
    owner = f"heatsync {command} ({workspace.process})"
    async with workspace.state.own_cycles(owner, is_shared=True):
        yield
