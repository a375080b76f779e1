"""Values as Mautic is told them, and whether what it shows is what it was told; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from math import inf
from typing import TYPE_CHECKING

from adapters.mautic.definitions import BOOLEAN, DAY, NUMBER, SEVERAL
from adapters.mautic.writing.numbers import is_dropped, number_in, stand_in
from connector.domain.sameness import means
from connector.domain.values import FieldType, Misfit, read_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.http import Json
    from adapters.mautic.config import Zero
    from adapters.mautic.definitions import Definition
    from adapters.mautic.versions import Version
    from connector.domain.values import Written

BLANK = None
"""What empties a field, where blanks overwrite; an empty text leaves a date as it is."""

_EMPTY = ""
_BETWEEN = "|"
_ADDRESS = "url"
_COUNTS: Version = (5, 1)
"""The first version that counts the letters of fields other than texts."""
_COUNTED = frozenset({_ADDRESS, "email", "select"})
_MOST_COUNTED = 255
_UNCOUNTED = frozenset({"tel", "country", "region", "timezone", "locale"})
_LETTERS = 191
"""Of a column, unless an administrator gave it more."""
_TYPES: Mapping[type, FieldType] = {
    str: FieldType.TEXT,
    Decimal: FieldType.NUMBER,
    bool: FieldType.BOOLEAN,
    datetime: FieldType.DATETIME,
}
_TEXTS = frozenset({FieldType.TEXT, FieldType.EMAIL})


class Unfit(ValueError):
    """A value that its field cannot take; says why, and never what the value is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What decides how values are told."""

    version: Version | None
    zero: Zero


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One value, as it is told."""

    raw: Json
    """What is sent; BLANK for nothing."""
    value: Written
    """What the field should show then."""
    field: Definition
    is_stand_in: bool = False
    """Whether it stands for a value that Mautic does not keep."""

    def is_shown_by(self, raw: Json) -> bool:
        """Return whether a field that reads `raw` was told this."""
        if isinstance(raw, list):
            raw = _BETWEEN.join(map(str, raw))
        if self.value is None:
            # In the answer to its emptying a number reads 0, and nothing from then on.
            return raw in {None, _EMPTY} or (self.field.kind == NUMBER and _is_zero(raw))
        if self.field.kind == NUMBER and isinstance(self.value, Decimal):
            return _is_cut(raw, self.value, self.field.decimals)
        if self.field.kind == SEVERAL and isinstance(raw, str):
            # Mautic may list what was chosen in its own order.
            return set(raw.split(_BETWEEN)) == set(str(self.value).split(_BETWEEN))
        return means(raw, self.value)

    def is_kept_otherwise(self, raw: Json, wanted: Written) -> bool:
        """Return whether a field that reads `raw` will go on showing something else than wanted."""
        return self.is_stand_in or (self.value is not None and not means(raw, wanted))


def told(value: Written, field: Definition, rules: Rules, *, is_copy: bool) -> Told:
    """Return how `value` is told; raises Unfit where its field does not take it as it is.

    Nothing may stand for a value that `is_copy` but itself.
    """
    _check_type(value, field)
    match value:
        case None:
            return Told(raw=BLANK, value=None, field=field)
        case bool():
            return Told(
                raw=value if field.kind == BOOLEAN else _word(value), value=value, field=field
            )
        case datetime():
            return Told(raw=_instant(value, field), value=value, field=field)
        case Decimal():
            return _number(value, field, rules, is_copy=is_copy)
        case str():
            return _text(value, field, rules, is_copy=is_copy)


def _check_type(value: Written, field: Definition) -> None:
    if value is None:
        return
    wanted = _TYPES[type(value)]
    if field.type is not wanted and field.type not in _TEXTS:
        msg = f"the field `{field.name}` is a {field.type.value}"
        raise Unfit(msg)


def _number(value: Decimal, field: Definition, rules: Rules, *, is_copy: bool) -> Told:
    written: Decimal | None = value
    if is_dropped(value, rules.version):
        _check_copy(field, "drops a number such as 0", is_copy=is_copy)
        has_decimals = field.kind != NUMBER or field.decimals > 0
        written = stand_in(value, rules.zero, has_decimals=has_decimals)
    elif is_copy and field.kind == NUMBER and not _fits(value, field.decimals):
        _check_copy(field, "cuts decimals off", is_copy=True)
    if written is None:
        return Told(raw=BLANK, value=None, field=field, is_stand_in=True)
    raw: Json = _json_number(written) if field.kind == NUMBER else format(written, "f")
    shown: Written = written if field.kind == NUMBER else str(raw)
    return Told(raw=raw, value=shown, field=field, is_stand_in=written != value)


def _text(value: str, field: Definition, rules: Rules, *, is_copy: bool) -> Told:
    if "<" in value or unescape(value) != value:
        msg = f"Mautic changes a text with `<` or `&…;` that is written to `{field.name}`"
        raise Unfit(msg)
    if field.kind == _ADDRESS and value and "://" not in value:
        msg = f"Mautic puts http:// before what is written to `{field.name}` without it"
        raise Unfit(msg)
    if len(value) > _longest(field, rules):
        msg = f"a text that is written to `{field.name}` is too long for it"
        raise Unfit(msg)
    if field.options is not None:
        chosen = value.split(_BETWEEN) if field.kind == SEVERAL else [value]
        if not {each for each in chosen if each} <= set(field.options):
            msg = f"the field `{field.name}` lacks an option that is written to it"
            raise Unfit(msg)
    number = number_in(value)
    if number is not None and is_dropped(number, rules.version):
        _check_copy(field, "drops a text such as 0", is_copy=is_copy)
        return Told(raw=BLANK, value=None, field=field, is_stand_in=True)
    return Told(raw=value or BLANK, value=value or None, field=field)


def _longest(field: Definition, rules: Rules) -> float:
    """Return how many letters the column of a field has where Mautic does not count them itself.

    What is longer would be an error of its database, and of all that goes along with it.
    """
    if field.kind in _COUNTED and rules.version is not None and rules.version >= _COUNTS:
        return _MOST_COUNTED
    return _LETTERS if field.kind in _UNCOUNTED | _COUNTED else inf


def _check_copy(field: Definition, what: str, *, is_copy: bool) -> None:
    """Raise Unfit where another value would stand for a copy, and come back as news."""
    if is_copy:
        msg = f"Mautic {what}, and nothing else is copied to `{field.name}` instead"
        raise Unfit(msg)


def _instant(value: datetime, field: Definition) -> str:
    """Return an instant with its offset: without one Mautic takes it for local time."""
    at = value.astimezone(UTC)
    return f"{at:%Y-%m-%d}" if field.kind == DAY else f"{at:%Y-%m-%dT%H:%M:%S}+00:00"


def _word(value: bool) -> str:  # noqa: FBT001 - the value itself
    return "true" if value else "false"


def _json_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _fits(value: Decimal, decimals: int) -> bool:
    """Return whether a number has no more decimals than that."""
    return -int(value.normalize().as_tuple().exponent) <= decimals


def _is_zero(raw: Json) -> bool:
    try:
        return read_value(raw, FieldType.NUMBER) == 0
    except Misfit:
        return False


def _is_cut(raw: Json, value: Decimal, decimals: int) -> bool:
    """Return whether `raw` is a number, or what is left of it once decimals were cut off."""
    try:
        seen = read_value(raw, FieldType.NUMBER)
    except Misfit:
        return False
    if not isinstance(seen, float):
        return False
    return seen == float(value) or abs(Decimal(repr(seen)) - value) < Decimal(1).scaleb(-decimals)
