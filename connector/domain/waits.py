"""Waits that are kept as instants, although the clock that tells those may be set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_REST = timedelta(days=2)
"""Whatever failed is tried again by then."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait that began at an instant, and ends at another."""

    since: datetime
    until: datetime

    def left(self, now: datetime) -> timedelta:
        """Return how long it lasts yet at `now`; zero: it is over.

        Before it began, the clock was set back since. How much of it has passed nobody can tell:
        it is over, so that no wait takes longer than the one that was asked for.
        """
        return self.until - now if self.since <= now < self.until else timedelta()


def has_come(instant: datetime | None, now: datetime) -> bool:
    """Return whether what waits until `instant` has waited enough; None: it does not wait.

    An instant that is further ahead than anything rests was noted by a clock that was wrong.
    """
    return instant is None or not now < instant <= now + LONGEST_REST
