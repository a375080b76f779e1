"""The filters of Klaviyo's reference: `greater-than(updated,2026-11-01T00:00:00Z)`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from connector.domain.instants import BadInstant, parse_instant
from tests.integration.presets.klaviyo.simulator.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from adapters.http import Json

_ONE = re.compile(r'([a-z-]+)\(([\w.]+),(\[[^\]]*\]|"[^"]*"|[^()"]*)\)(?:,|$)')
_INSTANTS: Mapping[str, Callable[[datetime, datetime], bool]] = {
    "greater-than": lambda value, limit: value > limit,
    "greater-or-equal": lambda value, limit: value >= limit,
    "less-than": lambda value, limit: value < limit,
    "less-or-equal": lambda value, limit: value <= limit,
}


def filtered(
    text: str, allowed: Mapping[str, set[str]], rows: list[Json], show: Callable[[Json, str], Json]
) -> list[Json]:
    """Return the rows that a filter keeps; raises Refused for what is not `allowed`.

    `allowed` says which operators a field has, `show` what a row has there.
    """
    for operator, name, value in _parts(text):
        if operator not in allowed.get(name, set()):
            raise Refused(f"'{operator}' is not a supported operator for '{name}'")
        if operator in _INSTANTS:
            limit = _instant(value)
            rows = [each for each in rows if _INSTANTS[operator](show(each, name), limit)]
        else:
            wanted = _texts(value, several=operator == "any")
            rows = [each for each in rows if show(each, name) in wanted]
    return rows


def _parts(text: str) -> Iterator[tuple[str, str, str]]:
    place = 0
    while place < len(text):
        match = _ONE.match(text, place)
        if match is None:
            raise Refused("Invalid filter syntax")
        yield match[1], match[2], match[3]
        place = match.end()


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except BadInstant:
        raise Refused(f"'{text}' is not a valid datetime") from None


def _texts(text: str, *, several: bool) -> list[str]:
    try:
        found = json.loads(text)
    except ValueError:
        raise Refused("a string is in double quotes") from None
    if isinstance(found, list) is not several:
        raise Refused("a list belongs to 'any', one value to 'equals'")
    return [str(each) for each in found] if several else [str(found)]
