"""The CSV files that heatsync writes: rows by contact, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from adapters.files.errors import BadFile
from adapters.files.folder import open_binary
from connector.domain.instants import iso
from connector.domain.spreadsheets import guarded, unguarded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from connector.domain.values import Written

HEAD = ("id", "email")


@dataclass(slots=True)
class Sheet:
    """A file of rows of text: its columns, and its rows in the order of the file."""

    columns: list[str]
    rows: list[list[str]] = field(default_factory=list)


def cell_of(value: Written) -> str:
    """Return `value` as it stands in a cell; None is an empty one."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value or abs(value), "f")
        case datetime():
            return iso(value)
        case str():
            return value


def read_sheet(path: Path, head: Sequence[str]) -> Sheet:
    """Return what the file at `path` holds, nothing when it is not there.

    Raises BadFile when it is not as heatsync writes it, beginning with the columns `head`.
    """
    text = read_own(path)
    if text is None:
        return Sheet(list(head))
    try:
        # Not splitlines(): a cell may hold other characters that end a line.
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise damaged(path, f"cannot be read ({error})") from error
    columns, *others = [[unguarded(cell) for cell in row] for row in rows if row] or [[]]
    if columns[: len(head)] != list(head) or len(set(columns)) < len(columns):
        raise damaged(path, f"has another header than {','.join(head)} and each column once")
    if any(len(row) != len(columns) for row in others):
        raise damaged(path, "has rows that are longer or shorter than its header")
    return Sheet(columns, others)


def read_own(path: Path) -> str | None:
    """Return the text of a file that heatsync wrote, None when it is not there."""
    try:
        with open_binary(path) as file:
            return file.read().decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise damaged(path, "is not UTF-8") from error


def damaged(path: Path, reason: str) -> BadFile:
    """Return the error that somebody changed a file of ours by hand."""
    return BadFile(f"{reason}; mend it, or put back what heatsync wrote", path)


def sheet_text(sheet: Sheet) -> str:
    """Return the file that holds `sheet`."""
    lines = _Lines()
    # The csv module quotes a carriage return only when it is part of the line end.
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(map(guarded, sheet.columns))
    writer.writerows([guarded(cell) for cell in row] for row in sheet.rows)
    return "".join(lines)


class _Lines(list[str]):
    def write(self, line: str) -> None:
        """Take a line as the writer made it, with our line end."""
        self.append(line[:-2] + "\n")
