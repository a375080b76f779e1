"""A clock that was wrong: what was decided at instants to come is taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import cast

from connector.errors import Problem
from connector.ports.store import State, Transaction
from connector.sync.deciding.future import present
from connector.sync.forgetting.forget import forget
from connector.sync.turns import pull_turn, score_turn
from tests.builders import T
from tests.unit.sync.world import MODEL, PLATFORMS, TARGETS, World

YEARS = timedelta(days=3650)
HOUR = timedelta(hours=1)
COOLING = PLATFORMS + MODEL.replace(
    "event: email.opened, points: 10", "event: email.opened, points: 10, decay: {half_life: 60d}"
)
TRIGGERS = """
triggers:
  call: {when: "heat_stage = 'hot'", do: [{push: {platform: crm}}], again_after: 1d}
"""


class Cooling(World):
    async def turn(self) -> list[str]:
        """Pull and score as a daemon does; return what is told."""
        workspace = replace(self.workspace, is_shared=True)
        for stream in ("contacts", "events"):
            await pull_turn(workspace, "crm", stream)
        return [str(each) for each in (await score_turn(workspace)).summary.problems]

    async def visit(self, times: int = 1) -> None:
        for _ in range(times):
            self.happens(self.crm, "a@x.org")
        await self.turn()


class Quicker:
    """A state in which another turn looks and writes before the one that has it does."""

    def __init__(self, world: World) -> None:
        self.told: list[Problem] = []
        self._world = world

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        async with self._world.state.read() as tx:
            yield tx

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        _, problems = await present(self._world.workspace)
        self.told += problems
        async with self._world.state.write() as tx:
            yield tx


async def test_once_the_clock_is_right_again_everybody_is_scored_as_of_now() -> None:
    world = Cooling(COOLING + TARGETS)
    world.crm.create("a@x.org")
    await world.visit()
    world.clock.at = T + YEARS
    await world.turn()
    assert (await world.scores())["a@x.org"] == (0.0, "cold")

    world.clock.at = T + HOUR
    (held,) = await world.turn()
    assert "decided as of then" in held

    world.clock.at = T + 2 * HOUR
    told = await world.turn()

    assert (await world.scores())["a@x.org"] == (10.0, "warm")
    assert "1 contact" in told[0]
    assert "clock" in told[0]
    assert await world.turn() == []


async def test_a_clock_that_is_set_right_by_a_little_takes_nothing_back() -> None:
    world = Cooling(COOLING + TARGETS)
    world.crm.create("a@x.org")
    await world.visit()
    world.clock.at = T - timedelta(minutes=4)

    assert await world.turn() == []
    async with world.state.read() as tx:
        assert await tx.scores.latest_at() == T


async def test_who_fired_in_the_wrong_time_may_fire_again_when_theirs_has_come() -> None:
    world = Cooling(COOLING + TARGETS + TRIGGERS)
    world.crm.create("a@x.org")
    await world.turn()
    world.clock.at = T + YEARS
    await world.visit(2)
    for hours in (1, 2):
        world.clock.at = T + hours * HOUR
        await world.turn()
    async with world.state.read() as tx:
        (state,) = await tx.triggers.states([await world.number_of("a@x.org")])
    assert state.since <= world.clock.at

    world.clock.at = T + timedelta(days=2)
    await world.visit(2)

    async with world.state.read() as tx:
        assert await tx.triggers.fired("call", T + timedelta(days=1)) == 1


async def test_a_clock_that_is_behind_for_a_while_takes_nothing_back() -> None:
    world = Cooling(COOLING + TARGETS + TRIGGERS)
    world.crm.create("a@x.org")
    await world.turn()
    world.clock.at = T + 2 * HOUR
    await world.visit(2)
    world.clock.at = T + timedelta(minutes=30)
    await world.turn()
    world.clock.at = T + 3 * HOUR
    await world.turn()
    world.clock.at = T + timedelta(hours=1, minutes=45)

    await world.turn()

    async with world.state.read() as tx:
        assert await tx.scores.latest_at() == T + 2 * HOUR
        assert await tx.triggers.fired("call", T) == 1


async def test_who_is_taken_back_by_another_turn_is_told_by_that_one_alone() -> None:
    world = Cooling(COOLING + TARGETS)
    world.crm.create("a@x.org")
    await world.visit()
    world.clock.at = T + YEARS
    await world.turn()
    world.clock.at = T + HOUR
    await world.turn()
    world.clock.at = T + 2 * HOUR
    quicker = Quicker(world)

    found = await present(replace(world.workspace, state=cast("State", quicker)))

    assert found == (world.clock.at, ())
    (told,) = quicker.told
    assert "1 contact" in told.message


async def test_where_nobody_is_taken_back_nothing_is_told() -> None:
    world = Cooling(COOLING + TARGETS)
    world.crm.create("a@x.org")
    world.clock.at = T + YEARS
    await world.turn()
    await forget(world.workspace, "a@x.org")
    world.clock.at = T + HOUR
    await present(world.workspace)
    world.clock.at = T + 2 * HOUR

    assert await present(world.workspace) == (world.clock.at, ())
