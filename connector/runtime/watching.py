"""Look at how the installation stands each minute, and tell operators what has changed."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from connector.sync.alerting.watch import watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from connector.ports.notifier import Notifier
    from connector.sync.workspace import Workspace

MOVED = timedelta(minutes=1)
"""A clock that is off by less is one that is being set right."""

_log = structlog.get_logger("heatsync")


class Watcher:
    """Tells whoever looks after an installation, and the log, of each change once."""

    def __init__(
        self, notifier: Notifier | None, monotonic: Callable[[], float] | None = time.monotonic
    ) -> None:
        """Take who is told, and a clock that nobody can move; None where time is simulated."""
        self._notifier = notifier
        self._monotonic = monotonic
        self._last: tuple[datetime, float] | None = None

    async def look(self, workspace: Workspace, *, is_broken: bool = False) -> None:
        """Look once; `is_broken` is whether the configuration on disk cannot be used."""
        at = workspace.clock.now()
        watched = await watch(
            workspace, self._notifier, at, is_broken=is_broken, moved=self._moved(at)
        )
        for message in watched.told:
            tell = _log.info if message.after is None else _log.warning
            tell("alert", action="watch", alert=message.title)
        if watched.error is not None:
            _log.error("alert could not be sent", action="watch", reason=str(watched.error))

    def _moved(self, at: datetime) -> timedelta | None:
        """Return by how much the clock was moved since the last look, if it was."""
        if self._monotonic is None:
            return None
        now, last = self._monotonic(), self._last
        self._last = (at, now)
        if last is None:
            return None
        moved = (at - last[0]) - timedelta(seconds=now - last[1])
        return moved if abs(moved) >= MOVED else None
