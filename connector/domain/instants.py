"""Instants: always aware, always UTC, to the microsecond."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, tzinfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
"""The finest difference between two instants."""

_MILLISECONDS_FROM = 1e11
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?", re.ASCII)
_ISO = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})"
    r"(?:[Tt ](?P<minute>\d{2}:\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?"
    r"\s?(?P<offset>[Zz]|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)


class BadInstant(ValueError):
    """A text or number that is no instant."""


def parse_instant(raw: object) -> datetime:
    """Return the instant that an ISO 8601 text or an epoch number means.

    Without an offset a text is UTC, a bare date its midnight UTC; a number counts seconds, from
    1e11 on milliseconds; what is finer than a microsecond is cut off.
    Raises BadInstant with a sentence that never repeats the value.
    """
    if isinstance(raw, datetime):
        return (raw if raw.tzinfo else raw.replace(tzinfo=UTC)).astimezone(UTC)
    try:
        if isinstance(raw, bool):
            return _refuse()
        if isinstance(raw, (int, float)):
            return _from_epoch(repr(raw) if isinstance(raw, int) else f"{raw:f}")
        if isinstance(raw, str):
            text = raw.strip()
            return _from_epoch(text) if _NUMBER.fullmatch(text) else _from_iso(text)
    except (ValueError, OverflowError) as error:
        if isinstance(error, BadInstant):
            raise
        return _refuse()
    return _refuse()


def to_micros(instant: datetime) -> int:
    """Return the whole microseconds from the epoch to `instant`."""
    return (instant - _EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the instant `micros` microseconds after the epoch."""
    return _EPOCH + timedelta(microseconds=micros)


def iso(instant: datetime) -> str:
    """Return `instant` as ISO 8601 in UTC with a Z, with a fraction only when it has one."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def midnight(at: datetime, timezone: tzinfo) -> datetime:
    """Return when the day of `at` began in a timezone."""
    day = at.astimezone(timezone).date()
    return datetime.combine(day, time(), timezone).astimezone(UTC)


def _refuse() -> datetime:
    msg = "is not an instant (write ISO 8601, for example 2026-01-15T10:00:00Z, or epoch seconds)"
    raise BadInstant(msg)


def _from_epoch(text: str) -> datetime:
    """Read a decimal text exactly: floats would lose microseconds."""
    whole, _, fraction = text.partition(".")
    in_milliseconds = abs(float(text)) >= _MILLISECONDS_FROM
    digits = 3 if in_milliseconds else 6
    sign = -1 if whole.startswith("-") else 1
    scaled = abs(int(whole)) * 10**digits + int(fraction[:digits].ljust(digits, "0"))
    return from_micros(sign * scaled)


def _from_iso(text: str) -> datetime:
    match = _ISO.fullmatch(text)
    if not match:
        return _refuse()
    clock = f"{match['minute'] or '00:00'}:{match['second'] or '00'}"
    fraction = (match["fraction"] or "")[:6].ljust(6, "0")
    offset = (match["offset"] or "Z").upper().replace("Z", "+00:00")
    return datetime.fromisoformat(f"{match['date']}T{clock}.{fraction}{offset}").astimezone(UTC)
