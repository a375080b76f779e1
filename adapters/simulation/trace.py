"""Every request a simulator saw."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from adapters.simulation.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request, and what became of it."""

    at: datetime
    """When it was counted."""
    method: str
    path: str
    query: str
    buckets: tuple[str, ...]
    status: int | None
    """None where no answer came back."""
    size: int
    """How many rows the answer gave, or told of as written; 1 where it is about no rows."""
    fault: Fault | None = None


class Trace:
    """The exchanges of an account, oldest first."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []

    def __len__(self) -> int:
        return len(self.exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self.exchanges)

    def add(self, exchange: Exchange) -> None:
        """Note an exchange."""
        self.exchanges.append(exchange)

    def clear(self) -> None:
        """Forget what was seen."""
        self.exchanges.clear()

    def of(self, method: str, path: str = "") -> list[Exchange]:
        """Return those of a method whose paths begin so."""
        return [
            each for each in self.exchanges if each.method == method and each.path.startswith(path)
        ]

    def most_within(self, bucket: str, window: timedelta) -> int:
        """Return the largest number of requests of a bucket in any span of `window`.

        Two requests exactly one window apart are not in one span.
        """
        span: deque[datetime] = deque()
        most = 0
        for each in self.exchanges:
            if bucket not in each.buckets:
                continue
            while span and each.at - span[0] >= window:
                span.popleft()
            span.append(each.at)
            most = max(most, len(span))
        return most
