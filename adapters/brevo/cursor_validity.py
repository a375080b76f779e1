"""Which part of a cursor is valid: a clock that was wrong may have written one of the future.

What was changed since such a clock told its time would be looked for nowhere.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from adapters.brevo.spans import OVERLAP
from adapters.resuming import LATER
from connector.domain.instants import to_micros

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.cursors import Place

ONE_DAY = timedelta(days=1)
_ASKED = "asked"
"""In a place: when something was asked that is not asked at every pull."""
_MARKS = ("began", "day", "named")
"""In a place: when something was done, as an instant or a day, never later than the present."""
_SINCE = "since"
"""In a place: so much earlier than it was written that nothing is missed."""


def valid_part(place: Place, now: datetime) -> Place:
    """Return what is left of a place at `now`: all, or nothing of what was read later.

    When something was asked is no more than that: it is asked again.
    """
    latest = now + LATER
    is_ahead = any(_is_later(place.get(name), latest, latest.date()) for name in _MARKS)
    if is_ahead or _is_later(place.get(_SINCE), latest - OVERLAP, latest.date() - ONE_DAY):
        return {}
    if place.get(_ASKED, 0) <= to_micros(latest):
        return place
    return {name: value for name, value in place.items() if name != _ASKED}


def _is_later(written: object, latest: datetime, last: date) -> bool:
    match written:
        case int():
            return written > to_micros(latest)
        case str():
            return date.fromisoformat(written) > last
        case _:
            return False
