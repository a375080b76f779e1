"""Several processes on one database take calls in beside each other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from connector.sync.receiving.taking_in import take_in
from state.opening import DatabaseState
from tests.builders import T
from tests.unit.sync.receiving.calls import Calls, changed, opened
from tests.unit.sync.world import World

CALLS = 120


async def test_two_at_once_take_each_call_in_once(replicas: Sequence[DatabaseState]) -> None:
    world = World()
    world.state = replicas[0]  # type: ignore[assignment]  # any state will do
    people = [world.crm.create(f"p{number}@x.fr", job="cook") for number in range(20)]
    await world.sync()
    world.clock.advance(timedelta(hours=1))
    calls = Calls(world)
    for number in range(CALLS):
        person = people[number % 20]
        person.values["job"] = "boss"
        await calls.make(opened(f"e{number}", person.id, T), changed(person.id))
    other = World.afresh(world)
    other.state = replicas[1]  # type: ignore[assignment]  # the same one, as another process has it

    async def take_all(world: World) -> int:
        done = 0
        while (taken := await take_in(world.workspace, "crm", limit=10)).calls:
            done += taken.calls
        return done

    done = await asyncio.gather(take_all(world), take_all(other))

    async with replicas[0].read() as tx:
        assert (await tx.events.count(), await tx.inbound.backlog()) == (CALLS, {})
    assert sum(done) == CALLS
    assert {each.attributes["job"] for each in await world.records()} == {"boss"}
