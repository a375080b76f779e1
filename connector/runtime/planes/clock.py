"""A clock of its own time: months pass as fast as the work in them is done."""

from __future__ import annotations

import asyncio
import heapq
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from connector.runtime.planes.quiet import Quiet

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator

T = TypeVar("T")

_ANSWERED_WITHIN = 0.02
"""Seconds, real ones, for what is asked of another process, or of a thread with its own loop."""


@dataclass(slots=True, eq=False)
class _Work:
    sleepers: int = 0
    """How many of its tasks wait for time to pass."""


_WORK: ContextVar[_Work | None] = ContextVar("work", default=None)


class SimulatedClock:
    """Keeps the contract of Clock in a time that is moved from one instant waited for to the next.

    It is moved only while nobody has anything to do: everything in the loop waits, no thread works
    for the loop, and each of the works that were announced (`working`) waits for time to pass. Of
    one that waits for something else nobody knows whether time can help it, as when another has
    its turn at a limit, or has to wait for it, as when a server has not answered: time goes on
    when nobody asked for it for 20 milliseconds.
    """

    def __init__(self, at: datetime) -> None:
        """Begin at an instant, in UTC."""
        self._at = at
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = count()
        self._works: set[_Work] = set()
        self._asked = 0
        self._quiet: Quiet | None = None
        self._move = asyncio.Lock()

    def now(self) -> datetime:
        """Return the instant that time has come to."""
        self._asked += 1
        return self._at

    async def sleep(self, span: timedelta) -> None:
        """Return when time was moved by `span`."""
        self._asked += 1
        if span <= timedelta():
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._at + span, next(self._order), woken))
        work = _WORK.get() or _Work()
        work.sleepers += 1
        try:
            await woken
        finally:
            work.sleepers -= 1

    @contextmanager
    def working(self) -> Iterator[None]:
        """Announce that the block is work, with all the tasks that it makes."""
        work = _Work()
        self._works.add(work)
        token = _WORK.set(work)
        try:
            yield
        finally:
            _WORK.reset(token)
            self._works.remove(work)

    async def run_until(self, instant: datetime) -> None:
        """Let time pass up to and with `instant`."""
        while await self._step(instant):
            pass
        self._at = max(self._at, instant)

    async def run(self, work: Awaitable[T]) -> T:
        """Return what `work` returns; time passes until then."""
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                if not await self._step(until=task):
                    await asyncio.wait({task}, timeout=_ANSWERED_WITHIN)
        finally:
            task.cancel()
        return await task

    async def _step(
        self, latest: datetime | None = None, *, until: asyncio.Future[T] | None = None
    ) -> bool:
        """Wake who waits for the next instant, up to the latest; return whether there was one."""
        async with self._move:
            await self._come_to_rest()
            while self._sleepers and self._sleepers[0][2].done():
                heapq.heappop(self._sleepers)
            is_over = until is not None and until.done()
            if is_over or not self._sleepers or (latest and self._sleepers[0][0] > latest):
                return False
            at, _, woken = heapq.heappop(self._sleepers)
            self._at = max(self._at, at)
            woken.set_result(None)
            return True

    async def _come_to_rest(self) -> None:
        if self._quiet is None:
            self._quiet = Quiet(asyncio.get_running_loop())
        await self._quiet.reached()
        while any(not work.sleepers for work in self._works):
            asked, works = self._asked, len(self._works)
            await asyncio.sleep(_ANSWERED_WITHIN)
            await self._quiet.reached()
            if (asked, works) == (self._asked, len(self._works)):
                return
