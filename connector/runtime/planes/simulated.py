"""The control plane of a single process whose time is not the machine's."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING, Any

from connector.runtime.planes.process import ProcessPlane

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from connector.ports.control import Job, Perform
    from connector.runtime.planes.clock import SimulatedClock
    from connector.runtime.planes.turns import Turns


class SimulatedPlane(ProcessPlane):
    """Ticks by a simulated clock: the same work at the same instants whenever it is run.

    Whatever its jobs wait for they have to wait for by that clock, or in threads of the loop.
    """

    def __init__(self, clock: SimulatedClock, *, seed: int = 0) -> None:
        """Take the clock, which this moves; `seed` says how jitter moves turns."""
        super().__init__(clock, Random(seed))  # noqa: S311 - chance that can be repeated
        self._simulated = clock
        self._due: dict[Job, datetime] = {}
        self._changed = asyncio.Event()

    async def run_until(self, instant: datetime) -> None:
        """Let time pass up to and with `instant`, while somebody else awaits `serve`.

        Jobs that need time beyond it are still under way then.
        """
        await self._simulated.run_until(instant)

    async def serve(self, perform: Perform) -> None:
        """Begin jobs until `stop` is called; it is `run_until` that lets their time come."""

        async def work(job: Job) -> None:
            with self._simulated.working():
                await perform(job)

        async with asyncio.TaskGroup() as group:
            ticking = group.create_task(self._tick())
            await self._jobs.serve(work)
            ticking.cancel()

    async def stop(self, within: timedelta) -> None:
        """Begin nothing more; return once all jobs have ended; time passes until then."""
        await self._simulated.run(super().stop(within))

    def _set(self, job: Job, turns: Turns) -> None:
        self._due[job] = turns.first()
        self._changed.set()

    def _remove(self, job: Job) -> None:
        del self._due[job]
        self._changed.set()

    async def _tick(self) -> None:
        while True:
            now = self._clock.now()
            for job, due in sorted(self._due.items(), key=lambda each: each[1]):
                if due > now:
                    break
                self._jobs.request(job)
                self._due[job] = self._turns[job].after(now)
            await self._wait(now)

    async def _wait(self, now: datetime) -> None:
        """Return when the next turn is due, or they are other turns."""
        self._changed.clear()
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._changed.wait())]
        if self._due:
            wait = min(self._due.values()) - now
            waits.append(asyncio.ensure_future(self._clock.sleep(wait)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
