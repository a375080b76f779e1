"""Persons who turn out to be one: a trigger does its work for them once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from connector.domain.ledger import Firing, FiringState, TriggerState
from connector.sync.deciding.rescore import rescore
from connector.sync.pulling.pull import pull
from state.memory.database import MemoryState, MemoryTransaction
from tests.builders import T, a_contact
from tests.unit.sync.alarms import DAY, HOUR, Alarms, a_trigger
from tests.unit.sync.intake import Intake

WAITING, PENDING = FiringState.WAITING, FiringState.PENDING
IN_FLIGHT, DONE, DROPPED = FiringState.IN_FLIGHT, FiringState.DONE, FiringState.DROPPED


@pytest.fixture
async def intake() -> Intake:
    """Return a state that knows Ann by her record in crm, and Ben by his in mail."""
    intake = Intake()
    await intake.contacts("crm", a_contact("1", "ann@x.org"))
    await intake.contacts("mail", a_contact("2", "ben@x.org"))
    return intake


async def merge(intake: Intake) -> int:
    """Let Ben be Ann, and return her number."""
    await intake.contacts("mail", a_contact("2", "ann@x.org"))
    return await number(intake, "ann@x.org")


async def number(intake: Intake, address: str) -> int:
    return (await intake.person(address)).contact


async def holds(intake: Intake, address: str, **fields: Any) -> None:  # noqa: ANN401 - any field
    state = TriggerState(
        contact=await number(intake, address), trigger="t", is_active=True, since=T
    )
    async with intake.state.write() as tx:
        await tx.triggers.save_states([replace(state, **fields)])


async def asks(intake: Intake, address: str, state: FiringState, **fields: Any) -> None:  # noqa: ANN401 - any field
    firing = Firing(
        key=f"t:{address}:0",
        contact=await number(intake, address),
        trigger="t",
        kind="email",
        destination="mail",
        at=T,
        state=state,
    )
    async with intake.state.write() as tx:
        await tx.triggers.add([replace(firing, **fields)])


async def known(intake: Intake, contact: int) -> TriggerState:
    async with intake.state.read() as tx:
        (state,) = await tx.triggers.states([contact])
    return state


def firings(intake: Intake) -> dict[str, tuple[int, FiringState]]:
    found = intake.state._committed.firings.values()
    return {each.key.split(":")[1].partition("@")[0]: (each.contact, each.state) for each in found}


async def test_whoever_became_another_still_holds(intake: Intake) -> None:
    await holds(intake, "ben@x.org", fired_at=T)

    ann = await merge(intake)

    state = await known(intake, ann)
    assert (state.is_active, state.since, state.fired_at) == (True, T, T)


async def test_the_last_firing_and_the_first_entry_of_both_count(intake: Intake) -> None:
    await holds(intake, "ann@x.org", is_active=False, since=T + DAY, fired_at=T + HOUR)
    await holds(intake, "ben@x.org", since=T)

    state = await known(intake, await merge(intake))

    assert (state.is_active, state.since, state.fired_at) == (True, T, T + HOUR)


async def test_what_is_still_to_be_done_moves_to_the_survivor(intake: Intake) -> None:
    await holds(intake, "ben@x.org", fired_at=T)
    await asks(intake, "ben@x.org", PENDING)

    ann = await merge(intake)

    assert firings(intake) == {"ben": (ann, PENDING)}


@pytest.mark.parametrize(
    ("of_ann", "of_ben", "left"),
    [
        (PENDING, PENDING, (PENDING, DROPPED)),
        (WAITING, WAITING, (WAITING, DROPPED)),
        (WAITING, PENDING, (DROPPED, PENDING)),
        (PENDING, WAITING, (PENDING, DROPPED)),
    ],
)
async def test_of_what_both_wait_for_one_remains(
    intake: Intake, of_ann: FiringState, of_ben: FiringState, left: tuple[FiringState, FiringState]
) -> None:
    for address, state in (("ann@x.org", of_ann), ("ben@x.org", of_ben)):
        await holds(intake, address, fired_at=T if state is PENDING else None)
        await asks(intake, address, state)

    ann = await merge(intake)

    assert firings(intake) == {"ann": (ann, left[0]), "ben": (ann, left[1])}


async def test_the_older_of_two_entries_remains(intake: Intake) -> None:
    await asks(intake, "ann@x.org", WAITING, at=T + HOUR)
    await asks(intake, "ben@x.org", WAITING)

    ann = await merge(intake)

    assert firings(intake) == {"ann": (ann, DROPPED), "ben": (ann, WAITING)}


@pytest.mark.parametrize("done_for", ["ann@x.org", "ben@x.org"])
@pytest.mark.parametrize("left", [WAITING, PENDING])
async def test_what_was_done_for_one_of_them_is_not_done_for_the_other(
    intake: Intake, done_for: str, left: FiringState
) -> None:
    other = {"ann@x.org": "ben@x.org", "ben@x.org": "ann@x.org"}[done_for]
    await holds(intake, done_for, fired_at=T)
    await asks(intake, done_for, DONE)
    await holds(intake, other)
    await asks(intake, other, left)

    await merge(intake)

    assert firings(intake)[other.partition("@")[0]][1] is DROPPED


async def test_what_was_done_at_an_earlier_entry_does_not_keep_another_from_being_done(
    intake: Intake,
) -> None:
    await holds(intake, "ann@x.org", is_active=False, since=T, fired_at=T - DAY)
    await asks(intake, "ann@x.org", DONE)
    await holds(intake, "ben@x.org", fired_at=T)
    await asks(intake, "ben@x.org", PENDING)

    ann = await merge(intake)

    assert firings(intake)["ben"] == (ann, PENDING)


async def test_what_is_under_way_is_not_called_off(intake: Intake) -> None:
    await asks(intake, "ann@x.org", PENDING)
    await asks(intake, "ben@x.org", IN_FLIGHT, at=T + HOUR)

    ann = await merge(intake)

    assert firings(intake)["ben"] == (ann, IN_FLIGHT)


async def test_a_merge_of_whoever_fired_and_another_who_holds_fires_nothing() -> None:
    world = Alarms()
    ann, ben = world.newcomers("ann", "ben")
    await world.decide()
    await world.change(ben, "boss")
    world.become(ann, "boss")

    world.crm.merge(ben, ann)

    assert await world.decide() == {"call": 0}
    assert await world.alarmed(PENDING) == ["ann"]


async def test_a_merge_that_makes_a_condition_true_fires_once() -> None:
    world = Alarms(a_trigger(when="heat >= 20"))
    ann, ben = world.newcomers("ann", "ben")
    for person in (ann, ben):
        world.happens(world.crm, person)
    await world.decide()

    world.crm.merge(ben, ann)

    assert await world.decide() == {"call": 1}
    assert await world.decide() == {"call": 0}


async def test_whoever_waits_keeps_their_turn_when_they_become_another() -> None:
    world = Alarms(a_trigger("limit: {per: day, of: 1}"))
    people = world.newcomers("ann", "ben", "cat", "dan")
    await world.decide()
    for person in people[1:]:
        await world.change(person, "boss")
    world.become(people[0], "boss")

    world.crm.merge(people[2], people[0])
    await world.decide(DAY)

    assert (await world.alarmed(PENDING))[-1] == "ann"
    await world.decide(DAY)
    assert (await world.alarmed(PENDING))[-1] == "dan"


class MergingState(MemoryState):
    """Pulls once more before the next transaction that writes, as a webhook call may."""

    world: Alarms | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[MemoryTransaction]:
        world, self.world = self.world, None
        if world is not None:
            await pull(world.workspace, "crm")
        async with super().write() as tx:
            yield tx


async def test_whoever_becomes_another_while_they_are_scored_fires_once() -> None:
    world = Alarms(a_trigger("backfill: true"))
    ann, ben = world.newcomers("ann", "ben")
    await world.decide()
    world.become(ben, "boss")
    await world.sync(scores=False, pushes=False)
    world.crm.merge(ann, ben)
    state = MergingState()
    state._committed, state.world = world.state._committed, world
    world.state = state

    fired = [(await rescore(world.workspace, world.clock.now())).fired for _ in range(2)]

    assert [count["call"] for count in fired] == [0, 1]
    assert await world.alarmed() == ["ben"]
