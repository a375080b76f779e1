"""The histories as Parquet files, a block each: what databases and copies are filled from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.frames import contacts_of, events_of
from benchmarks.history import BLOCK
from benchmarks.kept import kept

if TYPE_CHECKING:
    from pathlib import Path

CODE = ("history.py", "frames.py")


def blocks(contacts: int) -> Path:
    """Return a folder of ``events-<block>.parquet`` and ``contacts-<block>.parquet``.

    `contacts` is a multiple of `BLOCK`.
    """

    def make(folder: Path) -> None:
        for block in range(contacts // BLOCK):
            events_of(block).write_parquet(folder / f"events-{block:03}.parquet")
            contacts_of(block).write_parquet(folder / f"contacts-{block:03}.parquet")

    return kept(f"blocks-{contacts}", make, code=CODE)
