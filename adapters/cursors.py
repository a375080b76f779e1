"""Cursors: where a walk stands, as text with a version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from connector.domain.pages import Cursor

Place: TypeAlias = "dict[str, Any]"
"""What an adapter wants to know again, by name; its values are those of JSON."""

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
