"""Time that never goes back, and waiting that has an end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from connector.errors import RateLimited
from connector.ports.budget import LONGEST_WAIT

if TYPE_CHECKING:
    from connector.ports.clock import Clock

HAIR = timedelta(milliseconds=1)
"""Platforms count in steps of time: two instants a window apart shall never share a span."""


class Time:
    """The clock of one platform's limits."""

    def __init__(self, clock: Clock, platform: str) -> None:
        """Take the clock that is waited on, and whose limits they are: errors say so."""
        self._clock = clock
        self._platform = platform
        self._ahead = timedelta()
        self._latest = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """Return the present instant; a clock that is set back goes on from where it was."""
        now = self._clock.now() + self._ahead
        if now < self._latest:
            self._ahead += self._latest - now
            now = self._latest
        self._latest = now
        return now

    async def until(self, instant: datetime, bucket: str) -> None:
        """Return at `instant`; raises RateLimited where that is too far away."""
        wait = instant - self.now()
        if wait > LONGEST_WAIT:
            raise RateLimited(
                f"{self._platform}: what may be asked of it is used up ({bucket}), "
                f"until {instant:%Y-%m-%d %H:%M} UTC",
                platform=self._platform,
                operation="wait for a limit",
                retry_after=wait,
            )
        await self._clock.sleep(wait)
