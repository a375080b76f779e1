"""Whether everybody on a platform was read once: before that, nobody is missing there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.instants import iso

if TYPE_CHECKING:
    from connector.scoring.model import Target
    from connector.sync.workspace import Workspace


async def note_everybody_is_read(workspace: Workspace, target: Target | None) -> None:
    """Remember that all contacts of the platform of `target` were read, if that matters."""
    if target is None or not target.creates or await is_everybody_read(workspace, target):
        return
    async with workspace.state.write() as tx:
        await tx.notes.put(_note(target), iso(workspace.clock.now()))


async def is_everybody_read(workspace: Workspace, target: Target) -> bool:
    """Return whether all contacts of the platform of `target` were read; so if it tells none."""
    if workspace.platforms[target.platform].contacts is None:
        return True
    async with workspace.state.read() as tx:
        return await tx.notes.get(_note(target)) is not None


def _note(target: Target) -> str:
    return f"read:{target.platform}"
