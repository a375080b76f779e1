"""How far behind its platform each stream is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.domain.durations import parse_duration
from connector.sync.completions import completed_at
from connector.sync.pulling.pull import offered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.ports.store import Transaction
    from connector.sync.workspace import Workspace

INTERVALS = 3
"""A stream that was not read to its end for so many of its intervals lags."""
LEAST = timedelta(minutes=15)
"""... and at least for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """When a stream was last read to its end, and how often it should be."""

    platform: str
    stream: str
    """``contacts`` or ``events``."""
    every: timedelta
    """How often the daemon pulls it."""
    completed_at: datetime | None
    """None: never."""
    moved_at: datetime | None
    """When its cursor last moved; None: it has none."""

    @property
    def allowed(self) -> timedelta:
        """Return how long ago it may have been read before it lags."""
        return max(INTERVALS * self.every, LEAST)

    def since(self, at: datetime) -> timedelta | None:
        """Return how long ago it was read to its end; None where that never happened."""
        return None if self.completed_at is None else max(timedelta(), at - self.completed_at)

    def is_late(self, at: datetime) -> bool:
        """Return whether it was read once, and not for too long."""
        since = self.since(at)
        return since is not None and since > self.allowed


async def lags(tx: Transaction, workspace: Workspace) -> Sequence[Lag]:
    """Return how far each stream that is pulled is, in the order of the configuration."""
    moved = {(each.platform, each.stream): each.updated_at for each in await tx.cursors.all()}
    return [
        Lag(
            platform=entry.name,
            stream=stream,
            every=parse_duration(getattr(entry.config.pull, stream)),
            completed_at=await completed_at(tx, entry.name, stream),
            moved_at=moved.get((entry.name, stream)),
        )
        for entry in workspace.configuration.platforms
        for stream in offered(workspace.platforms[entry.name])
    ]
