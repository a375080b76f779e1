"""The local calendar: spans of real time between two boundaries of the clock on the wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from connector.scoring.model import Per

_SECOND = timedelta(seconds=1)


def local_day(instant: pl.Expr, timezone: str) -> pl.Expr:
    """Return the date that the calendar on the wall shows."""
    return instant.dt.convert_time_zone(timezone).dt.date()


def bucket(per: Per, instant: pl.Expr, timezone: str) -> pl.Expr:
    """Return a number that is the same for all instants of one bucket, and for no others."""
    day = local_day(instant, timezone)
    match per:
        case "hour":
            return _start_of_hour(instant, timezone)
        case "day":
            return day.cast(pl.Int64)
        case "week":
            return day.dt.truncate("1w").cast(pl.Int64)
        case "month":
            return day.dt.truncate("1mo").cast(pl.Int64)
        case "lifetime":
            return pl.lit(0, pl.Int64)


def bucket_start(per: Per, at: datetime, timezone: ZoneInfo) -> datetime | None:
    """Return the first instant of the bucket that holds `at`; None for a lifetime, which has none.

    The buckets are those of `bucket`, for one instant and without a frame.
    """
    clock = at.astimezone(timezone)
    today = clock.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    match per:
        case "hour":
            return _full_hour(at, clock)
        case "day":
            return today.astimezone(UTC)
        case "week":
            return (today - timedelta(days=clock.weekday())).astimezone(UTC)
        case "month":
            return today.replace(day=1).astimezone(UTC)
        case "lifetime":
            return None


def _start_of_hour(instant: pl.Expr, timezone: str) -> pl.Expr:
    """Step back to the full hour in real time: a repeated hour starts twice."""
    clock = instant.dt.convert_time_zone(timezone)
    seconds = clock.dt.minute().cast(pl.Int64) * 60 + clock.dt.second().cast(pl.Int64)
    return instant.dt.epoch("us") - seconds * 1_000_000 - clock.dt.microsecond().cast(pl.Int64)


def _full_hour(at: datetime, clock: datetime) -> datetime:
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
