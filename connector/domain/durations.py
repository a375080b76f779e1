"""Durations as they are written: one whole number above zero and one unit."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_FORM = re.compile(r"(\d{1,9})([smhdw])", re.ASCII)
_LONGEST = timedelta(days=36_525)


def parse_duration(text: str) -> timedelta:
    """Return the span that `90s 15m 12h 30d 8w` and the like mean.

    A day is 24 hours and a week 168. Raises ValueError on anything else, on zero, and beyond a
    hundred years.
    """
    match = _FORM.fullmatch(text)
    if not match or not int(match[1]):
        msg = "write a duration as a whole number above zero and a unit: 90s, 15m, 12h, 30d, 8w"
        raise ValueError(msg)
    seconds = int(match[1]) * _UNITS[match[2]]
    if seconds > _LONGEST.total_seconds():
        msg = "a duration is at most a hundred years"
        raise ValueError(msg)
    return timedelta(seconds=seconds)


def format_duration(span: timedelta) -> str:
    """Return `span` as it would be written, in the largest unit that divides it."""
    seconds = round(span.total_seconds())
    for unit in ("w", "d", "h", "m"):
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{seconds // _UNITS[unit]}{unit}"
    return f"{seconds}s"
