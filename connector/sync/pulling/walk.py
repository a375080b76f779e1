"""Pages of a platform one by one, and what to do after an error between two of them.

The next pages are asked for while the last ones are stored. A platform that is faster than the
store has several ready by then, which are stored together; of a slower one each is stored alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from connector.domain.pages import Page
from connector.errors import PlatformError, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from connector.domain.pages import Cursor

T = TypeVar("T")

MOST_LAPS = 5
"""How often the same pages may come in vain."""
PAGES_AHEAD = 5
"""Pages that wait while as many are stored: a crash reads both again, and no more."""
ITEMS_AHEAD = 500
"""Beyond so many that wait to be stored no further page is asked for."""


@dataclass(slots=True, kw_only=True)
class Walk(Generic[T]):
    """Pages one by one; after an error the next one comes from behind the last one seen."""

    start: Callable[[Cursor | None], AsyncIterator[Page[T]]]
    since: Cursor | None
    pages: AsyncIterator[Page[T]] | None = None
    seen: set[int] = field(default_factory=set)
    """Places that were reached, eight bytes each."""
    is_moving: bool = False
    """Whether any page came since the last error."""
    is_further: bool = False
    """Whether one of them ended where none had ended before."""
    laps: int = 0

    async def page(self) -> Page[T] | None:
        """Return the next page, or None at the end."""
        if self.pages is None:
            self.pages = self.start(self.since)
        try:
            page = await anext(self.pages)
        except StopAsyncIteration:
            return None
        except PlatformError as error:
            await self.close()
            self._note_error(error)
            raise
        self.since = page.cursor
        self.is_moving = True
        if (place := hash(page.cursor)) not in self.seen:
            self.seen.add(place)
            self.is_further = True
        return page

    def _note_error(self, error: PlatformError) -> None:
        """Raise UnexpectedAnswer where pages come for ever, and none leads any further."""
        self.laps = 0 if self.is_further else self.laps + self.is_moving
        self.is_moving = self.is_further = False
        if self.laps >= MOST_LAPS:
            msg = f"the same pages came {self.laps + 1} times, each time up to an error: {error}"
            raise UnexpectedAnswer(
                msg, platform=error.platform, operation=error.operation
            ) from error

    async def close(self) -> None:
        """Let go of a walk that is not finished."""
        pages, self.pages = self.pages, None
        if isinstance(pages, AsyncGenerator):
            await pages.aclose()


class Ahead(Generic[T]):
    """Pages that are asked for while those before are worked on."""

    def __init__(self, ask: Callable[[], Awaitable[Page[T] | None]]) -> None:
        """Take what returns the next page, or None at the end."""
        self._ask = ask
        self._pages: list[Page[T]] = []
        self._has_news = asyncio.Event()
        self._has_room = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def taken(self) -> Sequence[Page[T]]:
        """Return the pages that are there, at least one; none at the end.

        An error is raised once all that came before it was taken.
        """
        while not self._pages and not self._reader.done():
            self._has_news.clear()
            await self._has_news.wait()
        if not self._pages:
            self._reader.result()
        pages, self._pages = self._pages, []
        self._has_room.set()
        return pages

    async def aclose(self) -> None:
        """Ask for nothing more."""
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)

    async def _read(self) -> None:
        try:
            while (page := await self._ask()) is not None:
                self._pages.append(page)
                self._has_news.set()
                while self._is_full():
                    self._has_room.clear()
                    await self._has_room.wait()
        finally:
            self._has_news.set()

    def _is_full(self) -> bool:
        waiting = sum(len(each.items) for each in self._pages)
        return len(self._pages) >= PAGES_AHEAD or waiting >= ITEMS_AHEAD


@asynccontextmanager
async def ahead(ask: Callable[[], Awaitable[Page[T] | None]]) -> AsyncIterator[Ahead[T]]:
    """Ask for pages ahead of the block, which takes them; at its end nothing more is asked."""
    pages = Ahead(ask)
    try:
        yield pages
    finally:
        await pages.aclose()


def joined(pages: Sequence[Page[T]]) -> Sequence[Page[T]]:
    """Return pages in a row as one."""
    if len(pages) == 1:
        return pages
    together = Page(
        items=tuple(item for page in pages for item in page.items),
        cursor=pages[-1].cursor,
        problems=tuple(problem for page in pages for problem in page.problems),
        whole={name: began for page in pages for name, began in page.whole.items()},
        total=pages[-1].total,
    )
    return [together]
