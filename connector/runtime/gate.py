"""Who is scored yet, and whether by this process's rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from connector.sync.deciding.in_force import superseded
from connector.sync.turns import unread_streams

if TYPE_CHECKING:
    from collections.abc import Collection

    from connector.sync.deciding.in_force import Superseding
    from connector.sync.workspace import Workspace

_log = structlog.get_logger("heatsync")


@dataclass(slots=True)
class Gate:
    """Holds back scoring, and says once whose and why."""

    _workspace: Workspace | None = None
    """Of which is known what was read of it."""
    _unread: Collection[tuple[str, str]] = ()
    """Streams that were never read to an end."""
    _superseding: Superseding | None = None

    async def is_in_force(self, workspace: Workspace) -> bool:
        """Return whether people are scored by the rules of `workspace`.

        They are not where another process has taken up other rules since.
        """
        superseding = await superseded(workspace)
        # By this very process: what began before a reload is about to end.
        is_another = superseding is not None and superseding.by != workspace.process
        if superseding is not None and is_another and superseding != self._superseding:
            _log.warning(
                "another process works by other mapping files: nobody is scored by these",
                since=superseding.since,
                by=superseding.by,
            )
        self._superseding = superseding
        return superseding is None

    async def unread(self, workspace: Workspace) -> frozenset[str]:
        """Return the platforms that were never read to an end, well or not.

        A past that is read piece by piece would look like news: whoever was never scored, and
        whoever is known to them, is scored once they are read. All others go on to be.
        """
        if workspace is self._workspace and not self._unread:
            return frozenset()
        unread = await unread_streams(workspace)
        if unread and unread != self._unread:
            waits_for = ", ".join(f"{stream} of {name}" for name, stream in unread)
            _log.info("whoever is new or known there is scored after a pull", waits_for=waits_for)
        self._workspace, self._unread = workspace, unread
        return frozenset(name for name, _ in unread)
