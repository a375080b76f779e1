"""Cursors: where a walk stands, as text with a version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from connector.domain.pages import Cursor

from connector.domain.instants import to_micros

Place: TypeAlias = "dict[str, Any]"

VERSION = 1


def written(place: Place) -> Cursor:
    """Return a place as a cursor."""
    return json.dumps({"v": VERSION, **place}, separators=(",", ":"), sort_keys=True)


def read(since: Cursor | None) -> Place:
    """Return the place of a cursor; one of another version is as none at all."""
    if since is None:
        return {}
    try:
        place = json.loads(since)
    except ValueError:
        return {}
    is_ours = isinstance(place, dict) and place.pop("v", None) == VERSION
    return place if is_ours else {}


def milliseconds(instant: datetime) -> int:
    """Return the whole milliseconds from the epoch to `instant`."""
    return to_micros(instant) // 1000


def length(span: timedelta) -> int:
    """Return the whole milliseconds of a span."""
    return round(span.total_seconds() * 1000)
