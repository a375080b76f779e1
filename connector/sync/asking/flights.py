"""Several jobs under way at once, and what becomes of the others when one fails."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine


async def fly(jobs: AsyncIterator[Callable[[], Coroutine[None, None, None]]], *, most: int) -> None:
    """Run `jobs`, begun in order and at most `most` at once.

    After an error, of a job or of what hands them out, no further one is begun; those under way
    come to their end, and the first error is raised. Cancelling cancels those under way.
    """
    if most == 1:
        async for job in jobs:
            await job()
        return
    turn = asyncio.Lock()
    errors: list[Exception] = []

    async def run_one() -> bool:
        async with turn:
            if errors:
                return False
            try:
                job = await anext(jobs)
            except StopAsyncIteration:
                return False
        await job()
        return True

    async def run() -> None:
        try:
            while await run_one():
                pass
        except Exception as error:  # noqa: BLE001 - raised below, behind those under way
            errors.append(error)

    await asyncio.gather(*(run() for _ in range(most)))
    if errors:
        raise errors[0]
