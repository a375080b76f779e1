"""How many webhook calls came, minute by minute, in a dict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.calls import COUNTS_KEPT, STORED, CallCount

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from state.memory.tables import Tables


class MemoryPulse:
    """Keeps the contract of PulseStore."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, counts: Sequence[CallCount]) -> None:
        """Add to what was counted in the same minutes, and forget what is long past."""
        kept = self._tables.call_counts
        for each in counts:
            key = each.platform, each.outcome, each.minute
            kept[key] = kept.get(key, 0) + each.calls
        if counts:
            oldest = max(each.minute for each in counts) - COUNTS_KEPT
            self._tables.call_counts = {key: n for key, n in kept.items() if key[2] >= oldest}

    async def since(self, at: datetime) -> Sequence[CallCount]:
        """Return what was counted in minutes that began at `at` or later."""
        return [
            CallCount(platform=platform, outcome=outcome, minute=minute, calls=calls)
            for (platform, outcome, minute), calls in sorted(self._tables.call_counts.items())
            if minute >= at
        ]

    async def last(self, platform: str) -> datetime | None:
        """Return the minute in which a call of a platform was last stored."""
        stored = (key[2] for key in self._tables.call_counts if key[:2] == (platform, STORED))
        return max(stored, default=None)
