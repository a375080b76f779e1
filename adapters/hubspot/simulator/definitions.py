"""Properties of objects: what they are, and what values they take."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from adapters.hubspot.simulator.refusals import bad_property
from adapters.hubspot.simulator.times import DAY, iso, read_ms

if TYPE_CHECKING:
    from collections.abc import Mapping

Comparable: TypeAlias = int | float | str

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_LONGEST = 65_536

FIELD_TYPES = {
    "string": {"text", "textarea", "html", "file", "phonenumber", "calculation_equation"},
    "number": {"number", "calculation_equation"},
    "bool": {"booleancheckbox", "calculation_equation"},
    "date": {"date"},
    "datetime": {"date"},
    "enumeration": {"select", "radio", "checkbox", "booleancheckbox"},
    "phone_number": {"phonenumber"},
}
"""Which fields a form may show for a type."""


@dataclass(slots=True, kw_only=True)
class Option:
    """A value that an enumeration takes."""

    label: str
    value: str

    def as_json(self, order: int) -> Mapping[str, Any]:
        """Return it as HubSpot tells it."""
        return {
            "label": self.label,
            "value": self.value,
            "displayOrder": order,
            "hidden": False,
            "description": "",
        }


@dataclass(slots=True, kw_only=True)
class Definition:
    """A property of one type of objects."""

    name: str
    label: str
    type: str
    field_type: str
    group: str
    description: str = ""
    options: tuple[Option, ...] = ()
    is_unique: bool = False
    is_read_only: bool = False
    is_hubspots: bool = False
    is_archived: bool = False
    created_ms: int = 0
    updated_ms: int = 0

    def as_json(self) -> Mapping[str, Any]:
        """Return it as HubSpot tells it."""
        return {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "groupName": self.group,
            "description": self.description,
            "options": [each.as_json(order) for order, each in enumerate(self.options)],
            "displayOrder": -1,
            "calculated": False,
            "externalOptions": False,
            "hasUniqueValue": self.is_unique,
            "hidden": False,
            "formField": not self.is_read_only,
            "hubspotDefined": self.is_hubspots,
            "archived": self.is_archived,
            "createdAt": iso(self.created_ms),
            "updatedAt": iso(self.updated_ms),
            "modificationMetadata": {
                "archivable": not self.is_hubspots,
                "readOnlyDefinition": self.is_hubspots,
                "readOnlyValue": self.is_read_only,
            },
        }

    def kept(self, value: object) -> str | None:
        """Return how a written value is kept; None for one that is cleared.

        Raises Refusal for a value that the property does not take.
        """
        if self.is_read_only:
            message = f'"{self.name}" is a read only property; its value cannot be set.'
            raise bad_property(self.name, "READ_ONLY_VALUE", message)
        if value is None or value == "":
            return None
        text = _text(value)
        return self._checked(text)

    def comparable(self, text: str) -> Comparable:
        """Return a value as searches compare it; raises ValueError when it is none."""
        match self.type:
            case "number":
                return int(text) if text.removeprefix("-").isdecimal() else float(text)
            case "date" | "datetime":
                return read_ms(text)
        return text.lower()

    def _checked(self, text: str) -> str:
        match self.type:
            case "number" if not _NUMBER.fullmatch(text):
                raise self._refused("INVALID_INTEGER", text, "a valid number")
            case "bool" if text.lower() not in {"true", "false"}:
                raise self._refused("INVALID_BOOLEAN", text, "true or false")
            case "bool":
                return text.lower()
            case "date" | "datetime":
                return self._instant(text)
            case "enumeration":
                return self._chosen(text)
            case "string" if self.name == "email":
                return self._address(text)
        if len(text) > _LONGEST:
            raise self._refused("PROPERTY_VALUE_TOO_LONG", "the value", "short enough")
        return text

    def _instant(self, text: str) -> str:
        try:
            ms = read_ms(text)
        except (ValueError, OverflowError):
            raise self._refused("INVALID_LONG", text, "a valid long") from None
        if self.type == "datetime":
            return iso(ms)
        if ms % DAY:
            raise self._refused("INVALID_DATE", text, "at midnight UTC")
        return iso(ms)[:10]

    def _chosen(self, text: str) -> str:
        chosen = text.split(";") if self.field_type == "checkbox" else [text]
        allowed = {each.value for each in self.options}
        for each in chosen:
            if each and each not in allowed:
                message = f"{each} was not one of the allowed options: {sorted(allowed)}"
                raise bad_property(self.name, "INVALID_OPTION", message)
        return text

    def _address(self, text: str) -> str:
        if not _ADDRESS.fullmatch(text):
            message = f"Email address {text} is invalid"
            raise bad_property(self.name, "INVALID_EMAIL", message)
        return text.lower()

    def _refused(self, code: str, text: str, wanted: str) -> Exception:
        return bad_property(self.name, code, f"{text} was not {wanted}.")


def default_field_type(value_type: str) -> str:
    """Return the field that shows a type when nobody says which."""
    usual = {"string": "text", "enumeration": "select"}
    return usual.get(value_type) or min(FIELD_TYPES[value_type] - {"calculation_equation"})


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return str(int(value))
    return str(value)
