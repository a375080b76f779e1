"""Being told by the database: one connection on which all of a process listens."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection
    from datetime import timedelta
    from typing import Any

    from connector.ports.clock import Clock

    Told: TypeAlias = Callable[[str, str], Awaitable[None]]
    """Takes a channel and what was said on it."""

_ANYTHING = '{"type": "job_inserted", "job_id": 0}'
"""What procrastinate's workers look for new jobs at."""
_SILENCE_SECONDS = 30
"""After so long it is tried whether the connection is still one."""


class Hearing:
    """Hands on what is said on some channels, over all that happens to its connection.

    procrastinate opens a connection for each of its workers, and a replica has one for each lane.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[psycopg.AsyncConnection[Any]]], clock: Clock
    ) -> None:
        """Take what opens a connection in autocommit mode."""
        self._connect = connect
        self._clock = clock
        self._told: defaultdict[str, list[Told]] = defaultdict(list)
        self._channels: frozenset[str] = frozenset()
        self._changed = asyncio.Event()

    def listen_to(self, channels: Collection[str]) -> None:
        """Listen to these channels from now on."""
        if self._channels != frozenset(channels):
            self._channels = frozenset(channels)
            self._changed.set()

    @asynccontextmanager
    async def handing_on(self, told: Told, channels: Collection[str]) -> AsyncIterator[None]:
        """Hand on to `told` what is said on these channels, as far as they are listened to."""
        for channel in channels:
            self._told[channel].append(told)
        try:
            yield
        finally:
            for channel in channels:
                self._told[channel].remove(told)

    async def run(self, retry: timedelta) -> None:
        """Listen until cancelled; a lost connection is made again after `retry`."""
        while True:
            self._changed.clear()
            listening = asyncio.create_task(self._listen(self._channels))
            changing = asyncio.create_task(self._changed.wait())
            try:
                await asyncio.wait({listening, changing}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (listening, changing):
                    task.cancel()
                ended = await asyncio.gather(listening, changing, return_exceptions=True)
            if isinstance(ended[0], psycopg.Error | OSError):
                await self._clock.sleep(retry)
            elif isinstance(ended[0], Exception):
                raise ended[0]

    async def _listen(self, channels: frozenset[str]) -> None:
        async with await self._connect() as connection:
            for channel in sorted(channels):
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            # What was said before is lost: whoever waits for something looks for itself.
            for channel in channels:
                await self._hand_on(channel, _ANYTHING)
            while True:
                async for notice in connection.notifies(timeout=_SILENCE_SECONDS):
                    await self._hand_on(notice.channel, notice.payload)
                await connection.execute("SELECT 1")

    async def _hand_on(self, channel: str, payload: str) -> None:
        for told in tuple(self._told.get(channel, ())):
            await told(channel, payload)
