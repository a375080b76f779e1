"""The local calendar at one instant: where the span of a limit began."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from connector.scoring.model import Per

_SECOND = timedelta(seconds=1)


def bucket_start(per: Per, at: datetime, timezone: ZoneInfo) -> datetime | None:
    """Return the first instant of the span that holds `at`; None for a lifetime, which has none.

    Spans are those of `connector.scoring.buckets`: real time between two boundaries of the clock
    on the wall, so that a repeated hour is two of them.
    """
    clock = at.astimezone(timezone)
    today = clock.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    match per:
        case "hour":
            return _start_of_hour(at, clock)
        case "day":
            return today.astimezone(UTC)
        case "week":
            return (today - timedelta(days=clock.weekday())).astimezone(UTC)
        case "month":
            return today.replace(day=1).astimezone(UTC)
        case "lifetime":
            return None


def _start_of_hour(at: datetime, clock: datetime) -> datetime:
    """Step back to the full hour in real time, or to the change of the clock since then."""
    start = at - timedelta(
        minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond
    )
    before, after = start, at
    if _offset(before, clock) == _offset(after, clock):
        return start
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        if _offset(middle, clock) == _offset(at, clock):
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)


def _offset(instant: datetime, clock: datetime) -> timedelta | None:
    return instant.astimezone(clock.tzinfo).utcoffset()
