"""A push that broke off keeps the next one from nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from adapters.memory.writing import MemoryWriter
from connector.domain.changes import AttributeChange, Outcome
from connector.domain.outbound import INTERRUPTED
from connector.errors import StateUnreachable
from connector.runtime.broken_off import BrokenOff
from connector.runtime.service import LOOKED_AGAIN
from connector.sync.pushing.leasing import LEASE
from connector.sync.tasks import SCORE_JOB, push_job, urgent_job
from tests.builders import T
from tests.fakes import FakeClock
from tests.unit.runtime.service_world import PULLS, Daemon
from tests.unit.sync.world import MODEL, PLATFORMS, World

TEXT = f"{PLATFORMS}{MODEL}targets: {{crm: {{attributes: {{heat_score: heat}}}}}}\n"


class Ticking(FakeClock):
    """Goes on as soon as somebody sleeps."""

    async def sleep(self, span: timedelta) -> None:
        self.advance(span)
        await asyncio.sleep(0)

    async def passed(self, span: timedelta) -> None:
        """Return when so much has gone by."""
        until = self.now() + span
        while self.now() < until:  # noqa: ASYNC110 - it is passed by those who sleep
            await asyncio.sleep(0)


class Breaking(MemoryWriter):
    """Writes, and is never seen to, since the database goes away meanwhile."""

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        await super().write_attributes(changes)
        raise StateUnreachable("does not answer")


async def broke_off(world: World) -> Daemon:
    """Return a daemon whose first push broke off amid a write."""
    daemon = Daemon(world)
    world.crm.create("ann@x.org", job="boss")
    await daemon.do(*PULLS, SCORE_JOB)
    platform = world.platforms["crm"]
    platform.attribute_writer, writer = Breaking(world.crm), platform.attribute_writer
    await daemon.do(push_job("crm"))
    platform.attribute_writer = writer
    return daemon


async def test_the_next_push_writes_at_once_what_one_that_broke_off_had_in_hand() -> None:
    world = World(TEXT)
    daemon = await broke_off(world)
    (person,) = world.crm.people.values()
    person.values.pop("heat_score")

    await daemon.do(push_job("crm"))

    assert "heat_score" in person.values


async def test_what_was_written_then_is_known_to_be_perhaps_there() -> None:
    world = World(TEXT)
    broken = BrokenOff()
    await broke_off(world)
    with pytest.raises(StateUnreachable):
        async with broken.push(world.state, "crm"):
            raise StateUnreachable("does not answer")

    async with broken.push(world.state, "crm"):
        pass

    async with world.state.read() as tx:
        (row,) = await tx.outbox.list(platform="crm")
    assert row.last_error == INTERRUPTED


async def test_what_a_push_beside_it_has_in_hand_is_left_there() -> None:
    world = World(TEXT)
    await broke_off(world)
    broken, goes_on = BrokenOff(), asyncio.Event()

    async def beside() -> None:
        async with broken.push(world.state, "crm"):
            await goes_on.wait()

    task = asyncio.create_task(beside())
    await asyncio.sleep(0)
    for _ in range(2):
        with pytest.raises(StateUnreachable):
            async with broken.push(world.state, "crm"):
                raise StateUnreachable("does not answer")

    async with world.state.read() as tx:
        (row,) = await tx.outbox.list(platform="crm")
    assert row.last_error is None
    goes_on.set()
    await task


async def test_whoever_waits_for_a_longer_push_takes_back_what_that_broke_off_with() -> None:
    world = World(TEXT)
    clock = Ticking(T)
    world.clock = clock
    daemon = Daemon(world)
    world.crm.create("ann@x.org", job="boss")
    await daemon.do(*PULLS, SCORE_JOB)
    waiting: list[asyncio.Task[object]] = []

    class BreakingBeside(Breaking):
        async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
            waiting.append(asyncio.create_task(daemon.do(urgent_job("crm"))))
            await clock.passed(3 * LOOKED_AGAIN)
            return await super().write_attributes(changes)

    platform = world.platforms["crm"]
    platform.attribute_writer, writer = BreakingBeside(world.crm), platform.attribute_writer
    await daemon.do(push_job("crm"))
    platform.attribute_writer = writer
    (person,) = world.crm.people.values()
    person.values.pop("heat_score")

    await waiting[0]

    assert "heat_score" in person.values
    assert clock.now() - T < LEASE
