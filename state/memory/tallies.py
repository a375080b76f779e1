"""Numbers for operators, counted one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from state.counters import STAGE_CHANGES
from state.memory.contacts import MemoryContacts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.domain.ledger import FiringState
    from connector.domain.tallies import LaneTally, ReplicaTally
    from state.memory.tables import Tables


class MemoryTallies:
    """Keeps the contract of TallyStore."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def waiting(self, at: datetime, model: str) -> int:
        """Return how many persons are to be scored."""
        return len(await MemoryContacts(self._tables).waiting(at, model))

    async def firings(self) -> Mapping[str, Mapping[FiringState, int]]:
        """Return the number of firings per destination and state."""
        counts: defaultdict[str, Counter[FiringState]] = defaultdict(Counter)
        for firing in self._tables.firings.values():
            counts[firing.destination][firing.state] += 1
        return counts

    async def score_changes(self) -> int:
        """Return a number that grows with each score, stage or grade that becomes another."""
        return len(self._tables.score_history)

    async def stage_changes(self) -> Mapping[str, int]:
        """Return, per score and grade that has any, how often a person left a stage for another."""
        return {
            name.removeprefix(STAGE_CHANGES): number
            for name, number in self._tables.counters.items()
            if name.startswith(STAGE_CHANGES)
        }

    async def replicas(self, at: datetime) -> Sequence[ReplicaTally]:
        """Return nothing: one process does all there is."""
        del at
        return ()

    async def lanes(self, at: datetime) -> Sequence[LaneTally]:
        """Return nothing: one process has all there is."""
        del at
        return ()
