"""Leave alone a platform that fails again and again, and find out when it is back."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.errors import LeftAlone, PlatformError, PlatformUnavailable, RateLimited

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from connector.ports.clock import Clock

FAILURES = 5
"""So many failed attempts in a row, of whatever task, and the platform is left alone."""
SHORTEST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=10)
"""Each rest that did not help is followed by one of twice its length, up to this."""


class Circuit:
    """Whether one platform is asked at present; shared by all tasks that ask it.

    After a rest one call is let through: its answer ends the rest, its failure begins the next.
    Limits and refusals are answers of a platform that works.
    """

    def __init__(self, platform: str, clock: Clock) -> None:
        """Begin by asking."""
        self._platform = platform
        self._clock = clock
        self._failures = 0
        self._rest = SHORTEST_REST
        self._rests_until: datetime | None = None
        self._is_trying = False

    def left_alone(self) -> LeftAlone | None:
        """Return why the platform cannot be asked now; None when it can."""
        until = self._rests_until
        if until is None or (self._clock.now() >= until and not self._is_trying):
            return None
        return LeftAlone(
            f"{self._platform} failed again and again and is left alone until "
            f"{until:%Y-%m-%d %H:%M:%S} UTC",
            platform=self._platform,
            operation="any",
        )

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Ask in this block; what comes of it is remembered. Raises LeftAlone."""
        if (left_alone := self.left_alone()) is not None:
            raise left_alone
        is_trial = self._rests_until is not None
        self._is_trying = self._is_trying or is_trial
        try:
            yield
        except PlatformUnavailable:
            self._failed(is_trial=is_trial)
            raise
        except RateLimited:
            raise
        except PlatformError:
            self._answered()
            raise
        else:
            self._answered()
        finally:
            if is_trial:
                self._is_trying = False

    def _answered(self) -> None:
        self._failures = 0
        self._rest = SHORTEST_REST
        self._rests_until = None

    def _failed(self, *, is_trial: bool) -> None:
        self._failures += 1
        if is_trial:
            self._rest = min(2 * self._rest, LONGEST_REST)
        # What was under way when the rest began says nothing new.
        elif self._rests_until is not None or self._failures < FAILURES:
            return
        self._rests_until = self._clock.now() + self._rest


class Circuits:
    """The circuits of all platforms of an installation."""

    def __init__(self) -> None:
        """Begin with none."""
        self._circuits: dict[str, Circuit] = {}

    def of(self, platform: str, clock: Clock) -> Circuit:
        """Return the one circuit of a platform."""
        return self._circuits.setdefault(platform, Circuit(platform, clock))
