"""What the conformance suite knows of a control plane: how time passes for it, and who works."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from connector.ports.clock import Clock
from connector.ports.control import ControlPlane, Job

SCORE = Job(task="score")
UPKEEP = Job(task="upkeep")
_PATIENCE = 60.0
"""Seconds after which what was waited for will not come, on however busy a machine."""
_LOOK_EVERY = 0.002


@dataclass
class PlaneWorld:
    """A plane whose time is the machine's; one of another time says how that passes.

    To join the suite a plane gives one with a short interval that it keeps well.
    """

    plane: ControlPlane
    clock: Clock
    every: timedelta = timedelta(milliseconds=20)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Let time pass until this holds."""
        async with asyncio.timeout(_PATIENCE):
            while not holds():  # noqa: ASYNC110 - what is waited for may be anything
                await asyncio.sleep(_LOOK_EVERY)

    async def let_pass(self, span: timedelta) -> None:
        await self.clock.sleep(span)

    async def rest(self) -> None:
        """Let as much time pass as it takes until all is done that is to be done at once."""
        await self.let_pass(4 * self.every)


class Mishap(Exception):
    """What a job fails of."""


@dataclass
class Worker:
    """Performs jobs, each as long as it is held, and keeps in mind what it did."""

    world: PlaneWorld
    held: set[Job] = field(default_factory=set)
    failing: set[Job] = field(default_factory=set)
    begun: Counter[Job] = field(default_factory=Counter)
    ended: Counter[Job] = field(default_factory=Counter)
    cancelled: Counter[Job] = field(default_factory=Counter)
    inside: Counter[Job] = field(default_factory=Counter)
    most: Counter[Job] = field(default_factory=Counter)
    """How often each was under way at the same time, at most."""

    async def perform(self, job: Job) -> None:
        self.begun[job] += 1
        self.inside[job] += 1
        self.most[job] = max(self.most[job], self.inside[job])
        try:
            while job in self.held:
                await self.world.clock.sleep(self.world.every / 4)
            if job in self.failing:
                raise Mishap
            self.ended[job] += 1
        except asyncio.CancelledError:
            self.cancelled[job] += 1
            raise
        finally:
            self.inside[job] -= 1

    async def hold(self, job: Job) -> None:
        """Ask for a job, and return once it is under way; it is until it is no longer held."""
        self.held.add(job)
        await self.world.plane.defer(job)
        await self.world.until(lambda: self.inside[job] == 1)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[asyncio.Task[None]]:
        """Have the plane serve during the block; whatever is left after it is cancelled."""
        serving = asyncio.create_task(self.world.plane.serve(self.perform))
        try:
            yield serving
        finally:
            await self.world.plane.stop(timedelta())
            await asyncio.gather(serving, return_exceptions=True)


class PlanePromises:
    """A subclass gives the fixture `world`."""

    @pytest.fixture
    def world(self) -> PlaneWorld:
        raise NotImplementedError

    @pytest.fixture
    def worker(self, world: PlaneWorld) -> Worker:
        return Worker(world)
