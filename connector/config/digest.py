"""One short text for all that scores and decisions depend on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from connector.conditions.expression import Expression
from connector.domain.durations import format_duration
from connector.scoring.model import Target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.domain.attributes import Attribute
    from connector.scoring.model import Model

CLASS = "class"
"""The key that says which kind of rule, decay or the like a value is; no field is called so."""

_LENGTH = 16
"""Bytes: two models never meet by chance."""


def source_of(model: Model, attributes: Mapping[str, Attribute]) -> str:
    """Return `model`, without the digest it holds, and who wins attributes, as canonical JSON.

    Equal meaning gives equal texts: neither files, comments, order of keys nor the way in which
    a number or a duration was written is part of it.
    """
    content = _plain_fields(model, without="digest") | {"attributes": _plain(attributes)}
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(source: str) -> str:
    """Return the digest of what `source_of` returned."""
    return hashlib.blake2b(source.encode(), digest_size=_LENGTH).hexdigest()


def _plain(value: object) -> object:  # noqa: PLR0911 - one line for each kind of value
    if isinstance(value, Expression):
        return value.text.strip()
    if isinstance(value, Target):
        by_name = {each.field: each for each in value.attributes}
        lists = {each.name: each for each in value.lists}
        copies = {each.field: each for each in value.copies}
        own = _plain_fields(value, without="attributes")
        return own | {
            "lists": _plain(lists),
            "attributes": _plain(by_name),
            "copies": _plain(copies),
        }
    if is_dataclass(value):
        return {CLASS: type(value).__name__} | _plain_fields(value)
    if isinstance(value, timedelta):
        return format_duration(value)
    if isinstance(value, ZoneInfo):
        return value.key
    if isinstance(value, Enum):
        return value.value
    return _plain_collection(value)


def _plain_collection(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, frozenset):
        return sorted(list(each) for each in value)
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _plain_fields(value: object, *, without: str = "") -> dict[str, object]:
    """Return the fields of a value that say something: each has one meaning where it is absent."""
    if not is_dataclass(value):
        raise TypeError(value)
    given = {each.name: getattr(value, each.name) for each in fields(value) if each.name != without}
    return {name.rstrip("_"): _plain(each) for name, each in given.items() if each is not None}
