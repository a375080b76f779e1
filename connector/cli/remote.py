"""The way of short writes to a database that a running heatsync owns: through its API."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from adapters.daemon import Daemon

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from connector.config.settings import Settings
    from connector.ports.store import State
    from connector.sync.workspace import Workspace


@asynccontextmanager
async def daemon_of(state: State, settings: Settings) -> AsyncIterator[Daemon | None]:
    """Give the heatsync that owns the database and takes requests; None when there is none."""
    address = await state.served_at()
    if address is None:
        yield None
        return
    async with Daemon(address, settings.admin_token) as daemon:
        yield daemon


@asynccontextmanager
async def owning(workspace: Workspace, command: str) -> AsyncIterator[None]:
    """Keep others from running cycles meanwhile; replicas that share a database go on.

    Raises StateBusy naming who runs one.
    """
    owner = f"heatsync {command} ({workspace.process})"
    async with workspace.state.own_cycles(owner, is_shared=True):
        yield
