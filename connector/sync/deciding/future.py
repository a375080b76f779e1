"""Decisions at instants that have not come yet: a clock was wrong when they were made."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from connector.domain.instants import iso, parse_instant
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.sync.workspace import Workspace

SLIP = timedelta(minutes=5)
"""By less a clock is set right now and then: until it has caught up, time stands still."""
PATIENCE = timedelta(hours=1)
"""So long a clock has to stay behind before it is believed: one that was set back by mistake must
not take back what was right."""
NOTE = "clock behind since"


async def present(workspace: Workspace) -> tuple[datetime, Sequence[Problem]]:
    """Return the instant to decide at: now, and never before a decision that is recorded.

    Where one is recorded that is later, by more than a little and for long, a clock was wrong when
    it was made, or somebody tried out a day to come: it is taken back, and whom it is about are
    scored anew. That is told as a problem.
    """
    now = workspace.clock.now()
    async with workspace.state.read() as tx:
        latest, noted = await tx.scores.latest_at(), await tx.notes.get(NOTE)
    if latest is None or latest - now <= SLIP:
        if noted:
            await _note(workspace, "")
        return now if latest is None else max(now, latest), ()
    since = parse_instant(noted) if noted else now
    if not noted or since > now:
        await _note(workspace, iso(now))
    if now - since < PATIENCE:
        message = f"the clock is behind the last decision, {iso(latest)}: decided as of then"
        hint = "was the clock wrong, or is it? If it stays, what was decided later is taken back"
        return latest, [Problem(message=message, path="model", hint=hint)]
    return await _take_back(workspace, now)


async def _take_back(workspace: Workspace, now: datetime) -> tuple[datetime, Sequence[Problem]]:
    async with workspace.state.write() as tx:
        latest = await tx.scores.latest_at()
        if latest is None or latest - now <= SLIP:
            # A turn beside this one was quicker, and tells of it.
            return now if latest is None else max(now, latest), ()
        count = await tx.scores.undo_after(now)
        await tx.triggers.undo_after(now)
        await tx.notes.put(NOTE, "")
    if not count:
        return now, ()
    message = (
        f"{count} contact{'s were' if count != 1 else ' was'} decided at instants up to "
        f"{iso(latest)}, which have not come yet: decided anew"
    )
    return now, [Problem(message=message, path="model", hint="was the clock wrong?")]


async def _note(workspace: Workspace, value: str) -> None:
    async with workspace.state.write() as tx:
        await tx.notes.put(NOTE, value)
