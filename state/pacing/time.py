"""Time that never goes back, and waiting that has an end."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from connector.errors import LimitUsedUp
from connector.ports.budget import LONGEST_WAIT

if TYPE_CHECKING:
    from connector.ports.clock import Clock

HAIR = timedelta(milliseconds=1)
"""Platforms count in steps of time: two instants a window apart shall never share a span."""

_HOUR = timedelta(hours=1)


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

    def shown(self, instant: datetime) -> datetime:
        """Return what the clock, which may have been set back, shows at an instant of this one."""
        return instant - self._ahead

    async def until(self, instant: datetime, bucket: str) -> None:
        """Return at `instant`; raises LimitUsedUp where that is too far away."""
        wait = instant - self.now()
        if wait > LONGEST_WAIT:
            raise self.used_up(instant, bucket)
        await self._clock.sleep(wait)

    def used_up(self, instant: datetime, bucket: str) -> LimitUsedUp:
        """Return the error of whoever does not wait until `instant` for a place in `bucket`."""
        return LimitUsedUp(
            f"{self._platform}: what may be asked of it is used up ({bucket}), "
            f"until {self.shown(instant):%Y-%m-%d %H:%M} UTC",
            platform=self._platform,
            operation="wait for a limit",
            retry_after=instant - self.now(),
        )


class Patience:
    """Waits for a limit that lets one through now and then, but no more than a run has time for.

    Each wait alone may be short: what is spread over an hour comes back minute by minute, and a
    long walk would wait for hours in all, while nothing else is done. So what was waited in the
    last hour counts.
    """

    def __init__(self, time: Time) -> None:
        """Begin with no wait."""
        self._time = time
        self._waits: deque[tuple[datetime, timedelta]] = deque()

    async def until(self, instant: datetime, bucket: str) -> None:
        """Return at `instant`; raises LimitUsedUp where there was enough waiting for it."""
        began = self._time.now()
        while self._waits and self._waits[0][0] + _HOUR <= began:
            self._waits.popleft()
        waited = sum((span for _, span in self._waits), timedelta())
        if waited + (instant - began) > LONGEST_WAIT:
            raise self._time.used_up(instant, bucket)
        await self._time.until(instant, bucket)
        self._waits.append((began, self._time.now() - began))
