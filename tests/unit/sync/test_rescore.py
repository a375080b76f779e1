"""Who is scored, what is recorded, and what is not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connector.sync.deciding.in_force import take_up
from connector.sync.deciding.rescore import rescore
from connector.sync.turns import TRIES, inbound_turn
from state.memory.database import MemoryState, MemoryTransaction
from state.memory.events import MemoryEvents
from tests.builders import T
from tests.fakes import FakeClock
from tests.unit.sync.receiving.calls import Calls, opened
from tests.unit.sync.world import MODEL, PLATFORMS, TARGETS, World

HOUR = timedelta(hours=1)
ALARM = 'triggers: {t: {when: "heat >= 10", do: [{email: {platform: mail, template: 1}}]}}\n'


class _Interrupted:
    """A state in which something happens once a batch was read, and before it is recorded."""

    def __init__(self, state: MemoryState, happens: Callable[[], Awaitable[None]]) -> None:
        self._state = state
        self._happens = happens
        self._reads = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the state has
        return getattr(self._state, name)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[MemoryTransaction]:
        async with self._state.read() as tx:
            yield tx
        self._reads += 1
        if self._reads == 2:
            await self._happens()


async def test_whoever_is_touched_while_they_are_scored_stays_stale() -> None:
    world = World()
    world.crm.create("a@x.org")
    await world.sync(scores=False, pushes=False)
    number = await world.number_of("a@x.org")

    class Meanwhile:
        def step(self, label: str, done: int, total: int | None = None) -> None:
            standing = world.state._committed.standing
            standing[number] = type(standing[number])(stale=standing[number].stale + 7)

    workspace = world.workspace
    object.__setattr__(workspace, "progress", Meanwhile())

    await rescore(workspace, T)

    assert await world.stale() == {number}


async def test_who_was_decided_by_another_meanwhile_is_left_as_that_one_decided() -> None:
    world = World()
    contact = world.crm.create("a@x.org")
    await world.sync(scores=False, pushes=False)
    others: list[int] = []

    async def another() -> None:
        world.happens(world.crm, contact, "email.opened", T)
        await world.sync(scores=False, pushes=False)
        others.append((await rescore(shared, T + timedelta(hours=1))).scored)

    shared = replace(world.workspace, is_shared=True)
    interrupted = replace(shared, state=_Interrupted(world.state, another))

    done = await rescore(interrupted, T)

    assert (others, done.scored) == ([1], 0)
    assert (await world.scores())["a@x.org"] == (10.0, "warm")


class _Overtaking(_Interrupted):
    """A state in which somebody is decided, from what was known before, while others score them."""

    def __init__(self, state: MemoryState, clock: FakeClock, number: int, times: int) -> None:
        super().__init__(state, self._decide)
        self.clock = clock
        self.number = number
        self.times = times
        self._is_near = False

    def step(self, label: str, done: int, total: int | None = None) -> None:
        """Take note, as progress, that a batch is read next."""
        self._is_near = label == "Scoring" and done != total

    @asynccontextmanager
    async def read(self) -> AsyncIterator[MemoryTransaction]:
        async with self._state.read() as tx:
            yield tx
        if self._is_near and self.times:
            self._is_near = False
            self.times -= 1
            await self._decide()

    async def _decide(self) -> None:
        standing = self._state._committed.standing
        before = standing[self.number]
        self.clock.advance(timedelta(seconds=1))
        standing[self.number] = replace(before, decided_at=self.clock.now())


@pytest.mark.parametrize(("times", "is_left"), [(1, False), (TRIES, True)])
async def test_whom_a_call_is_about_is_scored_again_when_others_decided_them_meanwhile(
    times: int, *, is_left: bool
) -> None:
    world = World()
    calls = Calls(world)
    world.crm.create("a@x.org")
    await world.sync()
    number = await world.number_of("a@x.org")
    await calls.make(opened("1", "m1", T))
    state = _Overtaking(world.state, world.clock, number, times)
    workspace = replace(world.workspace, is_shared=True, state=state, progress=state)

    turn = await inbound_turn(workspace, "crm", scores=True)

    assert (turn.is_to_score, await world.stale() == {number}) == (is_left, is_left)
    assert (await world.scores())["a@x.org"][0] == (0.0 if is_left else 10.0)


async def test_rules_that_were_superseded_meanwhile_record_nothing() -> None:
    world = World()
    world.crm.create("a@x.org")
    await world.sync(scores=False, pushes=False)
    shared = replace(world.workspace, is_shared=True)
    model = replace(shared.configuration.model, digest="newer")
    newer = replace(shared, configuration=replace(shared.configuration, model=model))

    async def another() -> None:
        await take_up(newer)

    done = await rescore(replace(shared, state=_Interrupted(world.state, another)), T)

    assert (done.is_superseded, done.scored) == (True, 0)
    assert await world.scores() == {}
    assert (await rescore(newer, T)).scored == 1


async def test_without_anybody_waiting_nobody_is_scored() -> None:
    world = World()

    assert (await rescore(world.workspace, T)).scored == 0


async def test_while_people_only_cool_no_event_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    cools = MODEL.replace(
        "event: email.opened, points: 10",
        "event: email.opened, points: 10, decay: {half_life: 60d}",
    )
    world = World(PLATFORMS + cools + TARGETS)
    world.crm.create("a@x.org")
    world.happens(world.crm, "a@x.org", "email.opened")
    await world.sync()
    read = []

    async def noted(*asked: object) -> None:
        read.append(asked)

    monkeypatch.setattr(MemoryEvents, "frame", noted)

    assert (await rescore(world.workspace, T + timedelta(days=1))).scored == 0
    assert read == []


async def test_a_person_on_no_target_platform_is_scored_and_not_written() -> None:
    world = World()
    world.crm.create("a@x.org")
    await world.sync(scores=False, pushes=False)

    done = await rescore(world.workspace, T)

    assert done.scored == 1
    assert await world.outbound("mail") == []


async def test_the_unchanged_are_those_for_whom_nothing_has_to_be_written() -> None:
    world = World()
    world.crm.create("a@x.org")
    await world.sync()
    world.happens(world.crm, "a@x.org", "email.sent")
    await world.sync(scores=False, pushes=False)

    assert (await rescore(world.workspace, T)).unchanged["crm"] == 1


async def test_a_decision_its_history_and_what_is_desired_stand_or_fall_together() -> None:
    world = World()
    world.crm.create("a@x.org")
    await world.sync(scores=False, pushes=False)
    number = await world.number_of("a@x.org")

    await rescore(world.workspace, T)

    async with world.state.read() as tx:
        assert (await tx.scores.history(number))[0].rounded == 0
        assert (await tx.scores.decided(number) or (None,))[0] == T
        assert (await tx.outbox.rows("crm", [number]))[number].decided_at == T


async def test_what_a_trigger_did_for_one_is_not_done_again_for_whom_they_became_meanwhile() -> (
    None
):
    world = World(PLATFORMS + MODEL + ALARM)
    ann, ben = world.crm.create("ann@x.org"), world.crm.create("ben@x.org")
    await world.sync()
    world.happens(world.crm, ben, "email.opened", T)
    world.clock.advance(HOUR)
    await world.sync()
    world.happens(world.crm, ann, "page.viewed", T)
    world.clock.advance(HOUR)
    await world.sync(scores=False, pushes=False)

    async def merge() -> None:
        world.crm.merge(ben, ann)
        await world.sync(scores=False, pushes=False)

    shared = replace(world.workspace, is_shared=True)
    await rescore(replace(shared, state=_Interrupted(world.state, merge)), T + 2 * HOUR)
    await rescore(shared, T + 3 * HOUR)

    async with world.state.read() as tx:
        assert await tx.triggers.fired("t", None) == 1
