"""Typed values of attributes and event properties, and how raw ones are read."""

from __future__ import annotations

import math
import re
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from connector.domain.emails import BadEmail, read_email
from connector.domain.instants import BadInstant, from_micros, parse_instant, to_micros

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value: TypeAlias = str | float | bool | datetime
"""A value that was read with its type. Numbers are floats, instants aware and in UTC."""

Stored: TypeAlias = str | float | bool | int
"""The same value as it stands in JSON: an instant is its microseconds since the epoch."""

Written: TypeAlias = str | Decimal | bool | datetime | None
"""A value to be written to a platform; a Decimal carries its digits, None clears the field."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no"})


class FieldType(Enum):
    """The type of an attribute or an event property."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    EMAIL = "email"


class Misfit(ValueError):
    """A raw value that does not fit the declared type."""


def read_value(raw: object, kind: FieldType) -> Value | None:
    """Return `raw` as a value of `kind`; blank text and None are None.

    Raises Misfit when it does not fit, with a sentence that never repeats the value.
    """
    if isinstance(raw, str):
        raw = raw.strip()
    if raw is None or raw == "":
        return None
    return _READERS[kind](raw)


def to_stored(value: Value) -> Stored:
    """Return `value` as it stands in JSON."""
    return to_micros(value) if isinstance(value, datetime) else value


def from_stored(stored: Stored, kind: FieldType) -> Value:
    """Return the value of `kind` that was stored as `stored`."""
    if kind is FieldType.DATETIME:
        return from_micros(int(stored))
    if kind is FieldType.NUMBER:
        return float(stored)
    return stored


def as_written(stored: Stored, kind: FieldType) -> Written:
    """Return a stored value of `kind` as it is written: a whole number without decimals."""
    value = from_stored(stored, kind)
    return decimal_of(value) if isinstance(value, float) else value


def decimal_of(number: float) -> Decimal:
    """Return a finite number with the digits it needs, a whole one with none."""
    return Decimal(int(number)) if number == int(number) else Decimal(repr(number))


def as_stored(written: Written) -> Stored | None:
    """Return what was written as it would be read back and stored; None where it was cleared."""
    if written is None:
        return None
    return float(written) if isinstance(written, Decimal) else to_stored(written)


def _text(raw: object) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, (str, int, float)):
        return str(raw)
    if isinstance(raw, datetime):
        return raw.isoformat()
    msg = "is not a text"
    raise Misfit(msg)


def _number(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        msg = "is not a number"
        raise Misfit(msg)
    if isinstance(raw, str) and not _NUMBER.fullmatch(raw):
        msg = "is not a number"
        raise Misfit(msg)
    try:
        number = float(raw)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        msg = "is not a finite number"
        raise Misfit(msg)
    return number


def _boolean(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    word = str(raw).lower() if isinstance(raw, (str, int)) else ""
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    msg = "is not true or false"
    raise Misfit(msg)


def _datetime(raw: object) -> datetime:
    try:
        return parse_instant(raw)
    except BadInstant as error:
        raise Misfit(str(error)) from error


def _email(raw: object) -> str:
    if not isinstance(raw, str):
        msg = "is not an e-mail address"
        raise Misfit(msg)
    try:
        return read_email(raw)
    except BadEmail as error:
        raise Misfit(str(error)) from error


_READERS: Mapping[FieldType, Callable[[object], Value]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATETIME: _datetime,
    FieldType.EMAIL: _email,
}
