"""Planes that tests open on one database, and what they perform."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from connector.ports.control import Job, Tick
from connector.runtime.clock import SystemClock
from state.plane.pace import Pace
from state.plane.plane import DatabasePlane, open_plane

PACE = Pace(
    beat=timedelta(seconds=0.2),
    lease=timedelta(seconds=3),
    margin=timedelta(seconds=0.5),
    sweep=timedelta(seconds=0.2),
    retry=timedelta(seconds=0.1),
    drain=timedelta(seconds=0.2),
)
SELDOM = timedelta(hours=1)
SCORE = Job(task="score")
PUSH, PULL = Job(lane="crm", task="push"), Job(lane="crm", task="pull", subject="contacts")
MAIL = Job(lane="mail", task="push")
LANES = [Tick(job=job, every=SELDOM, is_eager=False) for job in (PUSH, PULL, MAIL)]


@dataclass
class Replica:
    """A plane that serves, and what it performs."""

    plane: DatabasePlane
    serving: asyncio.Task[None] | None = None
    held: set[Job] = field(default_factory=set)
    begun: list[Job] = field(default_factory=list)
    taken: list[tuple[str, int]] = field(default_factory=list)

    async def perform(self, job: Job) -> None:
        self.begun.append(job)
        while job in self.held:  # noqa: ASYNC110 - which are held changes
            await asyncio.sleep(0.01)

    async def on_taken(self, lane: str, fence: int) -> None:
        self.taken.append((lane, fence))

    def lanes(self) -> list[str]:
        return [lane for lane in ("crm", "mail") if self.plane.holds(lane)]

    def serve(self) -> None:
        self.serving = asyncio.create_task(self.plane.serve(self.perform))

    async def vanish(self) -> None:
        """End as a killed process does: nothing is handed back, nothing is released."""
        await self.plane._connections.pool.close()
        assert self.serving is not None
        self.serving.cancel()
        await asyncio.wait({self.serving})


Opening = Callable[[str], Awaitable[Replica]]


@pytest.fixture
async def opened(postgres_url: str) -> AsyncIterator[Opening]:
    """Open planes that serve until the test is over."""
    replicas: list[Replica] = []

    async def open_one(name: str) -> Replica:
        async def on_taken(lane: str, fence: int) -> None:
            await replica.on_taken(lane, fence)

        plane = await open_plane(
            postgres_url, owner=name, clock=SystemClock(), on_taken=on_taken, pace=PACE
        )
        replica = Replica(plane)
        replicas.append(replica)
        await plane.schedule(LANES)
        replica.serve()
        return replica

    yield open_one
    for replica in replicas:
        replica.held.clear()
        await replica.plane.aclose()
        assert replica.serving is not None
        await asyncio.wait({replica.serving})
