"""Calls of platforms on their way to disk: many in one transaction, before any is answered.

While one group is written the next one gathers: alone a call waits for nothing, and a flood costs
one flush of the disk per group and not per call.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from connector.sync.tasks import inbound_job
from connector.web.failures import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.domain.ledger import Inbound
    from connector.web.desk import Desk

MOST_WAITING = 10_000
MOST_BYTES = 64 * 2**20
GROUP = 500
"""Calls in one transaction."""
PATIENCE = 4.0
"""Seconds until a caller is told that its call cannot be stored: HubSpot waits for five."""

_log = structlog.get_logger("heatsync.web")


class NotStored(Exception):
    """A call is not on disk, as far as is known; it has to come again."""


@dataclass(slots=True, eq=False)
class _Waiting:
    call: Inbound
    stored: asyncio.Future[None]
    since: float
    """On the loop's clock."""


@dataclass(slots=True, eq=False)
class Intake:
    """Stores calls in groups and has them taken in."""

    desk: Desk
    _waiting: deque[_Waiting] = field(default_factory=deque)
    _bytes: int = 0
    _writer: asyncio.Task[None] | None = None
    _news: dict[str, None] = field(default_factory=dict)
    _messenger: asyncio.Task[None] | None = None

    async def store(self, call: Inbound) -> None:
        """Return once `call` is on disk; raises NotStored.

        One that is given up may be stored all the same: that it comes again does no harm.
        """
        if len(self._waiting) >= MOST_WAITING or self._bytes > MOST_BYTES:
            raise NotStored
        loop = asyncio.get_running_loop()
        stored = loop.create_future()
        self._waiting.append(_Waiting(call, stored, loop.time()))
        self._bytes += len(call.body)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        await stored

    async def aclose(self, within: float = PATIENCE) -> None:
        """Return once everything is stored that was taken, and everybody told.

        What is not after so many seconds is left: nobody was told that it is.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while tasks := [each for each in (self._writer, self._messenger) if each]:
                    await asyncio.wait(tasks)

    async def _write(self) -> None:
        try:
            while self._waiting:
                size = min(GROUP, len(self._waiting))
                await self._store([self._waiting.popleft() for _ in range(size)])
        finally:
            self._writer = None

    async def _store(self, group: Sequence[_Waiting]) -> None:
        calls = [each.call for each in group]
        try:
            writing = asyncio.ensure_future(self.desk.workspace().state.store_calls(calls))
            # One look for all that wait costs less than a timer for each.
            while not (await asyncio.wait([writing], timeout=PATIENCE / 8))[0]:
                self._give_up([*group, *self._waiting])
            await writing
        except Exception as error:  # noqa: BLE001 - whatever it is, the callers have to come again
            _log.error("webhooks not stored", calls=len(calls), **told(error))
            for each in group:
                if not each.stored.done():
                    each.stored.set_exception(NotStored())
            return
        finally:
            self._bytes -= sum(len(call.body) for call in calls)
        for each in group:
            if not each.stored.done():
                each.stored.set_result(None)
        self._news |= dict.fromkeys(call.platform for call in calls)
        if self._messenger is None:
            self._messenger = asyncio.create_task(self._tell())

    def _give_up(self, waiting: Sequence[_Waiting]) -> None:
        """Have those come again that wait for too long."""
        now = asyncio.get_running_loop().time()
        for each in waiting:
            if now - each.since >= PATIENCE and not each.stored.done():
                each.stored.set_exception(NotStored())

    async def _tell(self) -> None:
        """Have the calls of each platform taken in, once for all that came meanwhile."""
        try:
            while self._news:
                platform = next(iter(self._news))
                del self._news[platform]
                await self.desk.soon(inbound_job(platform))
        finally:
            self._messenger = None
