"""The local calendar: spans of real time between two boundaries of the clock on the wall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from connector.scoring.model import Per


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


def _start_of_hour(instant: pl.Expr, timezone: str) -> pl.Expr:
    """Step back to the full hour in real time: a repeated hour starts twice."""
    clock = instant.dt.convert_time_zone(timezone)
    seconds = clock.dt.minute().cast(pl.Int64) * 60 + clock.dt.second().cast(pl.Int64)
    return instant.dt.epoch("us") - seconds * 1_000_000 - clock.dt.microsecond().cast(pl.Int64)
