"""Look at how the installation stands each minute, and tell operators what has changed."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from connector.errors import ConfigError
from connector.sync.alerting.watch import watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from connector.config.settings import Settings
    from connector.ports.notifier import Notifier
    from connector.sync.workspace import Workspace

MOVED = timedelta(minutes=1)
"""A clock that is off by less is one that is being set right."""

_log = structlog.get_logger("heatsync")


def open_notifier(settings: Settings) -> Notifier | None:
    """Return how operators are told; None where nobody is. Raises ConfigError for no address."""
    if settings.alert is None:
        return None
    # Importing Apprise takes long, and most installations have nobody to be told.
    from adapters.notify.notifier import AppriseNotifier  # noqa: PLC0415 - the reason above

    return AppriseNotifier(settings.alert)


class Watcher:
    """Tells whoever looks after an installation, and the log, of each change once."""

    def __init__(
        self, notifier: Notifier | None, monotonic: Callable[[], float] | None = time.monotonic
    ) -> None:
        """Take who is told, and a clock that nobody can move; None where time is simulated."""
        self.notifier = notifier
        self._monotonic = monotonic
        self._last: tuple[datetime, float] | None = None
        self.is_broken: Callable[[], bool] = lambda: False
        """Tells whether the configuration on disk cannot be used."""

    def renew(self, settings: Settings) -> None:
        """Tell whom `settings` name from now on; where that is nobody's address, as before."""
        try:
            self.notifier = open_notifier(settings)
        except ConfigError as error:
            _log.error("alerts go where they went before", problem=str(error))

    async def look(self, workspace: Workspace) -> None:
        """Look once."""
        at = workspace.clock.now()
        watched = await watch(
            workspace, self.notifier, at, is_broken=self.is_broken(), moved=self._moved(at)
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
