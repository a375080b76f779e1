"""The jobs of one process: each of them waits at most once, and is under way at most once."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import timedelta

    from connector.ports.clock import Clock
    from connector.ports.control import Job, Perform

_log = structlog.get_logger(__name__)


class Jobs:
    """Begins what is requested, different jobs side by side."""

    def __init__(self, clock: Clock) -> None:
        """Take the clock by which `stop` waits."""
        self._clock = clock
        self._waiting: dict[Job, None] = {}
        self._under_way: dict[Job, asyncio.Task[None]] = {}
        self._stirred = asyncio.Event()
        self._is_stopping = False

    def request(self, job: Job) -> None:
        """Begin a job as soon as it is not under way; one that waits already stands for both."""
        self._waiting[job] = None
        self._stirred.set()

    def forget(self, job: Job) -> None:
        """Have a job that waits wait no more."""
        self._waiting.pop(job, None)

    def forget_other_lanes(self, lanes: Collection[str]) -> None:
        """Have only those wait whose lane is one of these, or who need none."""
        for job in [job for job in self._waiting if job.lane and job.lane not in lanes]:
            self.forget(job)

    def under_way(self) -> Sequence[Job]:
        """Return the jobs that were begun and have not ended."""
        return tuple(self._under_way)

    async def serve(self, perform: Perform) -> None:
        """Begin jobs until `stop` is called, and return when all have ended."""
        # What a job inherits is the context of whoever serves, not of whoever asked for the job.
        async with asyncio.TaskGroup() as group:
            while not self._is_stopping:
                self._begin(group, perform)
                self._stirred.clear()
                await self._stirred.wait()

    async def stop(self, within: timedelta) -> None:
        """Begin nothing more, wait, cancel what has not ended after `within`; wait for that too.

        Called again, the shorter time holds.
        """
        self._is_stopping = True
        self._stirred.set()
        time_is_up = asyncio.ensure_future(self._clock.sleep(within))
        try:
            while self._under_way and not time_is_up.done():
                some = {*self._under_way.values(), time_is_up}
                await asyncio.wait(some, return_when=asyncio.FIRST_COMPLETED)
            left = tuple(self._under_way.values())
            for task in left:
                # Who is tidying up already is not disturbed at it.
                if not task.cancelling():
                    task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        finally:
            time_is_up.cancel()

    def _begin(self, group: asyncio.TaskGroup, perform: Perform) -> None:
        for job in [job for job in self._waiting if job not in self._under_way]:
            del self._waiting[job]
            task = group.create_task(_do(job, perform), name=str(job))
            self._under_way[job] = task
            task.add_done_callback(partial(self._ended, job))

    def _ended(self, job: Job, _task: asyncio.Task[None]) -> None:
        del self._under_way[job]
        self._stirred.set()


async def _do(job: Job, perform: Perform) -> None:
    try:
        await perform(job)
    except Exception:  # noqa: BLE001 - whatever goes wrong in one job, the others go on
        words = {"action": job.task, "platform": job.lane, "job": str(job)}
        _log.exception("job failed", **{name: word for name, word in words.items() if word})
