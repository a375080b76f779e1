"""Whoever did something is written at once, beside a push of everybody."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from adapters.memory.writing import MemoryWriter
from connector.domain.changes import AttributeChange, Outcome
from connector.sync.deciding import rescore
from connector.sync.tasks import SCORE_JOB, push_job, urgent_job
from tests.builders import T
from tests.fakes import FakeClock
from tests.unit.runtime.service_world import PULLS, Daemon
from tests.unit.sync.world import TEXT, World

MAILED = """
triggers:
  call: {when: "heat_stage = 'hot'", do: [{email: {platform: crm, template: 1}}]}
"""
MANY = 20


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescore, "FEW", 3)


@pytest.fixture
def world() -> World:
    world = World(TEXT + MAILED, capabilities={"attribute_batch": 1})
    world.clock = YieldingClock(T)
    for index in range(MANY):
        world.crm.create(f"p{index}@x.org", job="boss")
    return world


class YieldingClock(FakeClock):
    """A clock that others go on beside."""

    async def sleep(self, span: timedelta) -> None:
        self.waits.append(span)
        await asyncio.sleep(0)


@pytest.mark.parametrize("whom", [0, 4, MANY - 1], ids=["written", "being written", "waiting"])
async def test_whoever_gets_hot_amid_a_push_of_everybody_waits_for_none_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch, whom: int
) -> None:
    daemon, other = Daemon(world), Daemon(world)
    await daemon.do(*PULLS)
    assert await daemon.do(SCORE_JOB) == [push_job("crm")]
    person = list(world.crm.people.values())[whom]
    write = MemoryWriter.write_attributes
    writes: list[str] = []
    beside: list[asyncio.Task[object]] = []
    mails: list[int] = []

    async def watched(self: MemoryWriter, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        writes.extend(each.to.remote_id for each in changes)
        if len(writes) == 5 and not beside:
            await _gets_hot(world, person.id)
            assert urgent_job("crm") in await other.do(PULLS[1], SCORE_JOB)
            beside.append(asyncio.create_task(other.do(urgent_job("crm"))))
            for _ in range(100):
                await asyncio.sleep(0)
            mails.append(len(world.crm.done))
        return await write(self, changes)

    monkeypatch.setattr(MemoryWriter, "write_attributes", watched)

    await daemon.do(push_job("crm"))
    await asyncio.gather(*beside)

    assert mails == [1], "the mail was sent beside the push of everybody"
    assert (person.values["heat_stage"], len(world.crm.done)) == ("hot", 1)
    assert len(writes) <= MANY + 1, "nobody else was written twice"
    assert not await _urgent(world)


async def test_a_scoring_of_many_hurries_nobody(world: World) -> None:
    daemon = Daemon(world)

    await daemon.do(*PULLS, SCORE_JOB)

    assert not await _urgent(world)


async def _gets_hot(world: World, whom: str) -> None:
    world.happens(world.crm, whom)
    world.happens(world.crm, whom)
    world.clock.advance(timedelta(seconds=1))


async def _urgent(world: World) -> list[int]:
    async with world.state.read() as tx:
        return [row.contact for row in await tx.outbox.list(platform="crm", urgent=True)]


async def test_nobody_in_hand_is_told_what_was_decided_otherwise_since(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon, other = Daemon(world), Daemon(world)
    await daemon.do(*PULLS, SCORE_JOB)
    last = list(world.crm.people.values())[MANY - 1]
    write = MemoryWriter.write_attributes
    stages: list[object] = []

    async def watched(self: MemoryWriter, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        if not stages:
            stages.append(None)
            await _gets_hot(world, last.id)
            await other.do(PULLS[1], SCORE_JOB)
        stages.extend(each.values["heat_stage"] for each in changes if each.to.remote_id == last.id)
        return await write(self, changes)

    monkeypatch.setattr(MemoryWriter, "write_attributes", watched)

    await daemon.do(push_job("crm"), urgent_job("crm"))

    assert stages[1:] == ["hot"]
