"""Much work in small pieces, between which others have the event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

Each = TypeVar("Each")

AT_ONCE = 100
"""Items between two chances for others: some milliseconds of work, and a chance costs nothing."""


async def giving_way(items: Iterable[Each]) -> AsyncGenerator[Each]:
    """Yield `items`, and let others have the loop after every `AT_ONCE` of them."""
    for number, each in enumerate(items, start=1):
        yield each
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)


async def let_go(items: list[Each]) -> None:
    """Empty `items` a few at a time: to free many takes long as well."""
    while items:
        del items[-AT_ONCE:]
        await asyncio.sleep(0)
