"""What people are told of a trigger that fired: who, what, and the results behind it; pure."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.domain.changes import Action
    from connector.domain.values import Written

MOST_RESULTS = 30
_LONGEST = 200
"""Characters of the longest value that is told."""


def title_of(action: Action) -> str:
    """Return the line that says which trigger fired for whom."""
    return f"{action.trigger}: {_line(action.to.email or action.to.remote_id)}"


def body_of(action: Action) -> str:
    """Return the lines below it: the results that are there, and when it fired."""
    results = [
        f"{name}: {text}"
        for name, value in action.params.items()
        if (text := _said(value)) is not None
    ]
    who = action.to.email or action.to.remote_id
    when = f"{action.at:%Y-%m-%d %H:%M} UTC"
    return "\n".join(
        [_line(who), *results[:MOST_RESULTS], "", f"The trigger {action.trigger} fired at {when}."]
    )


def _said(value: Written) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M} UTC"
    return _line(value)


def _line(text: str) -> str:
    """Return a text as one line that cannot pass for others."""
    plain = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(plain.split())[:_LONGEST]
