"""Stored JSON to typed columns: one home for what becomes of a value that does not fit.

Measured: `Series.str.json_decode` is no faster over the thirty columns of a frame than
`json.loads` over a part joined to one array, refuses a whole batch for one misfit, and silently
reads `true` as the number 1. So the values are sorted by type here, column by column.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from connector.domain.frames import COLUMN_TYPES
from connector.domain.instants import to_micros
from connector.domain.values import FieldType, Misfit, Value, read_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Fields: TypeAlias = "Mapping[str, object]"

_SURROGATE = re.compile("[\ud800-\udfff]")
_INT64 = 2**63
_EXACT = 2**53
_FITTING: dict[FieldType, frozenset[type]] = {
    FieldType.TEXT: frozenset({str, type(None)}),
    FieldType.EMAIL: frozenset({str, type(None)}),
    FieldType.NUMBER: frozenset({float, type(None)}),
    FieldType.BOOLEAN: frozenset({bool, type(None)}),
    FieldType.DATETIME: frozenset({type(None)}),
}


def columns(texts: Sequence[str], types: Mapping[str, FieldType]) -> list[pl.Series]:
    """Return one column per name of `types` from JSON objects, one object a row.

    An absent name is NULL. A value kept under another type, as those of properties that were not
    declared when they came, is read as the declared one; what does not fit is NULL.
    """
    rows = objects(texts)
    present: set[str] = set().union(*rows)
    return [
        _column(name, [row.get(name) for row in rows], kind)
        if name in present
        else pl.repeat(None, len(rows), dtype=COLUMN_TYPES[kind], eager=True).alias(name)
        for name, kind in types.items()
    ]


def fitted(value: object, kind: FieldType) -> str | float | bool | int | None:
    """Return a stored value as one of `kind`, or None when it is none."""
    match kind:
        case FieldType.TEXT | FieldType.EMAIL:
            return _text(value)
        case FieldType.NUMBER:
            return _number(value)
        case FieldType.BOOLEAN:
            return _boolean(value)
        case FieldType.DATETIME:
            return _micros(value)


def whole(text: str) -> str:
    """Return a text that UTF-8 can hold: half a surrogate pair is no character."""
    return _SURROGATE.sub("\ufffd", text)


def objects(texts: Sequence[str]) -> list[Fields]:
    """Return what these JSON texts say; one that is no object is empty."""
    try:
        rows = json.loads(f"[{','.join(texts)}]")
    except ValueError:
        rows = []
    if len(rows) != len(texts):
        rows = [_one(text) for text in texts]
    return [row if isinstance(row, dict) else {} for row in rows]


def _one(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _column(name: str, values: list[object], kind: FieldType) -> pl.Series:
    if not set(map(type, values)) <= _FITTING[kind]:
        values = [fitted(value, kind) for value in values]
    if kind is FieldType.DATETIME:
        return pl.Series(name, values, dtype=pl.Int64).cast(COLUMN_TYPES[kind])
    try:
        return pl.Series(name, values, dtype=COLUMN_TYPES[kind])
    except UnicodeEncodeError:
        return pl.Series(
            name,
            [whole(value) if isinstance(value, str) else value for value in values],
            dtype=COLUMN_TYPES[kind],
        )


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))  # JSON's 12 is kept as a number, and its text is its digits
    return str(value) if isinstance(value, (int, float)) else None


def _number(value: object) -> float | None:
    number = _read(value, FieldType.NUMBER)
    return number if isinstance(number, float) else None


def _boolean(value: object) -> bool | None:
    if isinstance(value, float) and value in {0.0, 1.0}:
        return value == 1.0
    read = _read(value, FieldType.BOOLEAN)
    return read if isinstance(read, bool) else None


def _micros(value: object) -> int | None:
    """Return the microseconds of an instant: an integer is them, other numbers are an epoch."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < _INT64 else None
    read = _read(value, FieldType.DATETIME)
    return to_micros(read) if isinstance(read, datetime) else None


def _read(value: object, kind: FieldType) -> Value | None:
    try:
        return read_value(value, kind)
    except Misfit:
        return None
