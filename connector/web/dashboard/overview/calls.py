"""How often a platform calls, as a row of columns and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.web.dashboard.drawing import box, text
from connector.web.dashboard.language import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from connector.sync.looking.pulse import PlatformPulse
    from connector.web.dashboard.frame import Visit

_WIDTH = 2
"""Pixels of a minute."""
_LEAST = 12
"""Per cent of the height for the minute of a single call."""


def draw_calls(visit: Visit, found: PlatformPulse | None, now: datetime, title: str) -> None:
    """Draw the cell of a platform; one that is not found takes no webhooks."""
    say, language = visit.language.text, visit.language
    with box("td", "calls", data_title=title):
        if found is None:
            text("span", NOTHING, "sub")
            return
        taken, refused = sum(found.taken), sum(found.refused.values())
        if taken:
            spark = box("span", "spark", aria_hidden="true")
            spark.style(f"background: {', '.join(columns(found.taken))}")
        with box("span", "line"):
            text("span", language.number(taken))
            if refused:
                told = language.plural("{number} refused", "{number} refused", refused)
                text("span", f", {told}", "down")
        if found.last_at is None:
            text("span", say("None in seven days"), "line sub")
        elif not found.taken[-1]:
            span = language.span(now - found.last_at)
            text("span", say("The last one {span} ago", span=span), "line sub")


def columns(taken: Sequence[int]) -> Iterator[str]:
    """Yield a background of CSS for each minute in which a call came, as high as there were many.

    One element with backgrounds is drawn at once, where sixty would be sent one by one.
    """
    most = max(taken)
    for place, calls in enumerate(taken):
        if calls:
            height = round(_LEAST + (100 - _LEAST) * calls / most)
            size = f"{place * _WIDTH}px 100% / {_WIDTH}px {height}%"
            yield f"linear-gradient(var(--fill), var(--fill)) {size} no-repeat"
