"""What a simulation is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)
MOST_WEEKS = 520
LEAST_STEP = "1h"
"""As it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Over which time two models are compared, how finely, and how much is told."""

    at: datetime
    """Where the comparison ends."""
    weeks: int = 12
    """How far back it begins."""
    step: timedelta = DAY
    """How often everybody who may have changed is scored on the way, as by a sync."""
    top: int = 10
    """How many contacts are shown where there are many."""

    @property
    def start(self) -> datetime:
        """Return the instant of the baseline."""
        return self.at - self.weeks * WEEK

    @property
    def steps(self) -> Sequence[datetime]:
        """Return the instants of scoring: the start, then whole steps before the end, the end."""
        count = -(-(self.at - self.start) // self.step)
        return [self.start, *(self.at - back * self.step for back in reversed(range(count)))]
