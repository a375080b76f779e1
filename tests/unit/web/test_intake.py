"""Calls on their way to disk: in groups, bounded, and announced once for all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from connector.domain.ledger import Inbound
from connector.errors import StateUnreachable
from connector.ports.control import Job
from connector.web import intake
from connector.web.intake import Intake, NotStored
from tests.builders import T
from tests.unit.web.house import House


class Gate:
    """A house whose disk takes nothing until the gate is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.house = House()
        self.intake = Intake(self.house.desk)
        self.opened = asyncio.Event()
        self.groups: list[list[str]] = []
        self._store = self.house.world.state.store_calls
        monkeypatch.setattr(self.house.world.state, "store_calls", self._wait_and_store)

    async def _wait_and_store(self, calls: Sequence[Inbound]) -> int:
        await self.opened.wait()
        self.groups.append([call.id for call in calls])
        return await self._store(calls)


def _call(name: str, platform: str = "crm", body: bytes = b"{}") -> Inbound:
    return Inbound(platform=platform, id=name, body=body, received_at=T)


async def test_what_comes_while_a_group_is_written_makes_the_next_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = Gate(monkeypatch)

    first = asyncio.create_task(gate.intake.store(_call("a")))
    await asyncio.sleep(0)
    rest = [asyncio.create_task(gate.intake.store(_call(name))) for name in "bcd"]
    await asyncio.sleep(0)
    gate.opened.set()
    await asyncio.gather(first, *rest)

    assert gate.groups == [["a"], ["b", "c", "d"]]


async def test_a_flood_is_announced_once_for_each_platform(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = Gate(monkeypatch)
    calls = [_call(f"{number}", "crm" if number % 2 else "mail") for number in range(100)]

    stored = [asyncio.create_task(gate.intake.store(call)) for call in calls]
    gate.opened.set()
    await asyncio.gather(*stored)
    await gate.intake.aclose()

    assert len(gate.house.jobs) < 5
    assert set(gate.house.jobs) == {
        Job(lane="crm", task="inbound"),
        Job(lane="mail", task="inbound"),
    }


async def test_a_call_counts_as_stored_although_nobody_can_be_told() -> None:
    house = House()

    async def failing(_job: Job) -> None:
        raise StateUnreachable

    door = Intake(replace(house.desk, defer=failing))

    await door.store(_call("a"))
    await door.aclose()

    assert [call.id for call in await house.inbound()] == ["a"]


async def test_when_too_many_wait_the_next_one_has_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(intake, "MOST_WAITING", 2)
    gate = Gate(monkeypatch)

    waiting = [asyncio.create_task(gate.intake.store(_call(name))) for name in "abc"]
    await asyncio.sleep(0)
    with pytest.raises(NotStored):
        await gate.intake.store(_call("d"))
    gate.opened.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    await gate.intake.store(_call("e"))

    assert "e" in {call.id for call in await gate.house.inbound()}


async def test_when_too_many_bytes_wait_the_next_one_has_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(intake, "MOST_BYTES", 10)
    gate = Gate(monkeypatch)

    large = asyncio.create_task(gate.intake.store(_call("a", body=b"x" * 11)))
    await asyncio.sleep(0)
    with pytest.raises(NotStored):
        await gate.intake.store(_call("b"))
    gate.opened.set()
    await large
    await gate.intake.store(_call("c"))

    assert {call.id for call in await gate.house.inbound()} == {"a", "c"}


async def test_a_disk_that_takes_too_long_has_the_call_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(intake, "PATIENCE", 0.01)
    gate = Gate(monkeypatch)

    with pytest.raises(NotStored):
        await gate.intake.store(_call("a"))
    gate.opened.set()
    await gate.intake.aclose()

    assert [call.id for call in await gate.house.inbound()] == ["a"]


async def test_closing_does_not_wait_for_a_disk_that_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = Gate(monkeypatch)
    taken = asyncio.create_task(gate.intake.store(_call("a")))
    await asyncio.sleep(0)

    await gate.intake.aclose(within=0.01)

    assert not taken.done()
    gate.opened.set()
    await taken


async def test_closing_waits_for_what_was_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(monkeypatch)
    taken = asyncio.create_task(gate.intake.store(_call("a")))
    await asyncio.sleep(0)

    closing = asyncio.create_task(gate.intake.aclose())
    await asyncio.sleep(0)
    assert not closing.done()
    gate.opened.set()
    await closing

    assert taken.done()
    assert gate.house.jobs == [Job(lane="crm", task="inbound")]
