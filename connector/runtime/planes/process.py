"""What the control planes of one process share: all but knowing when a tick is due."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.runtime.planes.jobs import Jobs
from connector.runtime.planes.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from connector.ports.clock import Clock
    from connector.ports.control import Job, Perform, Tick


class ProcessPlane(ABC):
    """Keeps the contract of ControlPlane for one process, which has every lane."""

    def __init__(self, clock: Clock, random: Random) -> None:
        """Take the clock that ticks go by, and the chance that moves them."""
        self._clock = clock
        self._random = random
        self._jobs = Jobs(clock)
        self._turns: dict[Job, Turns] = {}
        self._is_closed = False

    async def schedule(self, ticks: Sequence[Tick]) -> None:
        """From now on begin these; what waits of a tick or a lane that is gone is forgotten."""
        wanted = {tick.job: tick for tick in ticks}
        for job in [job for job in self._turns if job not in wanted]:
            del self._turns[job]
            self._remove(job)
            self._jobs.forget(job)
        self._jobs.forget_other_lanes({job.lane for job in wanted})
        for job, tick in wanted.items():
            there = self._turns.get(job)
            if there is not None and there.tick.every == tick.every:
                there.tick = tick
                continue
            turns = Turns(tick=tick, start=self._clock.now(), random=self._random)
            self._turns[job] = turns
            self._set(job, turns)

    async def defer(self, job: Job) -> None:
        """Have a job done at once, or once more after it has ended."""
        self._jobs.request(job)

    async def cancel(self, job: Job) -> None:
        """Forget a job that waits."""
        self._jobs.forget(job)

    @abstractmethod
    async def serve(self, perform: Perform) -> None:
        """Begin jobs until `stop` is called."""

    async def stop(self, within: timedelta) -> None:
        """Begin nothing more; return once all jobs have ended, after `within` by being cancelled.

        It may be called before `serve`, which then returns at once, and again with a shorter time.
        """
        await self._jobs.stop(within)

    def holds(self, lane: str) -> bool:
        """Return whether this has not been closed: there is nobody to share lanes with."""
        del lane
        return not self._is_closed

    def under_way(self) -> Sequence[Job]:
        """Return the jobs that are performed now."""
        return self._jobs.under_way()

    async def aclose(self) -> None:
        """Cancel what is still under way."""
        await self.stop(timedelta())
        self._is_closed = True

    @abstractmethod
    def _set(self, job: Job, turns: Turns) -> None:
        """Request `job` at these turns, and at no others that it had before."""

    @abstractmethod
    def _remove(self, job: Job) -> None:
        """Request `job` no more."""
