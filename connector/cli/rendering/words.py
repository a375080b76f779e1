"""Numbers, instants and reasons in the words of a person."""

from __future__ import annotations

from datetime import UTC
from math import ceil
from typing import TYPE_CHECKING

from connector.scoring.columns import LIMIT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from connector.sync.looking.explaining import Contribution

_NO_TIME = "-"
_UNITS = ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s"))
_SHOWS = 0.005
"""The least that two decimals show."""


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return `count` and the word for that many things."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def number(value: float | None, digits: int = 1) -> str:
    """Return `value` with at most `digits` decimals, and a dash for none."""
    if value is None:
        return "-"
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def column(values: Sequence[float]) -> Sequence[str]:
    """Return numbers that stand below one another, each with the decimals that the finest has."""
    most = max((len(number(each, 9).partition(".")[2]) for each in values), default=0)
    return [f"{each:,.{most}f}" for each in values]


def points(value: float, digits: int | None = None) -> str:
    """Return `value` with its sign; with exactly `digits` decimals, else at most two."""
    text = number(value, 2) if digits is None else f"{value:,.{digits}f}"
    if not text.strip("-0.,"):
        return text.removeprefix("-")
    return text if text.startswith("-") else f"+{text}"


def day(instant: datetime | None) -> str:
    """Return the day of an instant, in UTC."""
    return f"{instant.astimezone(UTC):%Y-%m-%d}" if instant else _NO_TIME


def moment(instant: datetime | None) -> str:
    """Return an instant to the minute, or to the second where that says more, in UTC."""
    if instant is None:
        return _NO_TIME
    text = instant.astimezone(UTC)
    is_round = not (text.second or text.microsecond)
    return f"{text:%Y-%m-%d %H:%M} UTC" if is_round else f"{text:%Y-%m-%d %H:%M:%S} UTC"


def span(length: timedelta) -> str:
    """Return a length of time in its two largest units, the last rounded up: ``2 h 5 min``."""
    seconds = ceil(length.total_seconds())
    for size, unit, smaller, small in _UNITS:
        if seconds >= size:
            whole, rest = divmod(ceil(seconds / smaller) * smaller, size)
            return f"{whole} {unit} {rest // smaller} {small}" if rest else f"{whole} {unit}"
    return f"{seconds} s"


def ago(instant: datetime, at: datetime) -> str:
    """Return how long before `at` an instant was, in its largest unit: ``2 min ago``."""
    seconds = int((at - instant).total_seconds())
    for size, unit, _, _ in _UNITS:
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago" if seconds > 0 else "now"


def why(contributions: Sequence[Contribution], most: int = 2) -> str:
    """Return in one line what gave a person most of their points, or else took most."""
    by_size = [each for each in contributions if each.rule != LIMIT]
    given = [each for each in by_size if each.points >= _SHOWS]
    taken = [each for each in by_size if each.points <= -_SHOWS]
    told = (given or taken)[:most]
    return ", ".join(_reason(each) for each in told) or "nothing gives points now"


def _reason(contribution: Contribution) -> str:
    text = f"{contribution.rule} {points(contribution.points)}"
    if not contribution.events:
        return text
    times = counted(contribution.events, "event")
    return f"{text} ({times}, last {day(contribution.last_at)})"
