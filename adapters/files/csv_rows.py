"""CSV: comma or semicolon, quotes, embedded line ends; a broken row costs itself alone."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, BinaryIO

from adapters.files.errors import BadFile
from adapters.files.lines import Lines
from adapters.files.rows import Table
from connector.domain.values import FieldType
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from adapters.files.rows import Row

_DELIMITERS = (",", ";")
_USUAL = frozenset({"id", "email", "contact", "type", "occurred_at"})
_NO_NAME = ""
_QUOTES = "its quotes do not match"


def csv_table(handle: BinaryIO, shown: str) -> Table:
    """Return the table in `handle`; raises BadFile when it has no header that can be read."""
    lines = Lines(handle)
    delimiter, header = _header(lines)
    names, repeated = _unique([cell.strip() for cell in header])
    return Table(
        rows=_rows(lines, delimiter, names, shown),
        columns={name: FieldType.TEXT for name in names if name},
        problems=tuple(
            Problem(message="stands twice in the header; the first is read", file=shown, path=name)
            for name in repeated
        ),
    )


def _header(lines: Lines) -> tuple[str, Sequence[str]]:
    """Return the delimiter and the cells of the first row that is not blank."""
    while True:
        lines.begin()
        found = {delimiter: _first_row(lines, delimiter) for delimiter in _DELIMITERS}
        if lines.fault:
            raise BadFile(f"its header {lines.fault}")
        readable = {delimiter: cells for delimiter, cells in found.items() if cells is not None}
        if not readable:
            raise BadFile("its header cannot be read")
        best = max(readable, key=lambda delimiter: _likeness(readable[delimiter]))
        if next(csv.reader(lines, delimiter=best, strict=True)):
            return best, readable[best]


def _first_row(lines: Lines, delimiter: str) -> Sequence[str] | None:
    """Return the cells that come next, None when they cannot be read, and stay before them."""
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    except StopIteration:
        raise BadFile("is empty: a header is missing") from None
    finally:
        lines.give_back(keep=0)


def _likeness(cells: Sequence[str]) -> tuple[int, int]:
    return len(_USUAL.intersection(cell.strip() for cell in cells)), len(cells)


def _unique(names: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return `names` with all but the first of equal ones blanked, and those that were equal."""
    unique: list[str] = []
    repeated = []
    for name in names:
        if name and name in unique:
            repeated.append(name)
        unique.append(_NO_NAME if name in unique else name)
    return unique, repeated


def _rows(
    lines: Lines, delimiter: str, names: Sequence[str], shown: str
) -> Iterator[Row | Problem]:
    width = len(names)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = lines.begin()
        try:
            cells = next(reader)
            _refuse_hidden_row(lines, cells, delimiter, width)
        except StopIteration:
            return
        except csv.Error as error:
            last = _resume(lines, delimiter, width)
            yield Problem(message=_broken(error, line, last), file=shown, line=line)
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        if lines.fault:
            yield Problem(message=f"the row {lines.fault}", file=shown, line=line)
        elif any(map(str.strip, cells[width:])):
            text = f"the row has {len(cells)} cells, the header {width}"
            yield Problem(message=text, file=shown, line=line)
        elif any(map(str.strip, cells)):
            row: dict[str, object] = dict(zip(names, cells, strict=False))
            row.pop(_NO_NAME, None)
            yield line, row


def _broken(error: csv.Error, first: int, last: int) -> str:
    reason = "a cell is too long" if "field limit" in str(error) else _QUOTES
    rest = f"; lines {first} to {last} are left out" if last > first else ""
    return f"the row cannot be read: {reason}{rest}"


def _refuse_hidden_row(lines: Lines, cells: Sequence[str], delimiter: str, width: int) -> None:
    """Raise csv.Error when a record of the wrong width has swallowed a line that is a whole row.

    The last line does not count: it is where the quotes close, so the end of a cell.
    """
    inner = lines.taken[1:-1] if len(cells) != width else ()
    if any(_width([line], delimiter) == width for line in inner):
        raise csv.Error(_QUOTES)


def _width(lines: Iterable[str], delimiter: str) -> int | None:
    """Return the number of cells of the next record in `lines`, None when it is broken.

    Raises StopIteration when there is none.
    """
    try:
        return len(next(csv.reader(lines, delimiter=delimiter, strict=True)))
    except csv.Error:
        return None


def _resume(lines: Lines, delimiter: str, width: int) -> int:
    """Go to where a whole row begins again; return the number of the last line left out.

    A stray quote must not swallow the good rows after it, and the rest of a cell with line ends
    must not be taken for rows: so on with the first line that has as many cells as the header.
    """
    lines.give_back(keep=1)
    while True:
        first = lines.begin()
        try:
            is_whole = _width(lines, delimiter) == width
        except StopIteration:
            return first - 1
        lines.give_back(keep=0 if is_whole else 1)
        if is_whole:
            return first - 1
