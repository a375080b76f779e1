"""How a score went and will go, as a line of small bars."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from rich.text import Text

from connector.cli.console import glyph, out
from connector.cli.rendering.words import counted, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.sync.looking.trend import Point

_BLOCKS = "▁▂▃▄▅▆▇█"
_ASCII = "_.-=+*%#"
_NOBODY = " "
"""Where a person had no score."""


def course_lines(name: str, course: Sequence[Point], width: int) -> Iterator[Text]:
    """Yield what a score was, what it is and what it comes to with time alone.

    Nothing where `course` is empty, or it had no value at any of its points.
    """
    values = [point.scores.get(name) for point in course]
    past = [value for point, value in zip(course, values, strict=True) if not point.is_ahead]
    ahead = [value for point, value in zip(course, values, strict=True) if point.is_ahead]
    known = [value for value in values if value is not None]
    if not known:
        return
    bounds = min(0.0, *known), max(0.0, *known)
    begun, now, ended = course[0].at, course[len(past) - 1].at, course[-1].at
    first, last = number(values[0], 9), number(values[-1], 9)
    line = Text(f"{first} ")
    line.append(sparkline(past, *bounds), style="red")
    line.append(glyph("│", "|"), style="dim")
    line.append(sparkline(ahead, *bounds), style="blue")
    line.append(f" {last}")
    yield Text()
    yield Text(f"{name}, from {_days(now - begun)} ago to {_days(ended - now)} ahead with no event")
    yield line if line.cell_len <= width else line[:width]


def sparkline(values: Sequence[float | None], low: float, high: float) -> str:
    """Return a character for each value, from the lowest bar at `low` to the highest at `high`."""
    signs = _ASCII if out.options.ascii_only else _BLOCKS
    unit = (len(signs) - 1) / (high - low) if high > low else 0.0
    return "".join(
        _NOBODY if value is None else signs[round((value - low) * unit)] for value in values
    )


def _days(length: timedelta) -> str:
    count = round(length / timedelta(days=1))
    if not count:
        return counted(max(1, round(length / timedelta(hours=1))), "hour")
    return counted(count, "day")
