"""Reading on from a cursor, by the time of the platform."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from adapters import cursors
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable
    from datetime import datetime

    from adapters.clocks import PlatformClock
    from adapters.cursors import Place
    from connector.domain.pages import Cursor, Page

T = TypeVar("T")

LATER = timedelta(minutes=1)
"""What lies later than the present by more was never true: so far clocks of ours may differ."""
MOST_REPEATS = 4
"""Of a page: it takes two answers until another time is believed, and two until one that was wrong
is given up. Where the clocks of a platform go on to contradict each other, it is taken as it is."""
_AHEAD = "it was last read by a clock that was ahead: what may be missing is read again"


async def resumed(
    clock: PlatformClock,
    since: Cursor | None,
    pages: Callable[[Place], AsyncGenerator[Page[T], None]],
    *,
    valid_part: Callable[[Place, datetime], Place],
    path: str,
) -> AsyncIterator[Page[T]]:
    """Yield the `pages` behind a cursor, without what lies in the future of its place.

    `valid_part` returns what is valid of a place at an instant; where that is less, the next page
    has a problem at `path` that says so.

    What time it is only answers tell: another process may have had another clock, and ours may be
    set right at any time. A page during which it turns out to be another time than was believed,
    or may be, may lead to a place that never was; it is thrown away, and asked for again.
    """

    def begun(place: Place) -> tuple[AsyncGenerator[Page[T], None], tuple[Problem, ...]]:
        left = valid_part(place, clock.now())
        problems = () if left == place else (Problem(message=_AHEAD, path=path),)
        return pages(left), problems

    offset, repeats = clock.offset, 0
    walk, problems = begun(cursors.read(since))
    try:
        while (page := await anext(walk, None)) is not None:
            is_another = clock.offset != offset
            offset = clock.offset
            if (is_another or clock.is_doubted) and repeats < MOST_REPEATS:
                repeats += 1
                await walk.aclose()
                walk, problems = begun(cursors.read(since))
                continue
            yield replace(page, problems=(*problems, *page.problems))
            since, problems, repeats = page.cursor, (), 0
    finally:
        await walk.aclose()
