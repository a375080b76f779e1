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
_AHEAD = "it was last read by a clock that was ahead: what may be missing is read again"


async def resumed(
    clock: PlatformClock,
    since: Cursor | None,
    pages: Callable[[Place], AsyncGenerator[Page[T], None]],
    *,
    believed: Callable[[Place, datetime], Place],
    path: str,
) -> AsyncIterator[Page[T]]:
    """Yield the `pages` behind a cursor, without what lies in the future of its place.

    `believed` returns what is left of a place at an instant; where that is less, the first page
    has a problem at `path` that says so.

    What time it is shows with the first answer: our clock may have been set since the last one,
    which may also be another process's. Where it turns out to be another time than was believed,
    the first page is thrown away and asked for again.
    """

    def begun() -> tuple[AsyncGenerator[Page[T], None], tuple[Problem, ...]]:
        place, whole = believed(cursors.read(since), clock.now()), cursors.read(since)
        return pages(place), () if place == whole else (Problem(message=_AHEAD, path=path),)

    offset = clock.offset
    walk, problems = begun()
    page = await anext(walk, None)
    if clock.offset != offset:
        await walk.aclose()
        walk, problems = begun()
        page = await anext(walk, None)
    try:
        while page is not None:
            yield replace(page, problems=(*problems, *page.problems))
            problems = ()
            page = await anext(walk, None)
    finally:
        await walk.aclose()
