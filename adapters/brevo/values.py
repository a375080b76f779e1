"""Values of events: what anybody may have put there, made safe to keep; pure."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from connector.domain.events import EVENT_COLUMNS
from connector.domain.values import Misfit, read_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.domain.values import Value

LONGEST = 4096
"""Characters of a text that are kept: no link, title or name of a person's doing is longer."""
_MOST_FIELDS = 100
_EXACT_UP_TO = 2**53


def short(raw: object) -> str | None:
    """Return a text or number as text, cut and without what no database keeps; None for nothing."""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        return None
    text = str(raw)[:LONGEST].replace("\0", "").encode(errors="ignore").decode().strip()
    return text or None


def fields_of(raw: Mapping[str, object]) -> dict[str, Value]:
    """Return properties that somebody gave an event, typed where a column wants it.

    A value that does not fit its column is left out; objects and lists become JSON.
    """
    fields: dict[str, Value] = {}
    for name, each in list(raw.items())[:_MOST_FIELDS]:
        key, value = short(name) or "", _plain(each)
        try:
            if key in EVENT_COLUMNS:
                value = read_value(value, EVENT_COLUMNS[key])
        except Misfit:
            continue
        if key and value is not None:
            fields[key] = value
    return fields


def _plain(raw: object) -> Value | None:
    if isinstance(raw, (dict, list)):
        return _as_json(raw) if raw else None
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, float):
        return raw if math.isfinite(raw) else None
    if isinstance(raw, int):
        return float(raw) if abs(raw) <= _EXACT_UP_TO else str(raw)
    return short(raw)


def _as_json(raw: object) -> str | None:
    try:
        return short(json.dumps(raw, sort_keys=True, ensure_ascii=False))
    except RecursionError:
        return None
