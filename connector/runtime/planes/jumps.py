"""Noticing that the clock was moved."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.ports.clock import Clock

_LEAST = timedelta(seconds=2)
"""Less than that is how clocks are corrected day by day, and does no harm."""


class Jumps:
    """Compares a clock with one that nobody can set, from one look to the next.

    A machine that slept looks like one whose clock was set forward: its monotonic clock slept too.
    """

    def __init__(self, clock: Clock, monotonic: Callable[[], float]) -> None:
        """Take the clock, and seconds since whenever that only ever grow."""
        self._clock = clock
        self._monotonic = monotonic
        self._seen = clock.now(), monotonic()

    def look(self) -> timedelta:
        """Return by how much the clock was moved since the last look, if by two seconds or more.

        It is less than nothing when it was set back.
        """
        now, passed = self._clock.now(), self._monotonic()
        seen_at, seen = self._seen
        self._seen = now, passed
        jump = (now - seen_at) - timedelta(seconds=passed - seen)
        return jump if abs(jump) >= _LEAST else timedelta()
