"""The part of the state store for operators; `connector.ports.store` has the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.domain.ledger import FiringState
    from connector.domain.tallies import LaneTally, ReplicaTally


class TallyStore(Protocol):
    """How much there is of what; told by indexes, and so at any time."""

    async def waiting(self, at: datetime, model: str) -> int:
        """Return how many persons `ContactStore.waiting` returns."""
        ...

    async def firings(self) -> Mapping[str, Mapping[FiringState, int]]:
        """Return the number of firings per destination and state."""
        ...

    async def score_changes(self) -> int:
        """Return a number that grows by one with each score, stage or grade that becomes another.

        It may have begun anywhere.
        """
        ...

    async def stage_changes(self) -> Mapping[str, int]:
        """Return, per score and grade that has any, how often a person left a stage for another."""
        ...

    async def replicas(self, at: datetime) -> Sequence[ReplicaTally]:
        """Return the processes that share the work at `at`, the oldest first."""
        ...

    async def lanes(self, at: datetime) -> Sequence[LaneTally]:
        """Return the lanes that a process has at `at`, by name."""
        ...
