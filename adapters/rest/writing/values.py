"""Values as an entry wants them written, and whether what is shown is what was written; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from adapters.rest.account import written_instant
from connector.domain.instants import BadInstant, parse_instant
from connector.domain.values import FieldType, Misfit, read_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.mapped.expressions import Json
    from connector.domain.values import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """How values are written."""

    dates: str = "iso"
    as_text: bool = False
    """Whether numbers and booleans are texts."""
    empty: str | None = None
    """What clears a field."""

    def of(self, value: Written) -> Json:
        """Return a value as it is sent."""
        match value:
            case None:
                return self.empty
            case bool():
                return ("true" if value else "false") if self.as_text else value
            case Decimal():
                return _plain(value) if self.as_text else _number(value)
            case datetime():
                told = written_instant(value, self.dates)
                return str(told) if self.as_text else told
            case str():
                return value

    def all_of(self, values: Mapping[str, Written]) -> Mapping[str, Json]:
        """Return what texts of requests take in for these values."""
        told = {name: self.of(value) for name, value in values.items()}
        fields = [{"name": name, "value": each} for name, each in told.items()]
        return {"values": told, "fields": fields}

    def shows(self, raw: Json, value: Written) -> bool:
        """Return whether `raw`, as it stands there, is the value that was written."""
        if value is None:
            return _is_empty(raw)
        if not isinstance(raw, bool) and bool(raw == self.of(value)):
            return True
        match value:
            case bool():
                return _read(raw, FieldType.BOOLEAN) is value
            case Decimal():
                return _read(raw, FieldType.NUMBER) == float(value)
            case datetime():
                return self._is_instant(raw, value)
            case str():
                return isinstance(raw, str) and raw.strip() == value.strip()

    def _is_instant(self, raw: Json, value: datetime) -> bool:
        """Return whether `raw` is the instant as finely as it was written."""
        try:
            return bool(self.of(parse_instant(raw)) == self.of(value))
        except BadInstant:
            return False


def _is_empty(raw: Json) -> bool:
    return raw is None or bool(raw in ("", []))


def _read(raw: Json, kind: FieldType) -> object:
    try:
        return read_value(raw, kind)
    except Misfit:
        return None


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _plain(value: Decimal) -> str:
    return f"{value:f}"
