"""Decisions at instants that have not come yet: a clock was wrong when they were made."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from connector.domain.instants import iso
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.sync.workspace import Workspace

SLIP = timedelta(minutes=5)
"""By less a clock is set right now and then: until it has caught up, time stands still."""


async def present(workspace: Workspace) -> tuple[datetime, Sequence[Problem]]:
    """Return the instant to decide at: now, and never before a decision that is recorded.

    Where one is recorded that is much later, a clock was wrong, or somebody tried out a day to
    come: it is taken back, and whom it is about are scored anew. That is told as a problem.
    """
    now = workspace.clock.now()
    async with workspace.state.read() as tx:
        latest = await tx.scores.latest_at()
    if latest is None or latest <= now:
        return now, ()
    if latest - now <= SLIP:
        return latest, ()
    async with workspace.state.write() as tx:
        count = await tx.scores.undo_after(now)
        await tx.triggers.undo_after(now)
    message = (
        f"{count} contact{'s' if count != 1 else ''} were decided at instants up to {iso(latest)}, "
        "which have not come yet: they are decided anew"
    )
    return now, [Problem(message=message, path="model", hint="was the clock wrong?")]
