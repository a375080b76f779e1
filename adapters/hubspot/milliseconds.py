"""Milliseconds, in which HubSpot counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.instants import to_micros

if TYPE_CHECKING:
    from datetime import datetime, timedelta


def milliseconds(instant: datetime) -> int:
    """Return the whole milliseconds from the epoch to `instant`."""
    return to_micros(instant) // 1000


def milliseconds_in(span: timedelta) -> int:
    """Return the whole milliseconds of a span."""
    return round(span.total_seconds() * 1000)
