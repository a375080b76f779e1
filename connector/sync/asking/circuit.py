"""Leave alone a platform that fails again and again, and find out when it is back."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.domain.waits import Wait
from connector.errors import (
    LeftAlone,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
)
from connector.ports.budget import LONGEST_WAIT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from connector.ports.clock import Clock

FAILURES = 5
"""So many failed attempts in a row, of whatever task, and the platform is left alone."""
OPERATIONS = 2
"""... when so many different things failed: one that always does keeps no other from being done."""
SHORTEST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=10)
"""Each rest that did not help is followed by one of twice its length, up to this."""

LONGEST_WAITS = LONGEST_WAIT + timedelta(minutes=1)
"""A platform that asks for one wait after the other, and lets nobody through, is given up."""


class Circuit:
    """Whether one platform is asked at present; shared by all tasks that ask it.

    After a rest one call is let through, and the others wait for what comes of it: its answer ends
    the rest, its failure begins the next. Limits and refusals are answers of a platform that works.
    """

    def __init__(self, platform: str, clock: Clock) -> None:
        """Begin by asking."""
        self.platform = platform
        self._clock = clock
        self._failures = 0
        self._operations: set[str] = set()
        self._rest = SHORTEST_REST
        self._resting: Wait | None = None
        self._trial: asyncio.Event | None = None
        self._waits_since = self._waits_until = clock.now() - LONGEST_REST

    @property
    def rest_left(self) -> timedelta:
        """Return how long the platform is still left alone."""
        return self._resting.left(self._clock.now()) if self._resting else timedelta()

    def left_alone(self) -> LeftAlone | None:
        """Return why the platform cannot be asked now; None when it can."""
        if self._resting is None or not self.rest_left:
            return None
        return LeftAlone(
            f"{self.platform}: failed again and again, and is left alone until "
            f"{self._resting.until:%Y-%m-%d %H:%M:%S} UTC",
            platform=self.platform,
            operation="any",
        )

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """Ask in this block; what comes of it is remembered. Raises LeftAlone."""
        while self._trial is not None:
            await self._trial.wait()
        if (left_alone := self.left_alone()) is not None:
            raise left_alone
        trial = self._trial = None if self._resting is None else asyncio.Event()
        try:
            yield
        except PlatformUnavailable as error:
            self._failed(error.operation, is_trial=trial is not None)
            raise
        except RateLimited as error:
            # One of our own count was not asked at all.
            if error.status is not None:
                self._works()
            raise
        except PlatformError:
            self._answered()
            raise
        else:
            self._answered()
        finally:
            if trial is not None:
                self._trial = None
                trial.set()

    def may_wait(self, wait: timedelta) -> bool:
        """Return whether to do what the platform asks for: wait that long, and ask again.

        Waits count from the first one after which nobody was let through.
        """
        now = self._clock.now()
        # A clock that was set back before the first of them does not tell how long they took.
        if now - self._waits_until >= LONGEST_REST or now < self._waits_since:
            self._waits_since = now
        if now + wait - self._waits_since > LONGEST_WAITS:
            return False
        self._waits_until = now + wait
        return True

    def _answered(self) -> None:
        self._works()
        self._waits_until = self._clock.now() - LONGEST_REST

    def _works(self) -> None:
        self._failures = 0
        self._operations.clear()
        self._rest = SHORTEST_REST
        self._resting = None

    def _failed(self, operation: str, *, is_trial: bool) -> None:
        self._failures += 1
        self._operations.add(operation)
        is_enough = self._failures >= FAILURES and len(self._operations) >= OPERATIONS
        if is_trial:
            self._rest = min(2 * self._rest, LONGEST_REST)
        # What was under way when the rest began says nothing new.
        elif self._resting is not None or not is_enough:
            return
        now = self._clock.now()
        self._resting = Wait(now, now + self._rest)


class Circuits:
    """The circuits of all platforms of an installation."""

    def __init__(self) -> None:
        """Begin with none."""
        self._circuits: dict[str, Circuit] = {}

    def of(self, platform: str, clock: Clock) -> Circuit:
        """Return the one circuit of a platform."""
        return self._circuits.setdefault(platform, Circuit(platform, clock))
