"""Which part of a cursor is valid: a clock that was wrong may have written one of the future.

What was changed since such a clock told its time would be looked for nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.resuming import LATER
from connector.domain.instants import to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.cursors import Place

SINCE = "since"
"""In a place: up to when everything was read."""
BEGAN = "began"
"""In a place: when the reading under way began."""
MARKS = "marks"
"""In a place: up to which row a table was read, and when."""
ASKED = "asked"
"""In a place: when something was asked for in vain."""
_INSTANTS = (SINCE, BEGAN, ASKED)


def is_ahead(place: Place, now: datetime) -> bool:
    """Return whether anything was done later than `now`."""
    latest = to_micros(now + LATER)
    done = [place.get(name, 0) for name in _INSTANTS]
    return any(each > latest for each in (*done, *(at for at, _ in place.get(MARKS, ()))))


def valid_part(place: Place, now: datetime) -> Place:
    """Return what is left of a place at `now`: all, or nothing of what was read later."""
    return {} if is_ahead(place, now) else place
