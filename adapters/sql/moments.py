"""Values of a cursor column: times and numbers, of whatever type the driver gives them.

SQLite has no times, but texts of them, which it compares letter by letter: what is compared with
them has to look like them.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

LATE = timedelta(minutes=5)
"""How late a row may be committed, unless the configuration says otherwise."""
LATE_ROWS = 1_000
"""How many numbers may have been given out before one that is committed."""
LATE_NUMBERS = timedelta(hours=1)
"""How late a row may be committed that has a number, which says no time."""

_TIME = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:(?P<between>[T ])(?P<clock>\d{2}:\d{2}:\d{2})(?P<fraction>\.\d{1,9})?"
    r"(?P<zone>\s?(?:Z|[+-]\d{2}:?\d{2}))?)?",
    re.ASCII,
)
_BEYOND = re.compile(r"-?infinity|\d{5,}-\d.*|\d{4,}-\d.* BC", re.ASCII)
"""Times of PostgreSQL that Python has none for, as its server spells them."""


def lateness(value: object, overlap: timedelta | int | None, zone: ZoneInfo) -> timedelta:
    """Return after how long no row can come late any more that has at most `value`."""
    if is_number(value):
        return LATE_NUMBERS
    return (overlap if isinstance(overlap, timedelta) else LATE) + repeated(value, zone)


def is_number(value: object) -> bool:
    """Return whether a value is a number."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def can_lead(value: object) -> bool:
    """Return whether a column of such values can be a cursor."""
    if isinstance(value, str):
        return any(each.fullmatch(value) for each in (_TIME, _BEYOND))
    return is_number(value) or isinstance(value, date)


def is_bounded(value: object) -> bool:
    """Return whether the next walk can begin at a value: behind infinity nothing ever comes."""
    match value:
        case str():
            found = _TIME.fullmatch(value)
            return found is not None and _is_time(found)
        case float():
            return math.isfinite(value)
        case Decimal():
            return value.is_finite()
    return can_lead(value)


def is_fine(value: object) -> bool:
    """Return whether no further row can get this value once it is past: of days one can all day."""
    if isinstance(value, str):
        return len(value) > len("2026-01-15")
    return isinstance(value, datetime) or not isinstance(value, date)


def in_zone(value: object, zone: ZoneInfo) -> object:
    """Return the instant that a text without a zone means there; anything else as it is."""
    found = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or found["zone"]:
        return value
    try:
        return _naive(found).replace(tzinfo=zone).astimezone(UTC)
    except ValueError:
        return value


def repeated(value: object, zone: ZoneInfo) -> timedelta:
    """Return how far clocks of `zone` were, or will be, put back over a time without a zone.

    Rows that come later have smaller times for as long, when summer time ends.
    """
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is not None and not found["zone"]:
        value = _naive(found)
    if not isinstance(value, datetime) or value.tzinfo is not None:
        return timedelta()
    before, after = (value.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return max((before or timedelta()) - (after or timedelta()), timedelta())


def earlier(value: object, overlap: timedelta | int | None, zone: ZoneInfo) -> object:
    """Return `value` less the overlap, or less that of its kind by default."""
    by = (overlap if isinstance(overlap, timedelta) else LATE) + repeated(value, zone)
    rows = overlap if isinstance(overlap, int) else LATE_ROWS
    try:
        match value:
            case str():
                found = _TIME.fullmatch(value)
                return _like(found, _naive(found) - by) if found else value
            case datetime():
                return value - by
            case date():
                return (datetime.combine(value, datetime.min.time()) - by).date()
            case int() | Decimal() | float():
                return value - rows
    except OverflowError:
        return value
    return value


def not_after(value: object, now: datetime, zone: ZoneInfo) -> object:
    """Return `value`, or the present in its place where it lies in the future.

    Whoever has a wrong date would else hide all that comes until then.
    """
    match value:
        case str():
            found = _TIME.fullmatch(value)
            if not found:
                return value
            present = now.astimezone(_zone(found, zone)).replace(tzinfo=None)
            return value if _naive(found) <= present else _like(found, present)
        case datetime():
            present = now if value.tzinfo else now.astimezone(zone).replace(tzinfo=None)
            return min(value, present)
        case date():
            return min(value, now.astimezone(zone).date())
    return value


def _naive(found: re.Match[str]) -> datetime:
    fraction = (found["fraction"] or "")[: len(".123456")]
    return datetime.fromisoformat(f"{found['day']}T{found['clock'] or '00:00:00'}{fraction}")


def _is_time(found: re.Match[str]) -> bool:
    """Return whether there is such a time: MySQL and those who copy from it have a day 0."""
    try:
        _naive(found)
    except ValueError:
        return False
    return True


def _zone(found: re.Match[str], zone: tzinfo) -> tzinfo:
    told = (found["zone"] or "").strip().replace(":", "")
    if not told:
        return zone
    if told == "Z":
        return UTC
    span = timedelta(hours=int(told[1:3]), minutes=int(told[3:5]))
    return timezone(-span if told[0] == "-" else span)


def _like(found: re.Match[str], at: datetime) -> str:
    """Return `at` as the text that was found is spelled, cut off where that is."""
    if found["clock"] is None:
        return at.date().isoformat()
    digits = f"{at.microsecond:06}000"[: max(0, len(found["fraction"] or "") - 1)]
    fraction = f".{digits}" if digits else ""
    day = at.date().isoformat()
    return f"{day}{found['between']}{at:%H:%M:%S}{fraction}{found['zone'] or ''}"
