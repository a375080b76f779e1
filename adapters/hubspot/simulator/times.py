"""Instants as HubSpot writes them: milliseconds since the epoch, and ISO 8601 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

DAY = 86_400_000
"""Milliseconds."""

_EPOCH = datetime.fromtimestamp(0, UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(at: datetime) -> int:
    """Return an aware instant in milliseconds."""
    return (at - _EPOCH) // _MILLISECOND


def from_ms(ms: int) -> datetime:
    """Return milliseconds as an aware instant."""
    return _EPOCH + ms * _MILLISECOND


def iso(ms: int) -> str:
    """Return milliseconds as HubSpot writes an instant."""
    seconds, rest = divmod(ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC).isoformat()[:19]}.{rest:03}Z"


def read_ms(text: str) -> int:
    """Return what milliseconds or ISO 8601 say, or raise ValueError."""
    if text.removeprefix("-").isdecimal():
        return int(text)
    at = datetime.fromisoformat(text)
    return to_ms(at if at.tzinfo else at.replace(tzinfo=UTC))
