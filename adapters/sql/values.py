"""Values as drivers return them: as cells are read everywhere, and as places in a walk."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from zoneinfo import ZoneInfo

Stored: TypeAlias = "list[str]"
"""The type of a value and its text, for a cursor."""

_MOST_DIGITS = 300
"""What has more is beyond all that is counted, and would take long to spell."""


def cell_of(value: object, zone: ZoneInfo) -> object:
    """Return `value` as JSON would have it, a time without a zone as one of `zone`."""
    found = value
    match value:
        case datetime():
            found = aware(value, zone)
        case date() | time():
            found = value.isoformat()
        case Decimal():
            found = _number(value)
        case timedelta():
            found = value.total_seconds()
        case UUID():
            found = str(value)
        case list() | tuple():
            found = [_inner(each, zone) for each in value]
        case dict():
            found = {str(name): _inner(each, zone) for name, each in value.items()}
    return found


def text_of(value: object) -> object:
    """Return an id as a text; what cannot be one as it is."""
    if isinstance(value, Decimal):
        return str(_number(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (int, UUID)) else value


def aware(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return an instant of `zone`, unless it says its own, in UTC."""
    return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC)


def stored(value: object) -> Stored | None:
    """Return a value as it stands in a cursor; None for one by which nothing can be ordered."""
    for name, (kind, _) in _KINDS.items():
        if type(value) is kind:
            return [name, value.isoformat() if isinstance(value, date) else str(value)]
    return None


def can_be_stored(value: object) -> bool:
    """Return whether a value can stand in a cursor."""
    return stored(value) is not None


def restored(value: Stored) -> object:
    """Return the value that was stored; raises ValueError or ArithmeticError when it is none."""
    name, text = value
    return _KINDS[name][1](text)


_KINDS: Mapping[str, tuple[type, Callable[[str], object]]] = {
    "text": (str, str),
    "int": (int, int),
    "decimal": (Decimal, Decimal),
    "float": (float, float),
    "datetime": (datetime, datetime.fromisoformat),
    "date": (date, date.fromisoformat),
    "uuid": (UUID, UUID),
}


def _number(value: Decimal) -> int | float:
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        return float(value)
    return int(value) if value == value.to_integral_value() else float(value)


def _inner(value: object, zone: ZoneInfo) -> object:
    found = cell_of(value, zone)
    return found.isoformat() if isinstance(found, datetime) else found
