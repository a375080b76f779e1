"""The folder of one platform: where its files are, and which of them cannot be used."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from adapters.files.contacts import KEYS
from adapters.files.csv_rows import csv_table
from adapters.files.errors import BadFile
from adapters.files.jsonl_rows import jsonl_table
from adapters.files.parquet_rows import parquet_table
from connector.domain.written_events import NEEDED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.files.rows import Table

CONTACTS = "contacts"
EVENTS = "events"
_STREAMS = (CONTACTS, EVENTS)
_FORMATS = (".csv", ".jsonl", ".parquet")


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder that a platform's `path` names."""

    path: Path

    def find(self, stream: str) -> Path | None:
        """Return the file of `stream`, None when only the other stream has one.

        Raises BadFile when there are several, or no file at all.
        """
        if not self.path.is_dir():
            raise BadFile("there is no such folder")
        found = {each: self._files(each) for each in _STREAMS}
        if not any(found.values()):
            raise BadFile("the folder has neither contacts nor events (.csv, .jsonl or .parquet)")
        if len(found[stream]) > 1:
            names = " and ".join(path.name for path in found[stream])
            raise BadFile(f"the folder has {names}; keep one of them")
        return next(iter(found[stream]), None)

    def strays(self) -> list[str]:
        """Return the names of files that look as if they should be read, and are not."""
        try:
            paths = [*self.path.iterdir()]
        except OSError:
            # What is there may be read by its name, though not be listed.
            return []
        return sorted(
            path.name
            for path in paths
            if path.suffix.lower() in _FORMATS and path.stem not in _STREAMS
        )

    def _files(self, stream: str) -> list[Path]:
        paths = [self.path / f"{stream}{suffix}" for suffix in _FORMATS]
        return [path for path in paths if os.path.lexists(path)]


def open_binary(path: Path) -> BinaryIO:
    """Return the regular file at `path`, open for reading; raises BadFile when it is none."""
    # Opening a named pipe would wait for somebody to write to it.
    if not stat.S_ISREG(path.stat().st_mode):
        raise BadFile("is not a file")
    return path.open("rb")


def open_table(path: Path, handle: BinaryIO, stream: str) -> Table:
    """Return the table in the file of `stream`; raises BadFile when it cannot be read."""
    handle.seek(0)
    match path.suffix:
        case ".csv":
            table = csv_table(handle, str(path))
        case ".jsonl":
            table = jsonl_table(handle, str(path))
        case _:
            table = parquet_table(path)
    if table.columns is not None:
        _check_columns(stream, table.columns)
    return table


def _check_columns(stream: str, columns: Mapping[str, object]) -> None:
    if stream == CONTACTS and not any(name in columns for name in KEYS):
        raise BadFile("needs a column `id` or `email`")
    missing = [f"`{name}`" for name in NEEDED if name not in columns]
    if stream == EVENTS and missing:
        raise BadFile(f"lacks {' and '.join(missing)} among its columns")
