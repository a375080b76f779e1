"""What is over the limit waits while its condition holds, the oldest entry first."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from adapters.memory.account import Person
from connector.domain.ledger import FiringState
from connector.scoring.model import Trigger
from connector.sync.deciding import rescore
from connector.sync.triggers.firing import room
from tests.builders import an_expression
from tests.unit.sync.alarms import DAY, HOUR, Alarms, a_trigger
from tests.unit.sync.fragile import Crash, FragileState
from tests.unit.sync.world import MODEL

WAITING, PENDING = FiringState.WAITING, FiringState.PENDING
DROPPED = FiringState.DROPPED
NO_TIME = timedelta()
PARIS = "model:\n  timezone: Europe/Paris\n" + MODEL.partition("model:\n")[2]
TWO_A_DAY = "limit: {per: day, of: 2}"


async def a_world(
    options: str = TWO_A_DAY, *, people: str = "abcde", model: str = MODEL
) -> tuple[Alarms, list[Person]]:
    """Return a world where nobody alarms yet, and its people."""
    world = Alarms(a_trigger(options), model)
    persons = world.newcomers(*people)
    await world.decide()
    return world, persons


async def promote(world: Alarms, *persons: Person) -> int:
    """Return how many fired once these became bosses."""
    for person in persons:
        world.become(person, "boss")
    return sum((await world.decide()).values())


async def test_no_more_fire_in_a_span_than_the_limit_says() -> None:
    world, (*three, late, _) = await a_world()

    assert await promote(world, *three) == 2
    assert await promote(world, late) == 0
    assert len(await world.alarmed(WAITING)) == 2


async def test_those_who_wait_fire_in_a_later_span_though_nothing_happens_to_them() -> None:
    world, people = await a_world()
    await promote(world, *people)
    assert await world.stale() == set()

    assert await world.decide(DAY) == {"call": 2}
    assert await world.decide() == {"call": 0}
    assert await world.decide(DAY) == {"call": 1}
    assert sorted(await world.alarmed(PENDING)) == list("abcde")
    assert {each.at.day for each in await world.firings()} == {15, 16, 17}


async def test_the_oldest_entry_fires_first_ties_by_our_id() -> None:
    world, (ann, ben, cat, dan, eve) = await a_world("limit: {per: day, of: 1}")
    await promote(world, eve)
    await promote(world, dan)
    await promote(world, ann, ben, cat)

    for _ in range(4):
        await world.decide(DAY)

    fired = await world.alarmed(PENDING)
    assert fired[:2] == ["e", "d"]
    async with world.state.read() as tx:
        known = [await tx.contacts.find(f"{name}@x.org") for name in "abc"]
    by_id = sorted((each for each in known if each), key=lambda each: each.key)
    assert fired[2:] == [str(each.email)[0] for each in by_id]


async def test_whoever_waits_is_dropped_when_their_condition_ends() -> None:
    world, (ann, ben, *_) = await a_world("limit: {per: day, of: 1}")
    await promote(world, ann)
    await promote(world, ben)

    await world.change(ben, "cook")

    assert await world.alarmed(WAITING) == []
    (dropped,) = [each for each in await world.firings() if each.state is DROPPED]
    assert dropped.last_error == "the condition had ended before there was room"
    assert await world.decide(DAY) == {"call": 0}


async def test_a_condition_that_ends_in_the_cycle_that_has_room_again_drops_too() -> None:
    world, (ann, ben, *_) = await a_world("limit: {per: day, of: 1}")
    await promote(world, ann)
    await promote(world, ben)

    assert await world.change(ben, "cook", DAY) == 0


async def test_whoever_left_and_came_again_within_an_instant_still_waits() -> None:
    world, (ann, ben, *_) = await a_world("limit: {per: day, of: 1}")
    await promote(world, ann)
    await promote(world, ben)
    await world.change(ben, "cook", NO_TIME)

    await world.change(ben, "boss", NO_TIME)

    assert await world.alarmed(WAITING) == ["b"]
    assert await world.decide(DAY) == {"call": 1}
    assert await world.alarmed(PENDING) == ["a", "b"]


async def test_whoever_was_dropped_queues_anew_at_their_next_entry() -> None:
    world, (ann, ben, cat, *_) = await a_world("limit: {per: day, of: 1}")
    for person in (ann, ben, cat):
        await promote(world, person)
    await world.change(ben, "cook")
    await promote(world, ben)

    await world.decide(DAY)
    assert (await world.alarmed(PENDING))[-1] == "c"
    await world.decide(DAY)
    assert (await world.alarmed(PENDING))[-1] == "b"


async def test_again_after_counts_from_the_firing_and_not_from_the_entry() -> None:
    world, (ann, ben, *_) = await a_world("limit: {per: day, of: 1}, again_after: 2d")
    await promote(world, ann)
    await promote(world, ben)
    await world.decide(DAY)
    await world.change(ben, "cook")

    assert await world.change(ben, "boss", DAY + 22 * HOUR) == 0
    await world.change(ben, "cook")
    assert await world.change(ben, "boss") == 1


async def test_a_person_is_one_unit_however_many_deeds_there_are() -> None:
    two = "triggers: {call: {when: 'fit > 0', do: [{notify: A}, {notify: B}, {webhook: C}], "
    world = Alarms(f"{two}{TWO_A_DAY}}}}}\n")
    people = world.newcomers(*"abc")
    await world.decide()

    assert await promote(world, *people) == 2
    assert len(await world.alarmed(PENDING)) == 6
    assert len(await world.alarmed(WAITING)) == 3
    assert await world.decide(DAY) == {"call": 1}


async def test_what_waits_carries_the_values_of_the_last_decision() -> None:
    deed = "{email: {platform: crm, template: 12, params: {points: heat}}}"
    text = f"triggers: {{call: {{when: 'fit > 0', do: [{deed}], limit: {{per: day, of: 1}}}}}}\n"
    world = Alarms(text)
    ann, ben = world.newcomers("ann", "ben")
    await world.decide()
    await promote(world, ann)
    await promote(world, ben)

    world.happens(world.crm, ben)
    await world.decide()
    await world.decide(DAY)

    points = {each.at.day: each.params["points"] for each in await world.firings()}
    assert points == {15: Decimal(5), 16: Decimal(15)}


async def test_what_waits_does_what_the_trigger_asks_for_by_now() -> None:
    world, (ann, ben, *_) = await a_world("limit: {per: day, of: 1}")
    await promote(world, ann)
    await promote(world, ben)
    more = a_trigger("limit: {per: day, of: 1}").replace(
        "template: 12}}]", "template: 7}}, {notify: A}]"
    )

    world.edit(more)
    await world.decide()
    waiting = [each for each in await world.firings() if each.state is WAITING]
    assert [(each.kind, each.params.get("template")) for each in waiting] == [
        ("email", Decimal(7)),
        ("notify", None),
    ]

    world.edit(a_trigger("limit: {per: day, of: 1}"))
    await world.decide()
    assert await world.alarmed(WAITING) == ["b"]
    assert await world.alarmed(DROPPED) == ["b"]


async def test_a_limit_that_is_taken_away_lets_everybody_fire() -> None:
    world, people = await a_world()
    await promote(world, *people)

    world.edit(a_trigger())

    assert await world.decide() == {"call": 3}


async def test_a_limit_that_comes_later_counts_what_fired_before_it() -> None:
    world, (ann, ben, cat, dan, _) = await a_world("")
    await promote(world, ann, ben)

    world.edit(a_trigger("limit: {per: day, of: 3}"))

    assert await promote(world, cat) == 1
    assert await promote(world, dan) == 0


async def test_what_is_left_of_a_trigger_that_is_gone_is_dropped() -> None:
    world, people = await a_world()
    await promote(world, *people)

    world.edit("")
    await world.decide()

    assert await world.alarmed(WAITING, PENDING) == []
    assert len(await world.alarmed(DROPPED)) == 5


async def test_a_limit_for_a_lifetime_is_never_renewed() -> None:
    world, people = await a_world("limit: {per: lifetime, of: 2}")

    assert await promote(world, *people) == 2
    assert await world.decide(4000 * DAY) == {"call": 0}


async def test_a_repeated_hour_has_room_twice() -> None:
    world = Alarms(a_trigger("limit: {per: hour, of: 1}"), PARIS)
    people = world.newcomers(*"abc")
    world.clock.at = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    await world.decide()

    fired = [await promote(world, *people), *[sum((await world.decide()).values()) for _ in "ab"]]

    assert world.clock.now() == datetime(2026, 10, 25, 3, 30, tzinfo=UTC)
    assert fired == [1, 1, 1]


async def test_days_are_those_of_the_models_calendar() -> None:
    world = Alarms(a_trigger("limit: {per: day, of: 1}"), PARIS)
    people = world.newcomers(*"abc")
    world.clock.at = datetime(2026, 1, 14, 20, 30, tzinfo=UTC)
    await world.decide()

    fired = [await promote(world, *people), *[sum((await world.decide()).values()) for _ in "ab"]]

    assert world.clock.now() == datetime(2026, 1, 15, 0, 30, tzinfo=UTC)
    assert fired == [1, 1, 0]


async def test_batches_of_scoring_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    orders = []
    for batch in (1, 2, 50_000):
        monkeypatch.setattr(rescore, "BATCH", batch)
        world, people = await a_world("limit: {per: day, of: 2}")
        await promote(world, *people)
        await world.decide(DAY)
        orders.append([(each.key, each.state) for each in await world.firings()])

    assert orders[0] == orders[1] == orders[2]


@pytest.mark.parametrize("lives", range(16))
async def test_a_crash_anywhere_makes_nobody_fire_twice_or_never(lives: int) -> None:
    undisturbed, others = await a_world()
    await promote(undisturbed, *others)
    await undisturbed.sync()
    world, people = await a_world()
    state = FragileState()
    state._committed = world.state._committed
    world.state = state
    state.lives = lives

    for person in people:
        world.become(person, "boss")
    world.clock.advance(HOUR)
    for _ in range(2):
        with suppress(Crash):
            await world.sync()
    state.lives = None
    await world.sync()

    ended = [replace(each, fence=0) for each in await world.firings()]
    assert ended == [replace(each, fence=0) for each in await undisturbed.firings()]
    assert world.crm.done.keys() == undisturbed.crm.done.keys()


def test_room_is_what_the_limit_leaves_and_never_less_than_none() -> None:
    trigger = Trigger(name="t", when=an_expression(), deeds=(), limit=3, limit_per="day")

    assert [room(trigger, already) for already in (0, 2, 3, 9)] == [3, 1, 0, 0]
    assert room(replace(trigger, limit=None), 9) is None
