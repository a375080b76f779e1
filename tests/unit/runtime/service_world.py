"""A service over a world in memory, to which jobs are handed one by one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from connector.ports.control import Job, Tick
from connector.runtime.service import Service
from connector.sync.summary import Summary
from connector.sync.workspace import Workspace
from tests.unit.sync.world import World

if TYPE_CHECKING:
    from connector.ports.control import Perform

PULLS = [
    Job(task="pull", subject=stream, lane=name)
    for name in ("crm", "mail")
    for stream in ("contacts", "events")
]


@dataclass
class ListeningPlane:
    """A plane that begins nothing, and remembers what it was asked for."""

    deferred: list[Job] = field(default_factory=list)

    async def schedule(self, ticks: Sequence[Tick]) -> None: ...
    async def defer(self, job: Job) -> None:
        self.deferred.append(job)

    async def cancel(self, job: Job) -> None: ...
    async def serve(self, perform: Perform) -> None: ...
    async def stop(self, within: timedelta) -> None: ...
    def holds(self, lane: str) -> bool:
        return True

    def under_way(self) -> Sequence[Job]:
        return ()

    async def aclose(self) -> None: ...


@dataclass
class Tally:
    ended: list[tuple[Job, str]] = field(default_factory=list)
    summaries: list[Summary] = field(default_factory=list)
    received: list[tuple[str, list[datetime], set[str]]] = field(default_factory=list)

    def job_ended(self, job: Job, seconds: float, outcome: str) -> None:
        self.ended.append((job, outcome))

    def summary(self, job: Job, summary: Summary) -> None:
        self.summaries.append(summary)

    def webhooks_processed(
        self, platform: str, received: Sequence[datetime], lanes: Collection[str]
    ) -> None:
        self.received.append((platform, list(received), set(lanes)))


class Daemon:
    """A service over a world in memory; jobs are handed to it one by one."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.plane = ListeningPlane()
        self.tally = Tally()
        self.kept: list[str] = []
        self.reload()
        self.service = Service(
            installation=self,  # type: ignore[arg-type]  # all that is asked of it is `in_use`
            plane=self.plane,
            telemetry=self.tally,
            upkeep=self._noting("upkeep"),
            watch=self._noting("watch"),
        )

    @property
    def workspace(self) -> Workspace:
        return self._workspace

    @asynccontextmanager
    async def in_use(self) -> AsyncIterator[Workspace]:
        yield self._workspace

    def reload(self) -> None:
        self._workspace = replace(self.world.workspace, is_shared=True)

    async def do(self, *jobs: Job) -> list[Job]:
        """Perform jobs; return what was deferred."""
        self.plane.deferred.clear()
        for job in jobs:
            await self.service.perform(job)
        return list(self.plane.deferred)

    def _noting(self, what: str) -> Any:  # noqa: ANN401 - any act
        async def act(_: Workspace) -> None:
            self.kept.append(what)

        return act
