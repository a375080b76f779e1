"""Columns of the table that is written to: their types, and what values are in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import types
from sqlalchemy.dialects import mysql

from connector.domain.instants import iso
from connector.domain.values import FieldType, Misfit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.domain.values import Written

    Type = types.TypeEngine[Any]

LONGEST_KEY = 255
_MOST_DIGITS = 38
"""As many digits as keys of databases have at most."""
_KEYS: Mapping[type[types.TypeEngine[Any]], Callable[[str], object]] = {
    types.Integer: int,
    types.Numeric: Decimal,
    types.Uuid: UUID,
}
_SAME_TIME = timedelta(seconds=1)
"""Columns of times may keep whole seconds."""

_TEXT = types.Text().with_variant(types.String(4000), "oracle")
TYPES: Mapping[FieldType, Type] = {
    FieldType.TEXT: _TEXT,
    FieldType.EMAIL: _TEXT,
    FieldType.NUMBER: types.Double(),
    FieldType.BOOLEAN: types.Boolean(),
    FieldType.DATETIME: types.DateTime(timezone=True).with_variant(
        mysql.DATETIME(fsp=6), "mysql", "mariadb"
    ),
}
"""The types of columns that are made."""


def read_as(column: Type) -> Type:
    """Return the type to write and read a column by, which says more than that of the database.

    MySQL keeps truth in a TINYINT(1), and doubles would be cut to ten decimals.
    """
    if isinstance(column, mysql.TINYINT) and column.display_width == 1:
        return types.Boolean()
    return types.Double(asdecimal=False) if isinstance(column, types.Double) else column


def key_type(ids: type | None) -> Type:
    """Return the type of a key for ids of a type, so that tables can be joined by them."""
    if ids is UUID:
        return types.Uuid()
    if ids is Decimal:
        return types.Numeric(_MOST_DIGITS, 0)
    return types.BigInteger() if ids is int else types.String(LONGEST_KEY)


def kind_of_value(value: Written) -> FieldType:
    """Return the type of field that a value is for."""
    match value:
        case bool():
            return FieldType.BOOLEAN
        case Decimal():
            return FieldType.NUMBER
        case datetime():
            return FieldType.DATETIME
    return FieldType.TEXT


def kind_of_type(column: Type) -> FieldType:
    """Return the type of field that a column is."""
    match column:
        case types.Boolean():
            return FieldType.BOOLEAN
        case types.Numeric() | types.Float() | types.Integer():
            return FieldType.NUMBER
        case types.DateTime():
            return FieldType.DATETIME
    return FieldType.TEXT


def fitted(value: Written, column: Type) -> object:
    """Return `value` as the column takes it; raises Misfit, saying what the column is."""
    if value is None:
        return None
    if isinstance(column, types.String):
        return unpadded(_short_enough(_as_text(value), column), column)
    found = _as_its_type(value, column)
    if found is None:
        is_cut = isinstance(value, Decimal) and isinstance(column, types.Integer)
        kind = "decimals" if is_cut else f"{kind_of_value(value).value}s"
        msg = f"is of the type {type(column).__name__.upper()}, which takes no {kind}"
        raise Misfit(msg)
    if isinstance(found, (Decimal, int)) and not _has_room(found, column):
        msg = f"is of the type {column}, which is too small for a value"
        raise Misfit(msg)
    return found


def unpadded(value: object, column: Type) -> object:
    """Return what a column shows without the blanks that a CHAR fills a text up with."""
    return value.rstrip(" ") if isinstance(column, types.CHAR) and isinstance(value, str) else value


def is_same(written: object, seen: object) -> bool:
    """Return whether a column shows what was written to it."""
    if isinstance(written, datetime) and isinstance(seen, datetime):
        return abs(_utc(written) - _utc(seen)) < _SAME_TIME
    if isinstance(written, str) or isinstance(seen, str):
        return written == seen
    if written is None or seen is None:
        return written is seen
    is_number = isinstance(seen, (int, float, Decimal)) and isinstance(
        written, (int, float, Decimal)
    )
    return float(written) == float(seen) if is_number else written == seen  # type: ignore[arg-type]


def fitted_key(remote_id: str, column: Type) -> object:
    """Return an id as the key takes it; raises Misfit."""
    for kind, make in _KEYS.items():
        if isinstance(column, kind):
            try:
                key = make(remote_id)
            except (ValueError, ArithmeticError):
                key = None
            is_beyond = isinstance(key, int) and not _has_room(key, column)
            if is_beyond or str(key) != remote_id:
                msg = f"is a {type(column).__name__.upper()}, which this id is not"
                raise Misfit(msg)
            return key
    length = getattr(column, "length", None)
    if length is not None and len(remote_id) > length:
        msg = f"takes {length} characters, and this id has more"
        raise Misfit(msg)
    return remote_id


def _as_text(value: Written) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value or abs(value), "f")
        case datetime():
            return iso(value)
    return str(value)


def _short_enough(text: str, column: types.String) -> str:
    if column.length is not None and len(text) > column.length:
        msg = f"takes {column.length} characters, and a value has more"
        raise Misfit(msg)
    return text


def _has_room(value: Decimal | int, column: Type) -> bool:
    """Return whether a column has as many digits before the point.

    No driver is given a whole number that no database has room for: some fail on it themselves.
    """
    if isinstance(value, int):
        beyond = 2**64 if getattr(column, "unsigned", False) else 2**63
        return -beyond < value < beyond
    precision, scale = getattr(column, "precision", None), getattr(column, "scale", None) or 0
    if precision is None:
        return True
    # What is cut off may be rounded up.
    half = Decimal(5).scaleb(-scale - 1)
    most = Decimal(10) ** int(precision - scale)
    return abs(value) + half < most


def _as_its_type(value: Written, column: Type) -> object:
    found: object = None
    match value, column:
        case bool(), types.Boolean():
            found = value
        case bool(), types.Integer():
            found = int(value)
        case Decimal(), types.Integer() if value == value.to_integral_value():
            found = int(value)
        case Decimal(), types.Float():
            found = float(value)
        case Decimal(), types.Numeric():
            found = value
        case datetime(), types.DateTime():
            found = value if column.timezone else value.astimezone(UTC).replace(tzinfo=None)
    return found


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
