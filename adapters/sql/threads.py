"""Iterators that block, each step in a thread."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    from adapters.sql.database import Database

Item = TypeVar("Item")


async def in_threads(
    database: Database, items: Generator[Item, None, None]
) -> AsyncGenerator[Item, None]:
    """Yield `items`, each made in a thread; they are closed at the end, whatever ends them."""
    step: asyncio.Future[Item | None] | None = None
    try:
        while True:
            step = asyncio.ensure_future(database.in_thread(partial(next, items, None)))
            item = await asyncio.shield(step)
            if item is None:
                return
            yield item
    finally:
        # Whoever is called off leaves the thread at work: it cannot be closed before that ends.
        if step is not None and not step.done():
            await asyncio.to_thread(database.interrupt)
            with suppress(Exception):
                await step
        await database.in_thread(items.close)
