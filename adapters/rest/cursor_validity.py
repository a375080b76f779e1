"""Which part of a cursor is valid: a clock that was wrong may have written one of the future."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.resuming import LATER
from connector.domain.instants import to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.cursors import Place

SINCE, BEGAN, AT = "since", "began", "at"
"""In a place: from when on is read, in microseconds; when a walk began; where it stands."""


def valid_part(place: Place, now: datetime) -> Place:
    """Return what is left of a place at `now`: all, or nothing of what was read in the future."""
    latest = to_micros(now + LATER)
    if (place.get(SINCE) or 0) > latest:
        return {}
    if (place.get(BEGAN) or 0) > latest:
        return {SINCE: place[SINCE]} if SINCE in place else {}
    return place
