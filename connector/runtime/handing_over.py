"""Have the daemon that is at work on a database do something at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.daemon import Daemon
from connector.runtime.bootstrap import opened_state, opened_workspace
from connector.runtime.clock import SystemClock
from connector.runtime.planes.choosing import open_plane
from connector.sync.turns import pulls_of, pushes_of
from state.location import locate
from state.versions import is_current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.config.settings import Settings


async def hand_over(
    settings: Settings, what: str, *, only: str | None, force: bool
) -> Sequence[str] | None:
    """Tell a running daemon to ``pull`` or ``push``; return the jobs, None when none runs.

    That of a SQLite file is asked over its API; replicas that share PostgreSQL, over the database.
    Raises ConnectorError where it runs and cannot be told.
    """
    url = settings.database_url.get_secret_value()
    if not is_current(url):
        return None
    async with opened_state(settings) as state:
        address = await state.served_at()
        owners = await state.owners()
    if address is not None:
        async with Daemon(address, settings.admin_token) as daemon:
            done = await daemon.post(f"/{what}", {"platform": only, "force": force})
            return [str(job) for job in done["jobs"]]
    if locate(url).is_sqlite or not any(each.startswith("heatsync run") for each in owners):
        return None
    async with opened_workspace(settings) as workspace:
        of = pulls_of if what == "pull" else pushes_of
        jobs = of(workspace, only, force=force)
    plane = await open_plane(
        settings, clock=SystemClock(), process=workspace.process, on_taken=_nothing
    )
    try:
        for job in jobs:
            await plane.defer(job)
    finally:
        await plane.aclose()
    return [str(job) for job in jobs]


async def _nothing(_lane: str, _fence: int) -> None:
    """Serve no lane: others do."""
