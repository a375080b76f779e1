"""What becomes of a value on its way into a field, and out of it."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from decimal import (  # fmt: skip
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    localcontext,
)
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import available_timezones

from adapters.mautic.simulator.php import entries, is_numeric, without_tags
from adapters.mautic.simulator.refusals import DatabaseError, invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from adapters.mautic.simulator.fields import Field

Value: TypeAlias = "str | float | bool | None"
"""What a column holds: numbers are floats, several options are one text with bars."""

COUNTRIES = frozenset({
    "Austria", "Belgium", "Brazil", "Canada", "France", "Germany", "Italy", "Japan", "Morocco",
    "Netherlands", "Poland", "Portugal", "Spain", "Sweden", "Switzerland", "United Kingdom",
    "United States",
})  # fmt: skip
"""Some of those that Mautic knows, by the only names that it takes."""
NOT_VALID = "This value is not valid."
_PLACES: Mapping[str, Callable[[], Collection[str]]] = {
    "country": lambda: COUNTRIES,
    "timezone": available_timezones,
}
"""The names that a field of a place takes, by its type."""
_LONGEST = 191
_SHORT = frozenset({"select", "url", "email", "tel", "country", "region", "timezone", "locale"})
"""Types whose letters no form counts, though their columns end."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_MOMENTS = frozenset({"date", "datetime", "time"})
_INSTANT = "%Y-%m-%d %H:%M:%S"
_ROUNDING = (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_DOWN,
    ROUND_UP,
    ROUND_HALF_EVEN,
    ROUND_HALF_DOWN,
    ROUND_HALF_UP,
)
_TRUE = frozenset({"1", "true", "on", "yes"})


class Ignored(Exception):
    """A value that is passed over as if it had not been sent."""


def parsed(field: Field, given: object) -> Value:
    """Return what the form makes of a value; raises Refusal, or Ignored.

    An empty text, and nothing at all, become None; of a date only the latter does.
    """
    text = text_of(field, given)
    if text == "" and field.type in _MOMENTS:
        raise Ignored
    if text is None or text == "":
        return None
    match field.type:
        case "number":
            return _number(field, text)
        case "boolean":
            return text.lower() in _TRUE
        case "date" | "datetime" | "time":
            return _moment(field, text)
        case "select" | "multiselect" | "country" | "timezone":
            _refuse_unknown(field, text)
        case "email" if not _EMAIL.fullmatch(text):
            # The value itself is told, without its blanks and without quotes.
            raise invalid(field.alias, f"{''.join(text.split())} is invalid.")
        case "url" if "://" not in text:
            text = f"http://{text}"
    _refuse_long(field, text)
    return text


def _refuse_long(field: Field, text: str) -> None:
    longest = field.letters or (_LONGEST if field.type in {"text", "lookup"} else None)
    if longest is not None and len(text) > longest:
        words = f"This value is too long. It should have {longest} characters or less."
        raise invalid(field.alias, words)
    if longest is None and field.type in _SHORT and len(text) > _LONGEST:
        raise DatabaseError(f"Data too long for column '{field.alias}' at row 1")


def text_of(field: Field, given: object) -> str | None:
    """Return a value of a request as PHP writes it; None for nothing."""
    if given is None or given is False:
        return None if field.type != "boolean" or given is None else "0"
    if given is True:
        return "1"
    if isinstance(given, dict | list):
        if field.type != "multiselect":
            raise invalid(field.alias, NOT_VALID)
        return "|".join(str(each) for _, each in entries(given))
    text = str(given)
    if isinstance(given, float) and given.is_integer() and math.isfinite(given):
        text = str(int(given))
    return (text if field.type == "html" else without_tags(text)).strip()


def _number(field: Field, text: str) -> float:
    if not is_numeric(text) or not math.isfinite(float(text)):
        raise invalid(field.alias, NOT_VALID)
    if not field.scale:
        return float(text)
    mode = _ROUNDING[int(field.properties.get("roundmode") or 0)]
    with localcontext() as context:
        context.prec = 60
        return float(Decimal(text).quantize(Decimal(1).scaleb(-field.scale), rounding=mode))


def _moment(field: Field, text: str) -> str:
    if not re.sub(r"[/\- 0:]", "", text):
        raise Ignored
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Ignored from None
    if at.tzinfo is not None:
        at = at.astimezone(UTC)
    match field.type:
        case "date":
            return at.strftime("%Y-%m-%d")
        case "time":
            return at.strftime("%H:%M:%S")
        case _:
            # The minute is as fine as the form goes.
            return at.strftime("%Y-%m-%d %H:%M:00")


def _refuse_unknown(field: Field, text: str) -> None:
    options = _PLACES[field.type]() if field.type in _PLACES else field.options()
    given = text.split("|") if field.type == "multiselect" else [text]
    if options is not None and not set(given) <= {*options}:
        raise invalid(field.alias, NOT_VALID)


def shown(field: Field, value: Value, *, in_list: bool) -> object:
    """Return a value as an answer tells it: from a list of contacts it comes as a text."""
    if value is None:
        return None
    match field.type:
        case "number":
            # Without a scale a number has no decimals, though the column keeps them.
            return float(value) if field.scale else int(float(value))
        case "boolean":
            return str(int(value)) if in_list else int(value)
        case _:
            return value


def is_zero(value: object, *, keeps_fractions: bool) -> bool:
    """Return whether POST and PATCH pass over a value."""
    if not is_numeric(value):
        return False
    number = float(str(value))
    return number == 0 if keeps_fractions else int(number) == 0


def at_text(at: datetime | None) -> str | None:
    """Return an instant as an answer tells it, in UTC."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def column_text(at: datetime) -> str:
    """Return an instant as a column tells it, in UTC."""
    return at.astimezone(UTC).strftime(_INSTANT)
