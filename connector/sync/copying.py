"""Building the copy of events anew, when a person asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import StateError

if TYPE_CHECKING:
    from connector.domain.event_copy import EventCopy
    from connector.sync.workspace import Workspace


async def copy_anew(workspace: Workspace) -> EventCopy:
    """Build all of the columnar copy of events from the database; return how it stands.

    Raises StateBusy when another process owns the cycles, StateError when there is no copy.
    """
    state = workspace.state
    async with state.own_cycles(f"heatsync db rebuild ({workspace.process})"):
        problems = await state.fold_events(
            workspace.configuration.model.properties, workspace.progress, anew=True
        )
        copy = await state.event_copy()
    if problems:
        raise StateError(problems[0].message)
    if copy is None:
        raise StateError("no copy of events is kept: HEATSYNC_CACHE names no folder for it")
    return copy
