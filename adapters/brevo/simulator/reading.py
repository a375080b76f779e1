"""What requests say, read as Brevo reads it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

from adapters.brevo.simulator.refusals import Refused, missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.simulation.messages import Request


class Span(NamedTuple):
    """The rows of a page."""

    limit: int
    offset: int

    def of(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Return the page of `rows`."""
        return rows[self.offset : self.offset + self.limit]


def span_of(request: Request, *, most: int, usual: int = 50) -> Span:
    """Return the page that is asked for; more than `most` rows are refused."""
    limit, offset = number_of(request, "limit", usual), number_of(request, "offset", 0)
    if limit > most:
        raise Refused(f"limit exceeds max value {most}", code="out_of_range")
    return Span(limit, offset)


def number_of(request: Request, name: str, usual: int) -> int:
    """Return a parameter that is a whole number."""
    text = request.param(name)
    if text and not (text.isascii() and text.isdigit()):
        raise Refused(f"{name} should be an integer")
    return int(text) if text else usual


def is_ascending(request: Request) -> bool:
    """Return whether the oldest comes first; Brevo begins with the newest."""
    order = request.param("sort", "desc")
    if order not in {"asc", "desc"}:
        raise Refused("sort should be asc or desc")
    return order == "asc"


def instant_of(request: Request, name: str) -> datetime | None:
    """Return a parameter that is an instant; what names no zone is UTC."""
    text = request.param(name)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"{name} should be a date-time in UTC") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def days_of(request: Request, today: date, *, most: int, usual: int) -> tuple[date, date]:
    """Return the first and last day asked for: the last `usual` ones when nothing is said."""
    texts = request.param("startDate"), request.param("endDate")
    if request.param("days") and any(texts):
        raise Refused("days cannot be passed together with startDate and endDate")
    if not any(texts):
        days = number_of(request, "days", usual)
        if not 1 <= days <= most:
            raise Refused(f"days should be from 1 to {most}")
        return today - timedelta(days=days - 1), today
    if not all(texts):
        raise missing("startDate or endDate")
    try:
        first, last = (date.fromisoformat(each) for each in texts)
    except ValueError:
        raise Refused("dates should be YYYY-MM-DD") from None
    if first > last or (last - first).days > most:
        raise Refused(f"the dates should be in order and span at most {most} days")
    return first, last


def within(days: tuple[date, date], at: datetime, zone: tzinfo) -> bool:
    """Return whether an instant is in these days of an account."""
    return days[0] <= at.astimezone(zone).date() <= days[1]


def object_of(request: Request) -> dict[str, Any]:
    """Return a body that is an object of JSON."""
    try:
        body = request.json
    except ValueError:
        raise Refused("Input must be a valid JSON object", code="bad_request") from None
    if not isinstance(body, dict):
        raise Refused("Input must be a valid JSON object", code="bad_request")
    return body


def ids_of(found: object, name: str) -> list[int]:
    """Return a list of ids; raises Refused when it is none."""
    if not isinstance(found, list) or not all(_is_whole(each) for each in found):
        raise Refused(f"{name} should be an array of integers")
    return found


def _is_whole(found: object) -> bool:
    return isinstance(found, int) and not isinstance(found, bool)
