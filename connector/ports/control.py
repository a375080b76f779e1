"""When work is begun, and by which process: the control plane.

Nothing correct rests on it. A job that is begun twice, late, or after its process was stalled does
no harm: leases with fences in the state say whose work counts. What it gives is thrift and order:
each tick once however many processes share it, a storm of requests for one job done once, and one
process at a time that talks to a platform.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Job:
    """Something to be done; two that are equal are the same job."""

    lane: str = ""
    """The platform, or other receiver, that it talks to: one process at a time has a lane, and
    performs all its jobs. Empty: any process will do."""
    task: str
    """What is done, such as ``pull``."""
    subject: str = ""
    """Of what, such as a stream."""

    def __str__(self) -> str:
        """Return the words that are there, as ``pull contacts crm``."""
        return " ".join(word for word in (self.task, self.subject, self.lane) if word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A job that is done again and again."""

    job: Job
    every: timedelta
    jitter: timedelta = timedelta()
    """By up to how much each turn is moved, so that not everything happens at once."""
    is_eager: bool = True
    """Whether the first turn is at once, and not an interval after the start."""


if TYPE_CHECKING:
    Perform: TypeAlias = Callable[[Job], Awaitable[None]]


class ControlPlane(Protocol):
    """Begins jobs: never one while the same is under way, and none that it was not told of."""

    async def schedule(self, ticks: Sequence[Tick]) -> None:
        """From now on begin these at their intervals, and no others.

        One that was there with the same interval keeps its time. Turns that were missed (the
        machine slept, the clock was moved, the last turn took too long) are made up for by one.
        The lanes of these jobs are the ones there are.
        """
        ...

    async def defer(self, job: Job) -> None:
        """Have a job done as soon as may be.

        One that waits already stands for both. While it is under way, it is done once more when
        it has ended: what was new when this was called is never missed.
        """
        ...

    async def cancel(self, job: Job) -> None:
        """Forget a job that waits; one under way goes on."""
        ...

    async def serve(self, perform: Perform) -> None:
        """Begin jobs, different ones side by side, until `stop` is called.

        What `perform` raises is logged, and ends that job alone.
        """
        ...

    async def stop(self, within: timedelta) -> None:
        """Begin nothing more; return once all jobs have ended.

        Those that are still under way after `within` are cancelled.
        """
        ...

    def holds(self, lane: str) -> bool:
        """Return whether this process has a lane at this very moment."""
        ...

    def under_way(self) -> Sequence[Job]:
        """Return the jobs that this process performs now."""
        ...

    async def aclose(self) -> None:
        """Let go of lanes and connections."""
        ...
