"""Numbers, instants and reasons in the words of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.instants import iso

if TYPE_CHECKING:
    from datetime import datetime

    from connector.sync.explaining import Contribution, Explanation


def number(value: float | None, digits: int = 1) -> str:
    """Return `value` with at most `digits` decimals, and a dash for none."""
    if value is None:
        return "-"
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def points(value: float) -> str:
    """Return `value` with its sign."""
    text = number(value, 2)
    return text if text.startswith("-") or text == "0" else f"+{text}"


def day(instant: datetime | None) -> str:
    """Return the day of an instant, in UTC."""
    return f"{instant:%Y-%m-%d}" if instant else "-"


def moment(instant: datetime | None) -> str:
    """Return an instant as ISO 8601 UTC, and a dash for none."""
    return iso(instant) if instant else "-"


def why(explanation: Explanation, most: int = 2) -> str:
    """Return in one line what gave a person most of their points."""
    given = [each for each in explanation.contributions if each.points > 0][:most]
    return "; ".join(_reason(each) for each in given) or "nothing gives points now"


def _reason(contribution: Contribution) -> str:
    text = f"{contribution.rule} {points(contribution.points)}"
    if not contribution.events:
        return text
    times = "1 event" if contribution.events == 1 else f"{contribution.events} events"
    return f"{text} ({times}, last {day(contribution.last_at)})"
