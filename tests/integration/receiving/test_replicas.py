"""Several processes on one database take calls in beside each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from connector.sync.receiving.taking_in import take_in
from state.opening import DatabaseState, open_state
from tests.builders import T
from tests.unit.sync.receiving.calls import Calls, changed, opened
from tests.unit.sync.world import World

_POSTGRESQL = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]
CALLS = 120


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=_POSTGRESQL)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
async def states(url: str) -> AsyncIterator[list[DatabaseState]]:
    opened_twice = [await open_state(url) for _ in range(2)]
    yield opened_twice
    for state in opened_twice:
        await state.aclose()


async def test_two_at_once_take_each_call_in_once(states: list[DatabaseState]) -> None:
    world = World()
    world.state = states[0]  # type: ignore[assignment]  # any state will do
    people = [world.crm.create(f"p{number}@x.fr", job="cook") for number in range(20)]
    await world.sync()
    world.clock.advance(timedelta(hours=1))
    calls = Calls(world)
    for number in range(CALLS):
        person = people[number % 20]
        person.values["job"] = "boss"
        await calls.make(opened(f"e{number}", person.id, T), changed(person.id))
    other = World.afresh(world)
    other.state = states[1]  # type: ignore[assignment]  # the same one, as another process has it

    async def take_all(world: World) -> int:
        done = 0
        while (taken := await take_in(world.workspace, "crm", limit=10)).calls:
            done += taken.calls
        return done

    done = await asyncio.gather(take_all(world), take_all(other))

    async with states[0].read() as tx:
        assert (await tx.events.count(), await tx.inbound.backlog()) == (CALLS, {})
    assert sum(done) == CALLS
    assert {each.attributes["job"] for each in await world.records()} == {"boss"}
