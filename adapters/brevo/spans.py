"""Instants and spans as cursors and filters have them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from connector.domain.instants import MICROSECOND

OVERLAP = timedelta(minutes=10)
"""What was changed so shortly before a walk began is read by the next one again: clocks differ,
and what Brevo has written it does not show at once."""


def micros_of(span: timedelta) -> int:
    """Return the whole microseconds of a span."""
    return span // MICROSECOND


def stamp(instant: datetime) -> str:
    """Return an instant as Brevo's filters want it."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
