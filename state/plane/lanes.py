"""The lanes of a replica: taking them, keeping them, giving them up in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
import structlog
from procrastinate.exceptions import ConnectorException

from state.plane import jobs
from state.plane.pace import since_boot

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from contextlib import AbstractAsyncContextManager

    from connector.ports.clock import Clock
    from state.plane.crew import Crew
    from state.plane.leases import Leases, Seen
    from state.plane.pace import Pace
    from state.plane.performing import Performing

    Connect: TypeAlias = Callable[[], AbstractAsyncContextManager[psycopg.AsyncConnection[Any]]]

OnTaken: TypeAlias = Callable[[str, int], Awaitable[None]]
"""Awaited with a lane and its fence before its jobs begin.

Not so where this process had it last, and let its jobs end.
"""

_log = structlog.get_logger()

_MOMENT = 0.001
"""Seconds, so that a lease has run out when it is looked at then."""


class _Kept:
    """A lane that this process has."""

    def __init__(self, lane: str, fence: int, *, limit: float, crew: Crew, is_new: bool) -> None:
        self.lane = lane
        self.fence = fence
        self.limit = limit
        """It is lost then, in seconds since boot."""
        self.crew = crew
        self.is_new = is_new
        """Whether another had it since its jobs were last begun here, or they were cut off."""
        self.is_leaving = False
        self.preparing: asyncio.Task[None] | None = None

    def is_held(self) -> bool:
        return since_boot() < self.limit


class Lanes:
    """Has about as many lanes as every other replica."""

    def __init__(
        self,
        leases: Leases,
        connect: Connect,
        *,
        performing: Performing,
        crew_of: Callable[[str], Crew],
        on_taken: OnTaken,
        clock: Clock,
        pace: Pace,
    ) -> None:
        """Take the rows they are kept in, and what works in a lane."""
        self._leases = leases
        self._connect = connect
        self._performing = performing
        self._crew_of = crew_of
        self._on_taken = on_taken
        self._clock = clock
        self._pace = pace
        self._able: frozenset[str] = frozenset()
        self._kept: dict[str, _Kept] = {}
        self._keeping: set[asyncio.Task[None]] = set()
        self._prepared: set[str] = set()
        self._is_stopping = False

    def set_able(self, lanes: Collection[str]) -> None:
        """Have none but these lanes from now on."""
        self._able = frozenset(lanes)

    def holds(self, lane: str) -> bool:
        """Return whether a lane is this process's at this very moment."""
        kept = self._kept.get(lane)
        return kept is not None and kept.is_held()

    def crews(self) -> Sequence[Crew]:
        """Return what works in the lanes."""
        return [kept.crew for kept in self._kept.values()]

    async def beat(self) -> None:
        """Tell that this replica lives, and see which lanes are its own, lost, or to be had."""
        asked_at = since_boot()
        fences = {lane: kept.fence for lane, kept in self._kept.items() if kept.is_held()}
        able = () if self._is_stopping else self._able
        async with self._connect() as connection:
            seen = await self._leases.beat(connection, able, fences)
            for lane in fences:
                self._renew(lane, asked_at, is_renewed=lane in seen.renewed)
            for lane in self._kept.keys() - self._able:
                self._leave(lane)
            if not self._is_stopping:
                await self._take(connection, seen)
                self._make_room(seen)

    async def watch(self) -> None:
        """Give up, until cancelled, each lane whose lease ran out: also where nobody answers."""
        while True:
            for lane, kept in list(self._kept.items()):
                if not kept.is_held():
                    self._lose(lane, kept)
            now = since_boot()
            left = [kept.limit - now for kept in self._kept.values() if kept.limit > now]
            soonest = timedelta(seconds=min(left, default=0) + _MOMENT)
            await self._clock.sleep(min(soonest, self._pace.beat) if left else self._pace.beat)

    def stop(self) -> None:
        """Take no more lanes; let go of each as soon as nothing is under way in it."""
        self._is_stopping = True
        for lane in list(self._kept):
            self._leave(lane)

    def abandon(self) -> None:
        """Give up all lanes at once, with what is under way in them."""
        for lane, kept in list(self._kept.items()):
            self._lose(lane, kept)

    async def ended(self) -> None:
        """Return when no lane is left."""
        while self._keeping:
            await asyncio.wait(self._keeping)

    def _renew(self, lane: str, asked_at: float, *, is_renewed: bool) -> None:
        kept = self._kept.get(lane)
        if kept is None or not kept.is_held():
            return
        if is_renewed:
            kept.limit = self._limit(asked_at)
        else:
            self._lose(lane, kept)

    async def _take(self, connection: psycopg.AsyncConnection[Any], seen: Seen) -> None:
        free = (seen.free & self._able) - self._kept.keys()
        for lane in seen.sharing.to_take(free, seen.orphaned):
            asked_at = since_boot()
            taken = await self._leases.take(connection, lane)
            if taken is None:
                continue
            kept = _Kept(
                lane,
                taken.fence,
                limit=self._limit(asked_at),
                crew=self._crew_of(lane),
                is_new=taken.last_owner != self._leases.owner or lane not in self._prepared,
            )
            self._kept[lane] = kept
            if self._is_stopping:
                # Since the database was asked.
                self._leave(lane)
            task = asyncio.create_task(self._keep(kept), name=f"lane {lane}")
            self._keeping.add(task)
            task.add_done_callback(self._keeping.discard)

    def _make_room(self, seen: Seen) -> None:
        if any(kept.is_leaving for kept in self._kept.values()):
            return
        busy = [lane for lane in self._kept if self._performing.is_busy(lane)]
        lane = seen.sharing.to_let_go(busy)
        if lane is not None:
            self._leave(lane, within=self._pace.drain.total_seconds())

    def _limit(self, asked_at: float) -> float:
        return asked_at + (self._pace.lease - self._pace.margin).total_seconds()

    def _leave(self, lane: str, *, within: float | None = None) -> None:
        kept = self._kept.get(lane)
        if kept is None or kept.is_leaving:
            return
        kept.is_leaving = True
        kept.crew.stop()
        if kept.preparing is not None:
            kept.preparing.cancel()
        if within is not None:
            asyncio.get_running_loop().call_later(within, self._end_jobs, kept)

    def _end_jobs(self, kept: _Kept) -> None:
        if self._kept.get(kept.lane) is kept:
            self._cut_off(kept.lane)

    def _cut_off(self, lane: str) -> None:
        """Cancel the jobs of a lane: what they had in hand is taken back before others begin."""
        self._performing.cancel(lane)
        self._prepared.discard(lane)

    def _lose(self, lane: str, kept: _Kept) -> None:
        if not kept.limit:
            return
        _log.warning("lane lost", lane=lane)
        kept.limit = 0
        kept.is_leaving = True
        kept.crew.stop()
        self._cut_off(lane)
        if kept.preparing is not None:
            kept.preparing.cancel()

    async def _keep(self, kept: _Kept) -> None:
        try:
            if not kept.is_leaving and await self._is_prepared(kept):
                await kept.crew.work()
        finally:
            await self._release(kept)
            del self._kept[kept.lane]

    async def _is_prepared(self, kept: _Kept) -> bool:
        """Return whether jobs may begin: not so when the lane is lost or left meanwhile."""
        kept.preparing = asyncio.create_task(self._prepare(kept))
        try:
            await asyncio.wait({kept.preparing})
        finally:
            kept.preparing.cancel()
        if kept.preparing.cancelled():
            return False
        if (error := kept.preparing.exception()) is not None:
            _log.warning("lane not begun", lane=kept.lane, cause=type(error).__name__)
            return False
        return True

    async def _prepare(self, kept: _Kept) -> None:
        _log.info("lane taken", lane=kept.lane, fence=kept.fence)
        if kept.is_new:
            self._prepared.discard(kept.lane)
            await self._on_taken(kept.lane, kept.fence)
            self._prepared.add(kept.lane)
        async with self._connect() as connection:
            await jobs.put_back_lane(connection, kept.lane)

    async def _release(self, kept: _Kept) -> None:
        if not kept.is_held():
            return
        kept.limit = 0
        try:
            async with asyncio.timeout(self._pace.beat.total_seconds()), self._connect() as at:
                await self._leases.release(at, kept.lane, kept.fence)
        except (psycopg.Error, ConnectorException, TimeoutError) as error:
            # It is free when its lease has run out.
            _log.warning("lane not released", lane=kept.lane, cause=type(error).__name__)
