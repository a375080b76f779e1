"""How many contacts go into one request: fewer after one that failed or was slow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

FIRST = 50
MOST = 200
"""More than that Mautic refuses, with a 500 (`api_batch_max_limit`; an instance may lower it)."""

_STEP = 10
_QUICK = timedelta(seconds=5)
_SLOW = timedelta(seconds=15)


@dataclass(slots=True)
class Sizes:
    """The size of the next batch; everybody who writes to the instance learns from all batches."""

    size: int = FIRST

    def took(self, count: int, span: timedelta) -> None:
        """Take note that so many were written within `span`."""
        if span > _SLOW:
            self._halve(count)
        elif count >= self.size and span < _QUICK:
            self.size = min(MOST, self.size + _STEP)

    def failed(self, count: int) -> None:
        """Take note that a batch of so many was not answered as it should be."""
        self._halve(count)

    def _halve(self, count: int) -> None:
        self.size = max(1, min(self.size, count // 2))
