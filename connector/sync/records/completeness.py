"""Whether everybody on a platform was read once: before that, nobody is missing there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.instants import iso

if TYPE_CHECKING:
    from connector.sync.workspace import Workspace


async def note_everybody_is_read(workspace: Workspace, name: str) -> None:
    """Remember that all contacts of the platform `name` were read, if that matters."""
    if not _matters(workspace, name) or await is_everybody_read(workspace, name):
        return
    async with workspace.state.write() as tx:
        await tx.notes.put(_note(name), iso(workspace.clock.now()))


async def is_everybody_read(workspace: Workspace, name: str) -> bool:
    """Return whether all contacts of the platform `name` were read; so if it tells none."""
    if workspace.platforms[name].contacts is None:
        return True
    async with workspace.state.read() as tx:
        return await tx.notes.get(_note(name)) is not None


def _matters(workspace: Workspace, name: str) -> bool:
    """Return whether anybody is created there, or taken out of a list wherever it is."""
    targets = workspace.configuration.model.targets
    creates = name in targets and targets[name].creates
    return creates or any(each.own for target in targets.values() for each in target.lists)


def _note(name: str) -> str:
    return f"read:{name}"
