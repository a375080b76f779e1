"""Values as HubSpot is told them, and whether what it shows is what it was told; pure."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from adapters.hubspot.wire import read_instant
from connector.domain.instants import to_micros
from connector.domain.values import FieldType, Misfit, read_value

if TYPE_CHECKING:
    from connector.domain.values import Written

DATE = "date"
"""The type of a property that keeps days; every other one of instants keeps milliseconds."""

_MILLISECOND = 1000
_DAY = 86_400_000


def text_of(value: Written, kind: str | None = None) -> str:
    """Return `value` for a property of type `kind`, which matters for instants alone."""
    match value:
        case str():
            return value
        case Decimal():
            return format(value, "f")
        case bool():
            return "true" if value else "false"
        case None:
            return ""
        case datetime():
            milliseconds = to_micros(value) // _MILLISECOND
            return str(milliseconds - milliseconds % _DAY if kind == DATE else milliseconds)


def shows(raw: object, value: Written, kind: str | None = None) -> bool:
    """Return whether a property that reads `raw` was told `value`."""
    try:
        match value:
            case str():
                return isinstance(raw, str) and raw.strip() == value.strip()
            case Decimal():
                return read_value(raw, FieldType.NUMBER) == float(value)
            case bool():
                return read_value(raw, FieldType.BOOLEAN) is value
            case None:
                return raw in {None, ""}
            case datetime():
                return _shows_instant(raw, text_of(value, kind))
    except Misfit:
        return False


def _shows_instant(raw: object, told: str) -> bool:
    # Instants are told in milliseconds and shown in ISO 8601, days without a time.
    found = read_instant(raw)
    return isinstance(found, datetime) and to_micros(found) // _MILLISECOND == int(told)
