"""Values as Brevo takes them, and whether what it shows is what was written; pure.

Brevo drops a value of the wrong type without a word. So nothing is sent that does not fit the
attribute as it is, and what was sent is compared with what is shown afterwards.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from adapters.brevo.wire import OPTION_MARK, plain_value
from connector.domain.instants import iso
from connector.domain.values import FieldType, Misfit, read_value

if TYPE_CHECKING:
    from adapters.brevo.attributes import Definition
    from connector.domain.values import Written

Sent: TypeAlias = "str | int | float | bool | list[str]"
"""A value in the body of a request; an empty text clears the attribute."""

CLEARED = ""
LONGEST_TEXT = 10_000
_ALONE = frozenset({"boolean", "category", "multiple-choice"})
"""Types of which an import is not trusted: it sets no booleans, and of options nobody says."""


class Unfit(ValueError):
    """A value that the attribute does not take, in words that do not repeat it."""


class Unready(ValueError):
    """An attribute that takes no such value until somebody changes it."""


def sent_as(value: Written, definition: Definition) -> Sent:
    """Return `value` as it is sent to the attribute.

    Raises Unfit where Brevo would drop it, and Unready where it would drop all such values.
    """
    if not definition.is_writable:
        msg = f"the attribute {definition.name} is not to be written"
        raise Unready(msg)
    if value is None or value == "":
        return CLEARED
    sent = _fitting(value, definition)
    if sent is None:
        kind = _kind_of(value).value
        msg = f"the attribute {definition.name} is a {definition.type}, which takes no {kind}"
        raise Unready(msg)
    return sent


def _fitting(value: Written, definition: Definition) -> Sent | None:
    """Return a value as an attribute of this type takes it, None where it takes none such."""
    sent: Sent | None = None
    match definition.type, value:
        case "float", Decimal():
            sent = int(value) if value == value.to_integral_value() else float(value)
        case "boolean", bool():
            sent = value
        case "date", datetime():
            sent = value.astimezone(UTC).date().isoformat()
        case "category", str():
            sent = _choice(value, definition)
        case "multiple-choice", str():
            sent = _choices(value, definition)
        case "text", _:
            sent = _text(value, definition)
    return sent


def goes_alone(value: Written) -> bool:
    """Return whether no import is trusted with this value, whatever its attribute is."""
    return value is None or value == "" or isinstance(value, bool)


def is_for_import(sent: Sent, definition: Definition) -> bool:
    """Return whether an import can be trusted with this value.

    It leaves alone what is to be cleared, since it is told not to empty anything.
    """
    return sent != CLEARED and definition.type not in _ALONE


def shows(raw: object, sent: Sent, definition: Definition) -> bool:
    """Return whether an attribute that reads `raw` has taken what was `sent`."""
    shown = plain_value(raw)
    if sent == CLEARED:
        return shown is None or shown == ""
    if isinstance(sent, bool):
        return shown is sent
    if isinstance(sent, (int, float)):
        return _is_number(shown, float(sent))
    if isinstance(sent, list):
        return isinstance(raw, list) and {str(each) for each in raw} == set(sent)
    return _is_text(str(shown), sent, definition)


def is_kept_otherwise(raw: object, value: Written) -> bool:
    """Return whether `raw` reads as another value than the one written, though it was taken.

    A date has no time of day, an option may be shown by its number.
    """
    if value is None:
        return False
    try:
        return read_value(plain_value(raw), _kind_of(value)) != _comparable(value)
    except Misfit:
        return True


def _comparable(value: Written) -> object:
    if isinstance(value, Decimal):
        return float(value)
    return value.strip() if isinstance(value, str) else value


def _is_text(shown: str, sent: str, definition: Definition) -> bool:
    if definition.type == "date":
        return shown[: len(sent)] == sent
    if definition.type == "category":
        return shown in {sent, definition.labels.get(sent)}
    return shown.strip() == sent.strip()


def _is_number(shown: object, wanted: float) -> bool:
    try:
        return read_value(shown, FieldType.NUMBER) == wanted
    except Misfit:
        return False


def _text(value: Written, definition: Definition) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return iso(value)
    text = value or CLEARED
    if len(text) > LONGEST_TEXT:
        msg = f"the attribute {definition.name} takes at most {LONGEST_TEXT:,} characters"
        raise Unfit(msg)
    return text


def _choice(value: str, definition: Definition) -> str:
    """Return the value of the option that is called so."""
    for option, label in definition.labels.items():
        if value in {label, option}:
            return option
    msg = f"the attribute {definition.name} has no such option"
    raise Unready(msg)


def _choices(value: str, definition: Definition) -> list[str]:
    chosen = [each.strip() for each in value.split(OPTION_MARK) if each.strip()]
    if definition.options is not None and not set(chosen) <= set(definition.options):
        msg = f"the attribute {definition.name} has no such option"
        raise Unready(msg)
    return chosen


def _kind_of(value: Written) -> FieldType:
    match value:
        case bool():
            return FieldType.BOOLEAN
        case Decimal():
            return FieldType.NUMBER
        case datetime():
            return FieldType.DATETIME
    return FieldType.TEXT
