"""How often platforms call: counted here, and written where all processes and restarts see it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from connector.domain.calls import CallCount
from connector.errors import ConnectorError

if TYPE_CHECKING:
    from datetime import datetime

    from connector.web.desk import Desk

EVERY = 5.0
"""Seconds for which calls are counted before that is written: a flood costs as little as one."""

_log = structlog.get_logger("heatsync.web")


@dataclass(slots=True, eq=False)
class Pulse:
    """Counts calls by the minute, and writes them down together."""

    desk: Desk
    _counts: Counter[tuple[str, str, datetime]] = field(default_factory=Counter)
    _timer: asyncio.TimerHandle | None = None
    _writer: asyncio.Task[None] | None = None

    def count(self, platform: str, outcome: str) -> None:
        """Take that a call came now, of a platform (empty: of none of ours), to such an end."""
        self.desk.count(platform, outcome)
        minute = self.desk.clock.now().replace(second=0, microsecond=0)
        self._counts[platform, outcome, minute] += 1
        self._write_soon()

    async def aclose(self) -> None:
        """Write what is counted; where that fails it is lost, as after a crash."""
        if self._timer is not None:
            self._timer.cancel()
        if self._writer is not None:
            await self._writer
        await self._write()

    def _write_soon(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(EVERY, self._begin)

    def _begin(self) -> None:
        self._timer = None
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        else:
            self._write_soon()

    async def _write(self) -> None:
        counted, self._counts = self._counts, Counter()
        if not counted:
            return
        rows = [
            CallCount(platform=platform, outcome=outcome, minute=minute, calls=calls)
            for (platform, outcome, minute), calls in sorted(counted.items())
        ]
        try:
            await self.desk.workspace().state.transact(lambda tx: tx.pulse.add(rows))
        except ConnectorError as error:
            # With the next call it is tried again.
            self._counts.update(counted)
            _log.warning("webhook calls not counted", error=str(error))
