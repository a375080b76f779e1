"""Time that never goes back, and waiting that has an end."""

from __future__ import annotations

from collections import deque
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from connector.errors import LimitUsedUp, StateError
from connector.ports.budget import LONGEST_WAIT
from connector.ports.progress import WORTH_TELLING, Silent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from connector.ports.clock import Clock
    from connector.ports.progress import Progress

HAIR = timedelta(milliseconds=1)
"""Platforms count in steps of time: two instants a window apart shall never share a span."""

_HOUR = timedelta(hours=1)
_STEP = timedelta(seconds=2)
"""Whoever waits for longer looks after what was to be done meanwhile."""


class Time:
    """The clock of one platform's limits."""

    def __init__(self, clock: Clock, platform: str, progress: Progress | None = None) -> None:
        """Take the clock that is waited on, whose limits they are, and where waits are shown."""
        self._clock = clock
        self._platform = platform
        self._progress = progress or Silent()
        self._ahead = timedelta()
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._meanwhile: list[Callable[[], Awaitable[None]]] = []

    def meanwhile(self, work: Callable[[], Awaitable[None]]) -> None:
        """Have this done every two seconds while anybody waits in `until`, as far as it can be."""
        self._meanwhile.append(work)

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

    def clock_shows(self) -> datetime:
        """Return what the clock shows now; in any thread."""
        return self._clock.now()

    async def until(self, instant: datetime, bucket: str, *, is_alone: bool = False) -> None:
        """Return at `instant`; raises LimitUsedUp where that is too far away.

        Where it `is_alone`, nothing else is done meanwhile.
        """
        wait = instant - self.now()
        if wait > LONGEST_WAIT:
            raise self.used_up(instant, bucket)
        while wait > timedelta():
            await self._clock.sleep(min(wait, _STEP))
            for work in () if is_alone else self._meanwhile:
                # Whoever waits needs nothing of it yet, and asks for it in the end.
                with suppress(StateError):
                    await work()
            wait = min(wait - _STEP, instant - self.now())

    @contextmanager
    def telling(self, why: str) -> Iterator[Callable[[datetime], None]]:
        """Give what is called before each wait, with its end: the first is shown until all end."""
        with ExitStack() as shown:
            is_shown = False

            def tell(until: datetime) -> None:
                nonlocal is_shown
                span = until - self.now()
                if not is_shown and WORTH_TELLING <= span <= LONGEST_WAIT:
                    shown.enter_context(self._progress.waiting(self._platform, why, span))
                    is_shown = True

            yield tell

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

    async def until(self, instant: datetime, bucket: str, why: str) -> None:
        """Return at `instant`; raises LimitUsedUp where there was enough waiting for it.

        `why` is shown of a wait.
        """
        began = self._time.now()
        while self._waits and self._waits[0][0] + _HOUR <= began:
            self._waits.popleft()
        waited = sum((span for _, span in self._waits), timedelta())
        if waited + (instant - began) > LONGEST_WAIT:
            raise self._time.used_up(instant, bucket)
        with self._time.telling(why) as tell:
            tell(instant)
            # What is held meanwhile would be kept from others for minutes: it is asked for again.
            await self._time.until(instant, bucket, is_alone=True)
        self._waits.append((began, self._time.now() - began))
