"""Iterators that block, each step in a thread."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

Item = TypeVar("Item")


async def in_threads(items: Generator[Item, None, None]) -> AsyncGenerator[Item, None]:
    """Yield `items`, each made in a thread; they are closed at the end, whatever ends them."""
    step: asyncio.Future[Item | None] | None = None
    try:
        while True:
            step = asyncio.ensure_future(asyncio.to_thread(next, items, None))
            item = await asyncio.shield(step)
            if item is None:
                return
            yield item
    finally:
        # Whoever is called off leaves the thread at work: it cannot be closed before that ends.
        if step is not None and not step.done():
            with suppress(Exception):
                await step
        await asyncio.to_thread(items.close)
