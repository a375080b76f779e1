"""Small parts of the state store; `connector.ports.store` has the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.domain.calls import CallCount
    from connector.domain.ledger import Run, StoredCursor


class CursorStore(Protocol):
    """Where each stream resumes."""

    async def get(self, platform: str, stream: str) -> StoredCursor | None: ...
    async def put(self, cursor: StoredCursor) -> None: ...
    async def drop(self, platform: str, stream: str) -> None: ...
    async def all(self) -> Sequence[StoredCursor]: ...


class RunStore(Protocol):
    """What each cycle did."""

    async def start(self, run: Run) -> int:
        """Store a run that begins; return its number."""
        ...

    async def finish(
        self, number: int, *, finished_at: datetime, summary: str | None, error: str | None
    ) -> None: ...

    async def last(self, limit: int = 10, *, before: int | None = None) -> Sequence[Run]:
        """Return the latest runs, newest first; those that began before the one of a number."""
        ...


class NoteStore(Protocol):
    """Small facts by key, such as the digest of the attributes in force."""

    async def get(self, key: str) -> str | None: ...
    async def put(self, key: str, value: str) -> None: ...


class PulseStore(Protocol):
    """How many webhook calls came, minute by minute, and what became of them."""

    async def add(self, counts: Sequence[CallCount]) -> None:
        """Add to what was counted in the same minutes.

        What is older than the latest of these by COUNTS_KEPT is forgotten.
        """
        ...

    async def since(self, at: datetime) -> Sequence[CallCount]:
        """Return what was counted in minutes that began at `at` or later, by platform and end."""
        ...

    async def last(self, platform: str) -> datetime | None:
        """Return the minute in which a call of a platform was last stored; None: none is known."""
        ...
