"""Spans as they are written, and the buckets of the local calendar."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

Bucket: TypeAlias = tuple[object, ...]


def span(text: str) -> timedelta:
    """Return the exact span that `text` means: a day is 24 hours."""
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


def bucket(instant: datetime, per: str, zone: ZoneInfo) -> Bucket:
    """Return a name of the calendar span around `instant`; equal names are one span."""
    local = instant.astimezone(zone)
    match per:
        case "lifetime":
            return ()
        case "month":
            return (local.year, local.month)
        case "week":
            return tuple(local.isocalendar()[:2])
        case "day":
            return (local.date(),)
        case _:
            # The offset tells an hour from its repetition.
            return (local.date(), local.hour, local.utcoffset())
