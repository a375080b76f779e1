"""Cursors, runs and notes in dicts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.domain.ledger import Run, StoredCursor
    from state.memory.tables import Tables


class MemoryCursors:
    """Keeps the contract of CursorStore."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def get(self, platform: str, stream: str) -> StoredCursor | None:
        """Return where a stream resumes."""
        return self._tables.cursors.get((platform, stream))

    async def put(self, cursor: StoredCursor) -> None:
        """Say where a stream resumes."""
        self._tables.cursors[cursor.platform, cursor.stream] = cursor

    async def drop(self, platform: str, stream: str) -> None:
        """Let a stream start anew."""
        self._tables.cursors.pop((platform, stream), None)

    async def all(self) -> Sequence[StoredCursor]:
        """Return every stream's, by platform and stream."""
        return [cursor for _, cursor in sorted(self._tables.cursors.items())]


class MemoryRuns:
    """Keeps the contract of RunStore."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def start(self, run: Run) -> int:
        """Store a run that begins; return its number."""
        number = self._tables.next("run")
        self._tables.runs.append(replace(run, id=number))
        return number

    async def finish(
        self, number: int, *, finished_at: datetime, summary: str | None, error: str | None
    ) -> None:
        """Record how a run ended."""
        self._tables.runs = [
            replace(run, finished_at=finished_at, summary=summary, error=error)
            if run.id == number
            else run
            for run in self._tables.runs
        ]

    async def last(self, limit: int = 10, *, before: int | None = None) -> Sequence[Run]:
        """Return the latest runs, newest first; those that began before the one of a number."""
        runs = self._tables.runs[::-1]
        if before is not None:
            runs = [run for run in runs if run.id is not None and run.id < before]
        return runs[:limit]


class MemoryNotes:
    """Keeps the contract of NoteStore."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def get(self, key: str) -> str | None:
        """Return a small fact, or None."""
        return self._tables.notes.get(key)

    async def put(self, key: str, value: str) -> None:
        """Remember a small fact."""
        self._tables.notes[key] = value
