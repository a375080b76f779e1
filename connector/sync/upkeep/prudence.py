"""As of when the past is deleted: a clock that is wrong for a while must not delete the present."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from connector.domain.instants import iso, parse_instant

if TYPE_CHECKING:
    from datetime import datetime

    from connector.sync.workspace import Workspace

NOTE = "kept up"
STEP = timedelta(days=7)
"""By so much at most a sweep goes on from where the last one was."""


async def prudent(workspace: Workspace, at: datetime) -> datetime:
    """Return as of when to delete at `at`, and remember it.

    What a clock says that was set years ahead is believed by a week. Whoever has not looked after
    the state for longer catches up a week with each sweep.
    """
    async with workspace.state.read() as tx:
        known = await tx.notes.get(NOTE)
    believed = at if not known else min(at, parse_instant(known) + STEP)
    async with workspace.state.write() as tx:
        await tx.notes.put(NOTE, iso(believed))
    return believed
