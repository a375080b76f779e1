"""Several jobs under way at once, and what becomes of the others when one fails."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine


async def fly(jobs: AsyncIterator[Callable[[], Coroutine[None, None, None]]], *, most: int) -> None:
    """Run `jobs`, begun in order and at most `most` at once.

    After an error no further one is begun; those under way come to their end, and the first error
    is raised. Cancelling cancels those under way.
    """
    if most == 1:
        async for job in jobs:
            await job()
        return
    under_way: set[asyncio.Task[None]] = set()
    failure: BaseException | None = None
    try:
        while True:
            while failure is None and len(under_way) < most:
                try:
                    job = await anext(jobs)
                except StopAsyncIteration:
                    break
                under_way.add(asyncio.create_task(job()))
            if not under_way:
                break
            done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            # All are looked at: asyncio reports on its own those that nobody did.
            errors = [error for each in done if (error := each.exception()) is not None]
            failure = failure or next(iter(errors), None)
    finally:
        for task in under_way:
            task.cancel()
        if under_way:
            await asyncio.gather(*under_way, return_exceptions=True)
    if failure is not None:
        raise failure
