"""When each stream was last read to its end: a cursor moves with every page of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.instants import iso, parse_instant

if TYPE_CHECKING:
    from datetime import datetime

    from connector.ports.store import Transaction


async def note_completion(tx: Transaction, platform: str, stream: str, at: datetime) -> None:
    """Remember that a stream was read to its end at `at`."""
    await tx.notes.put(_note(platform, stream), iso(at))


async def completed_at(tx: Transaction, platform: str, stream: str) -> datetime | None:
    """Return when a stream was last read to its end; None where that never happened."""
    kept = await tx.notes.get(_note(platform, stream))
    return parse_instant(kept) if kept else None


def _note(platform: str, stream: str) -> str:
    return f"completed {stream} {platform}"
