"""What is done together, what a refusal or a crash in the middle leaves, and what is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from adapters.memory.writing import MemoryWriter
from connector.domain.changes import Action, Outcome
from connector.domain.ledger import FiringState
from tests.unit.sync.acting import Actor, delivered, fired, states
from tests.unit.sync.pushing import FAULTS

DONE, DEAD = FiringState.DONE, FiringState.DEAD
PENDING, IN_FLIGHT = FiringState.PENDING, FiringState.IN_FLIGHT


async def test_a_refused_batch_is_halved_down_to_the_culprit() -> None:
    world, people = await fired(people=4)
    actor = Actor(world, people[2])

    done = await delivered(world)

    assert (done.done, done.dead) == (3, 1)
    assert sorted(actor.batches) == [1, 1, 2, 2, 4]
    assert len(world.crm.done) == 3


async def test_a_request_takes_no_more_actions_than_its_platform_says() -> None:
    world, _ = await fired(people=5, action_batch=2)
    actor = Actor(world)

    done = await delivered(world)

    assert (actor.batches, done.done, done.calls) == ([2, 2, 1], 5, 3)


async def test_more_than_is_leased_at_once_is_done() -> None:
    world, _ = await fired(people=101, action_batch=1)

    assert (await delivered(world)).done == 101


async def test_a_crash_leaves_one_batch_to_be_done_again() -> None:
    world, _ = await fired(people=5, action_batch=2)

    class Crash(Exception):
        pass

    class Mortal(MemoryWriter):
        async def perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
            outcomes = await super().perform(actions)
            if len(self.account.done) > 2:
                raise Crash
            return outcomes

    world.platforms["crm"].actions = Mortal(world.crm)
    with pytest.raises(Crash):
        await delivered(world)

    assert len(world.crm.done) == 4
    assert Counter(await states(world)) == {DONE: 2, IN_FLIGHT: 3}


async def test_what_follows_a_failed_batch_is_not_tried() -> None:
    world, _ = await fired(people=5, action_batch=2)
    actor = Actor(world)
    world.play(world.crm, *FAULTS)

    done = await delivered(world)

    assert (set(actor.batches), done.failed, world.crm.done) == ({2}, 5, {})
    assert sorted(each.attempts for each in await world.firings()) == [0, 0, 0, 1, 1]


async def test_what_was_rejected_for_good_is_not_tried_again() -> None:
    world, people = await fired()
    actor = Actor(world, *people)

    await delivered(world)
    await delivered(world)

    assert (actor.batches, await states(world)) == ([1], [DEAD])


async def test_outcomes_that_cannot_be_told_apart_are_none() -> None:
    world, _ = await fired(people=2)
    Actor(world, forgets=True)

    done = await delivered(world)

    assert (done.failed, await states(world)) == (2, [PENDING, PENDING])
