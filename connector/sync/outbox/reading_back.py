"""Whether values read back from a platform are those that were written; pure."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.domain.values import FieldType, Misfit, read_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.domain.values import Written


def shows(present: Mapping[str, object] | None, wanted: Mapping[str, Written]) -> bool:
    """Return whether a record's `present` raw values are those `wanted`; None: there is none."""
    return present is not None and all(
        _is_equal(present.get(name), value) for name, value in wanted.items()
    )


def _is_equal(raw: object, value: Written) -> bool:
    try:
        match value:
            case None:
                return read_value(raw, FieldType.TEXT) is None
            case bool():
                return read_value(raw, FieldType.BOOLEAN) is value
            case Decimal():
                return read_value(raw, FieldType.NUMBER) == float(value)
            case datetime():
                return read_value(raw, FieldType.DATETIME) == value
            case _:
                return read_value(raw, FieldType.TEXT) == value.strip()
    except Misfit:
        return False
