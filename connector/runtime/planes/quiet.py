"""Knowing that a loop has nothing left to do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Quiet:
    """Tells when everything in a loop waits, and no thread works for it.

    Everything that is handed to a thread by way of the loop counts, which is what
    `asyncio.to_thread` does; the loop is made to say so from now on. Timers of the loop itself and
    what comes from a network do not count.
    """

    def __init__(self, loop: Any) -> None:  # noqa: ANN401 - more than its type tells of it
        """Take the loop to be asked about, before anything in it uses a thread."""
        self._loop = loop
        self._threads: set[asyncio.Future[Any]] = set()
        self._hand_over = self._loop.run_in_executor
        self._loop.run_in_executor = self._count

    async def reached(self) -> None:
        """Return when all others wait."""
        while True:
            await asyncio.sleep(0)
            # Nobody else tells what is still to be done in this round, or in the next.
            if self._loop._ready:  # noqa: SLF001
                continue
            if not self._threads:
                return
            await asyncio.wait(self._threads, return_when=asyncio.FIRST_COMPLETED)

    def _count(
        self,
        executor: Any,  # noqa: ANN401 - as the loop has it
        work: Callable[..., Any],
        *args: Any,  # noqa: ANN401 - as the loop has it
    ) -> asyncio.Future[Any]:
        under_way: asyncio.Future[Any] = self._hand_over(executor, work, *args)
        self._threads.add(under_way)
        under_way.add_done_callback(self._threads.discard)
        return under_way
