"""Literals of dates and times, on the local clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PolarsError

from connector.conditions.expression import ConditionError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIMESTAMP = re.compile(
    r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)


def read_date(text: str, timezone: ZoneInfo) -> datetime:
    """Return the local midnight that begins a day ``2026-01-15``, in UTC.

    Raises ConditionError when it is no date.
    """
    if not _DATE.fullmatch(text):
        raise ConditionError(f"{text!r} is not a date", hint="write DATE '2026-01-15'")
    return _resolve(text, timezone)


def read_timestamp(text: str, timezone: ZoneInfo) -> datetime:
    """Return the instant of a local time ``2026-01-15 10:00:00`` (or with an offset), in UTC.

    Where the clock is turned back the first of both times is meant; in the gap where it is turned
    forward the offset before it counts. Raises ConditionError when it is no time.
    """
    if not _TIMESTAMP.fullmatch(text):
        hint = "write TIMESTAMP '2026-01-15 10:00:00'"
        raise ConditionError(f"{text!r} is not a date and time", hint=hint)
    return _resolve(text, timezone)


def zone_name(timezone: ZoneInfo) -> str:
    """Return what Polars calls `timezone`; raise ConditionError when it does not know it."""
    instant = pl.lit(0).cast(pl.Datetime("us"))
    try:
        pl.select(instant.dt.replace_time_zone(timezone.key))
    except (PolarsError, TypeError) as error:
        hint = "write a zone such as Europe/Paris"
        raise ConditionError(f"the time zone {timezone.key} is unknown", hint=hint) from error
    return timezone.key


def _resolve(text: str, timezone: ZoneInfo) -> datetime:
    try:
        local = datetime.fromisoformat(text)
        return (local if local.tzinfo else local.replace(tzinfo=timezone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ConditionError(f"{text!r} is not in the calendar") from error
