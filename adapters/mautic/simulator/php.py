"""What PHP makes of a request, and how it writes arrays into a column of text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Nested: TypeAlias = "dict[str, Any]"
"""Parameters by name; an array is again such a mapping, its keys are texts."""

_NUMERIC = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_KEYS = re.compile(r"\[([^\]]*)\]")
_SPECIAL = {ord(each): f"&#{ord(each)};" for each in "&<>\"'"}
_TAG = re.compile(r"<[^>]*>?")


def nested(pairs: Iterable[tuple[str, str]]) -> Nested:
    """Return parameters such as `where[0][col]=id` as arrays in arrays."""
    found: Nested = {}
    for name, value in pairs:
        head, bracket, rest = name.partition("[")
        keys = _KEYS.findall(bracket + rest)
        place = found
        for key in keys:
            below = place.get(head)
            if not isinstance(below, dict):
                below = place[head] = {}
            place, head = below, key or str(len(below))
        place[head] = value
    return found


def entries(value: object) -> Iterator[tuple[str, Any]]:
    """Yield the keys and items of an array, whether it came as JSON or as parameters."""
    if isinstance(value, dict):
        yield from ((str(key), each) for key, each in value.items())
    elif isinstance(value, list):
        yield from ((str(key), each) for key, each in enumerate(value))


def array_of(items: Mapping[int, Any] | Mapping[str, Any]) -> object:
    """Return an array as `json_encode` writes it: a list where its keys count from 0."""
    if [str(key) for key in items] == [str(each) for each in range(len(items))]:
        return [*items.values()]
    return {str(key): each for key, each in items.items()}


def is_numeric(value: object) -> bool:
    """Return whether PHP takes a value for a number."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return True
    return isinstance(value, str) and _NUMERIC.fullmatch(value) is not None


def whole(value: object) -> int:
    """Return `(int) $value`: what leads a text, without its fraction."""
    if isinstance(value, bool | int | float):
        return int(value)
    found = _NUMERIC.match(value) if isinstance(value, str) else None
    return int(float(found[0])) if found else 0


def encoded(text: str) -> str:
    """Return a text as `FILTER_SANITIZE_SPECIAL_CHARS` leaves it."""
    return text.translate(_SPECIAL)


def without_tags(text: str) -> str:
    """Return a text without anything that looks like HTML."""
    return _TAG.sub("", text)


def serialized(value: object) -> str:
    """Return a value as `serialize` writes it."""
    match value:
        case None:
            return "N;"
        case bool():
            return f"b:{int(value)};"
        case int():
            return f"i:{value};"
        case float():
            return f"d:{repr(value).removesuffix('.0')};"
        case dict() | list() | tuple():
            items = list(entries(list(value) if isinstance(value, tuple) else value))
            parts = (
                serialized(int(key) if key.isdecimal() else key) + serialized(each)
                for key, each in items
            )
            return f"a:{len(items)}:{{{''.join(parts)}}}"
    text = str(value)
    return f's:{len(text.encode())}:"{text}";'
