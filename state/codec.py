"""Values of ours as JSON and back, exactly: a number keeps its digits, a float its bits."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from pydantic_core import to_json

from connector.domain.instants import iso, parse_instant
from connector.domain.outbound import Desired

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from connector.domain.values import Stored, Written

Encoded: TypeAlias = "str | bool | dict[str, str] | None"

_NO_NAMES: frozenset[str] = frozenset()

_encode_anything = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _encode(value: object) -> str:
    try:
        # Three times as quick, and most of what is stored passes here.
        return to_json(value).decode()
    except ValueError:
        # Half a surrogate pair, as strangers send it.
        return _encode_anything(value)


def stored_to_json(values: Mapping[str, Stored]) -> str:
    """Return typed values as a JSON object."""
    return _encode(dict(values)) if values else "{}"


def stored_from_json(text: str) -> dict[str, Stored]:
    """Return the values that `stored_to_json` was given."""
    values: dict[str, Stored] = {} if text == "{}" else json.loads(text)
    return values


def written_to_json(values: Mapping[str, Written]) -> str:
    """Return values to be written as JSON: ``{"number": "12.0"}``, ``{"instant": "...Z"}``."""
    return _encode({name: _written(value) for name, value in values.items()})


def written_from_json(text: str) -> dict[str, Written]:
    """Return the values that `written_to_json` was given; an instant comes back in UTC."""
    encoded: dict[str, Encoded] = json.loads(text)
    return {name: _unwritten(value) for name, value in encoded.items()}


def desired_to_json(desired: Desired) -> str:
    """Return a state of a contact on a platform as JSON; what it does not say is left out."""
    parts: dict[str, object] = {}
    if desired.attributes:
        parts["attributes"] = {name: _written(each) for name, each in desired.attributes.items()}
    if desired.lists:
        parts["lists"] = dict(desired.lists)
    if desired.tags:
        parts["tags"] = dict(desired.tags)
    if desired.stage is not None:
        parts["stage"] = desired.stage
    if desired.overruled:
        parts["overruled"] = {name: _written(each) for name, each in desired.overruled.items()}
    return _encode(parts) if parts else "{}"


def desired_from_json(text: str) -> Desired:
    """Return the state that `desired_to_json` was given."""
    if text == "{}":
        return Desired()
    parts = json.loads(text)
    attributes = parts.get("attributes", {})
    return Desired(
        attributes={name: _unwritten(value) for name, value in attributes.items()},
        lists=parts.get("lists", {}),
        tags=parts.get("tags", {}),
        stage=parts.get("stage"),
        overruled={key: _unwritten(each) for key, each in parts.get("overruled", {}).items()},
    )


def names_to_json(names: Collection[str]) -> str:
    """Return names as a sorted JSON array: equal sets give equal text."""
    return _encode(sorted(names)) if names else "[]"


def names_from_json(text: str) -> frozenset[str]:
    """Return the names that `names_to_json` was given."""
    return _NO_NAMES if text == "[]" else frozenset(json.loads(text))


def _written(value: Written) -> Encoded:
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, datetime):
        return {"instant": iso(value)}
    return value


def _unwritten(value: Encoded) -> Written:
    if not isinstance(value, dict):
        return value
    if "number" in value:
        return Decimal(value["number"])
    return parse_instant(value["instant"])
