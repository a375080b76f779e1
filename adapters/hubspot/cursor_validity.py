"""Which part of a cursor is valid: a clock that was wrong may have written one of the future.

What was changed since such a clock told its time would be looked for nowhere. So a walk that began
in the future is begun anew, and what was read up to there is read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.hubspot.milliseconds import milliseconds, milliseconds_in
from adapters.resuming import LATER

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.cursors import Place

WALK = "walk"
"""In a place: what is under way; once it is through there is none."""
_INSTANTS = frozenset(
    {
        *("asked", "before", "began", "begun", "daily"),
        *("lacking", "seen", "started", "sure", "top", "walked"),
    }
)
"""In a place, or in a walk: when something was done, never later than the present."""


def is_ahead(place: Place, now: datetime) -> bool:
    """Return whether anything was done later than `now`."""
    latest = milliseconds(now) + milliseconds_in(LATER)
    return any((place.get(name) or 0) > latest for name in _INSTANTS)


def valid_part(place: Place, now: datetime) -> Place:
    """Return what is left of a place at `now`: all, all but its walk, or nothing."""
    if is_ahead(place, now):
        return {}
    walk = place.get(WALK)
    if isinstance(walk, dict) and is_ahead(walk, now):
        return {name: value for name, value in place.items() if name != WALK}
    return place
