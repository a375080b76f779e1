"""How one raw value is read that a person or a foreign tool wrote: in a file, in a request."""

from __future__ import annotations

import json
import math
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from connector.domain.instants import BadInstant, iso, parse_instant
from connector.domain.values import FieldType, Misfit, read_value

if TYPE_CHECKING:
    from connector.domain.values import Value

LONGEST_TEXT = 131_072
"""Characters of the longest value that is read; the csv module has the same limit."""

_TEXT, _NUMBER, _DATETIME = FieldType.TEXT, FieldType.NUMBER, FieldType.DATETIME
_EXACT_UP_TO = 2**53


def read_cell(raw: object, kind: FieldType | None) -> Value | None:
    """Return `raw` as a value of `kind`, or as what it is when `kind` is None; blank is None.

    Raises Misfit, with a sentence that never repeats the value.
    """
    if isinstance(raw, str):
        if kind is None or kind is _TEXT:
            return _text(raw)
        if kind is _NUMBER:
            return _number_of(raw)
    elif isinstance(raw, float) and not math.isfinite(raw):
        raise Misfit("is not a finite number")
    if kind is _DATETIME:
        return read_instant(raw)
    value = _as_it_is(raw) if kind is None else read_value(raw, kind)
    if isinstance(value, str):
        refuse_unstorable(value)
    return value


def read_instant(raw: object) -> datetime | None:
    """Return the instant that `raw` means, None when it is blank; raises Misfit."""
    try:
        if not isinstance(raw, str):
            return None if raw is None else parse_instant(raw)
        return _instant_of(raw) if raw.strip() else None
    except BadInstant as error:
        raise Misfit(str(error)) from error


@lru_cache(maxsize=1_024)
def is_storable(name: str) -> bool:
    """Return whether `name` can be kept as the name of a property."""
    try:
        refuse_unstorable(name)
    except Misfit:
        return False
    return True


@lru_cache(maxsize=16_384)
def _number_of(raw: str) -> Value | None:
    return read_value(raw, _NUMBER)


_instant_of = lru_cache(maxsize=16_384)(parse_instant)


def _text(raw: str) -> str | None:
    text = raw.strip()
    if not text:
        return None
    if len(text) > LONGEST_TEXT or not text.isascii() or "\0" in text:
        refuse_unstorable(text)
    return text


def _as_it_is(raw: object) -> Value | None:
    """Return a value nobody has declared, and that is no text, in the nearest type."""
    if raw is None or isinstance(raw, (bool, float)):
        return raw
    if isinstance(raw, int):
        return float(raw) if abs(raw) <= _EXACT_UP_TO else str(raw)
    if isinstance(raw, (dict, list)):
        return _as_json(raw)
    if isinstance(raw, datetime):
        return iso(parse_instant(raw))
    raise Misfit("is neither text, number, boolean nor instant")


def _as_json(raw: object) -> str:
    try:
        return json.dumps(
            raw, allow_nan=False, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
    except (TypeError, ValueError, RecursionError) as error:
        raise Misfit("cannot be kept as JSON") from error


def refuse_unstorable(text: str) -> None:
    """Raise Misfit when `text` cannot be kept in every file and database."""
    if len(text) > LONGEST_TEXT:
        raise Misfit(f"is longer than {LONGEST_TEXT:,} characters")
    if "\0" in text:
        raise Misfit("holds a NUL character")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise Misfit("is not valid Unicode") from error
