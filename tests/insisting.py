"""A stream as a pull takes it: again from behind the last page while an error may pass."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import TypeVar

from connector.domain.pages import Cursor, Page
from connector.errors import PlatformUnavailable, RateLimited
from connector.ports.clock import Clock
from connector.sync.asking.circuit import Circuit
from connector.sync.asking.patience import Patience
from connector.sync.pulling.walk import Walk

Item = TypeVar("Item")

MOST = 100
"""Pages after which a stream that a test keeps failing has no end."""


async def insisted(
    start: Callable[[Cursor | None], AsyncIterator[Page[Item]]], since: Cursor | None, clock: Clock
) -> list[Page[Item]]:
    """Return the pages that come before a stream ends, or its platform is given up."""
    patience, pages = Patience(clock, Circuit("any", clock)), list[Page[Item]]()
    walk = Walk(start=start, since=since)
    with suppress(PlatformUnavailable, RateLimited):
        while (page := await patience(walk.page)) is not None:
            pages.append(page)
            assert len(pages) < MOST, "it comes to no end"
    await walk.close()
    return pages
