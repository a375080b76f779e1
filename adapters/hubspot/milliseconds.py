"""Milliseconds, in which HubSpot counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.instants import from_micros, to_micros

if TYPE_CHECKING:
    from datetime import datetime, timedelta


def milliseconds(instant: datetime) -> int:
    """Return the whole milliseconds from the epoch to `instant`."""
    return to_micros(instant) // 1000


def instant_at(number: int) -> datetime:
    """Return the instant so many milliseconds after the epoch.

    Raises ValueError where that is in no year from 1 to 9999.
    """
    try:
        return from_micros(number * 1000)
    except OverflowError:
        msg = "is not an instant"
        raise ValueError(msg) from None


def milliseconds_in(span: timedelta) -> int:
    """Return the whole milliseconds of a span."""
    return round(span.total_seconds() * 1000)
