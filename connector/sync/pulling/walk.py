"""Pages of a platform one by one, and what to do after an error between two of them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from connector.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from connector.domain.pages import Cursor, Page

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Walk(Generic[T]):
    """Pages one by one; after an error the next one comes from behind the last one seen."""

    start: Callable[[Cursor | None], AsyncIterator[Page[T]]]
    since: Cursor | None
    pages: AsyncIterator[Page[T]] | None = None

    async def page(self) -> Page[T] | None:
        """Return the next page, or None at the end."""
        if self.pages is None:
            self.pages = self.start(self.since)
        try:
            page = await anext(self.pages)
        except StopAsyncIteration:
            return None
        except PlatformError:
            await self.close()
            raise
        self.since = page.cursor
        return page

    async def close(self) -> None:
        """Let go of a walk that is not finished."""
        pages, self.pages = self.pages, None
        if isinstance(pages, AsyncGenerator):
            await pages.aclose()
