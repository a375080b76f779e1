"""JSON lines: an object a line; a bad line costs itself alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, BinaryIO

from adapters.files.lines import Lines
from adapters.files.rows import Table
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.files.rows import Row

_MOST_DIGITS = 640
"""Python always converts integers of this many digits; longer ones stay text."""


def jsonl_table(handle: BinaryIO, shown: str) -> Table:
    """Return the table in `handle`; raises BadFile when it is no UTF-8 text."""
    return Table(rows=_rows(Lines(handle), shown))


def _rows(lines: Lines, shown: str) -> Iterator[Row | Problem]:
    decoder = json.JSONDecoder(parse_int=_whole)
    while True:
        number = lines.begin()
        text = next(lines, None)
        if text is None:
            return
        if lines.fault:
            yield Problem(message=f"the line {lines.fault}", file=shown, line=number)
        elif stripped := text.strip():
            row = _object(decoder, stripped)
            yield (
                Problem(message=row, file=shown, line=number)
                if isinstance(row, str)
                else (number, row)
            )


def _object(decoder: json.JSONDecoder, text: str) -> dict[str, object] | str:
    """Return the object in `text`, or what is wrong with it."""
    try:
        found: object = decoder.decode(text)
    except json.JSONDecodeError as error:
        return f"the line is not JSON ({error.msg.lower()} at character {error.pos + 1})"
    except RecursionError:
        return "the line is nested too deeply"
    return found if isinstance(found, dict) else "the line is not a JSON object"


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits
