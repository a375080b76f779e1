"""The control plane of a single process, on APScheduler."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from connector.runtime.planes.jumps import Jumps
from connector.runtime.planes.process import ProcessPlane

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connector.ports.clock import Clock
    from connector.ports.control import Job, Perform, Tick
    from connector.runtime.planes.turns import Turns

_log = structlog.get_logger(__name__)

_LOOK_EVERY = 3.0
"""Seconds between two looks at whether the clock was moved."""


class LocalPlane(ProcessPlane):
    """Ticks by the clock of this machine, and is not put out when somebody moves it."""

    def __init__(self, clock: Clock, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Take the clock that APScheduler reads too, and one that nobody can set, in seconds."""
        super().__init__(clock, Random())  # noqa: S311 - nobody gains by guessing it
        self._jumps = Jumps(clock, monotonic)
        # Times are in UTC from end to end, so that no zone and no summer time has a say.
        self._scheduler: Any = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        self._entries: dict[Job, Any] = {}

    async def schedule(self, ticks: Sequence[Tick]) -> None:
        """From now on begin these; what waits of a tick or a lane that is gone is forgotten."""
        self._look_at_the_clock()
        await super().schedule(ticks)

    async def serve(self, perform: Perform) -> None:
        """Begin jobs until `stop` is called."""
        self._scheduler.start()
        try:
            async with asyncio.TaskGroup() as group:
                watching = group.create_task(self._watch_the_clock())
                await self._jobs.serve(perform)
                watching.cancel()
        finally:
            self._scheduler.shutdown(wait=False)
            self._entries.clear()

    def _set(self, job: Job, turns: Turns) -> None:
        self._remove(job)
        self._entries[job] = self._scheduler.add_job(
            self._turn, _Interval(turns), args=[job], name=str(job), next_run_time=turns.first()
        )

    def _remove(self, job: Job) -> None:
        if (entry := self._entries.pop(job, None)) is not None:
            entry.remove()

    async def _turn(self, job: Job) -> None:
        """Go the way of every request: APScheduler only says when.

        It is a coroutine so that it runs in the loop and not in a thread.
        """
        self._jobs.request(job)

    async def _watch_the_clock(self) -> None:
        while True:
            # The loop waits by the monotonic clock.
            await asyncio.sleep(_LOOK_EVERY)
            self._look_at_the_clock()

    def _look_at_the_clock(self) -> None:
        """Take up the turns that a jump of the clock left overdue, or far away."""
        jump = self._jumps.look()
        if not jump:
            return
        _log.warning("clock moved", seconds=round(jump.total_seconds(), 3))
        if jump < timedelta():
            for job, entry in self._entries.items():
                self._turns[job].move(jump)
                entry.modify(next_run_time=entry.next_run_time + jump)
        if self._scheduler.running:
            # It waits by the monotonic clock for what is due by the other.
            self._scheduler.wakeup()


class _Interval(IntervalTrigger):  # type: ignore[misc]  # APScheduler has no types
    """APScheduler's interval, whose jitter does not add up.

    The inherited one also lists each turn that was missed: those of the decades by which a clock
    that began at 1970 is set right fill the memory.
    """

    def __init__(self, turns: Turns) -> None:
        tick = turns.tick
        super().__init__(
            seconds=tick.every.total_seconds(),
            start_date=turns.start,
            timezone=UTC,
            jitter=tick.jitter.total_seconds(),
        )
        self._turns = turns

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        del previous
        return self._turns.after(now)
