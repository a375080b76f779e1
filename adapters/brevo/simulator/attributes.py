"""The attributes of an account, and what becomes of a value that is written to one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Category: TypeAlias = Literal["normal", "transactional", "category", "calculated", "global"]
Type: TypeAlias = Literal["text", "date", "float", "boolean", "id", "multiple-choice", "user"]

LONGEST_TEXT = 10_000
MOST_ATTRIBUTES = 200
PHONES = ("SMS", "WHATSAPP", "LANDLINE_NUMBER")
"""Attributes that are telephone numbers."""
_PHONE = re.compile(r"(?:\+|00)?([1-9]\d{5,18})")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?=$|[T ])")

DROPPED = object()
"""A value that Brevo takes without a word, and throws away."""
CLEARED = object()
"""No value: the attribute has none afterwards."""


@dataclass(slots=True, kw_only=True)
class Attribute:
    """A definition."""

    name: str
    """In capitals."""
    category: Category = "normal"
    type: Type = "text"
    """Of a category attribute Brevo says text."""
    labels: dict[str, str] = field(default_factory=dict)
    """Of a category: label by value."""
    options: list[str] = field(default_factory=list)
    """Of a multiple choice."""
    formula: str = ""
    """Of a calculated or global one."""

    def as_json(self) -> Mapping[str, object]:
        """Return how the list of attributes tells it."""
        told: dict[str, object] = {"name": self.name, "category": self.category}
        if self.category not in {"calculated", "global"}:
            told["type"] = self.type
        if self.formula:
            told["calculatedValue"] = self.formula
        if self.category == "category":
            # Since May 2026 `value` is 0 where the value is no number; `valueStr` has it always.
            told["enumeration"] = [
                {"value": int(value) if _is_number(value) else 0, "valueStr": value, "label": label}
                for value, label in self.labels.items()
            ]
        if self.type == "multiple-choice":
            told["multiCategoryOptions"] = list(self.options)
        return told

    def accepted(self, given: object, *, is_import: bool = False) -> object:
        """Return the value as it is kept, DROPPED when its type is wrong, or CLEARED.

        An import sets no booleans, and takes numbers that are written as text.
        """
        if given in ("", []):
            return CLEARED
        if self.category == "category":
            return self._choice(given)
        if self.name in PHONES:
            return phone_of(given) or DROPPED
        match self.type:
            case "float":
                kept = _number(given, is_import=is_import)
            case "boolean":
                kept = given if isinstance(given, bool) and not is_import else DROPPED
            case "date":
                kept = _day(given)
            case "multiple-choice":
                kept = self._choices(given)
            case _:
                is_text = isinstance(given, str) and len(given) <= LONGEST_TEXT
                kept = given if is_text else DROPPED
        return kept

    def _choice(self, given: object) -> object:
        """Return the value of a category, which is written as its value or its label."""
        if isinstance(given, bool):
            return DROPPED
        text = str(given)
        if text in self.labels:
            return text
        return next((value for value, label in self.labels.items() if label == given), DROPPED)

    def _choices(self, given: object) -> object:
        if not isinstance(given, list):
            return DROPPED
        known = [each for each in given if each in self.options]
        return known or DROPPED


def phone_of(given: object) -> str | None:
    """Return a telephone number as it is kept: its digits; None where it is none.

    It may be written `33612345678`, `+33612345678` or `0033612345678`.
    """
    found = _PHONE.fullmatch(given) if isinstance(given, str) else None
    return found.group(1) if found else None


def _number(given: object, *, is_import: bool) -> object:
    if isinstance(given, str) and is_import:
        try:
            given = float(given)
        except ValueError:
            return DROPPED
    if isinstance(given, bool) or not isinstance(given, int | float) or not isfinite(given):
        return DROPPED
    return int(given) if given == int(given) else given


def _day(given: object) -> object:
    """Return the day of a date or instant: dates have no time of day in Brevo."""
    found = _DATE.match(given) if isinstance(given, str) else None
    if found is None:
        return DROPPED
    try:
        return date.fromisoformat(found.group()).isoformat()
    except ValueError:
        return DROPPED


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit()


def of_a_new_account() -> dict[str, Attribute]:
    """Return the attributes that every account begins with, by name."""
    names = ("LASTNAME", "FIRSTNAME", "SMS", "EXT_ID", "WHATSAPP", "LANDLINE_NUMBER")
    texts = [Attribute(name=name) for name in names]
    opt_in = Attribute(name="DOUBLE_OPT-IN", category="category", labels={"1": "Yes", "2": "No"})
    return {each.name: each for each in (*texts, opt_in)}
