"""What is told in the log of calls that were refused: each reason now and then, not each call."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from datetime import datetime

EVERY = timedelta(minutes=1)

_log = structlog.get_logger("heatsync.web")


class Complaints:
    """Logs refused calls, at most once a minute for each platform and reason.

    Neither what was sent nor from where is told: strangers choose both.
    """

    def __init__(self) -> None:
        """Begin with nothing told."""
        self._told_at: dict[tuple[str, str], datetime] = {}

    def tell(self, platform: str, reason: str, now: datetime) -> None:
        """Log that a call of `platform` (empty: none of ours) was refused, and why."""
        told_at = self._told_at.get((platform, reason))
        # A clock that was set back must not silence it for longer.
        if told_at is not None and abs(now - told_at) < EVERY:
            return
        self._told_at[platform, reason] = now
        _log.warning("webhook refused", platform=platform or None, reason=reason)
