"""What somebody changes of ours is noticed, counted, and repaired or kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.memory.account import Person
from connector.domain.outbound import DeliveryState
from connector.sync.looking.standing import standing
from connector.sync.outbox.drift import MOST_REPAIRS
from connector.sync.turns import inbound_turn
from tests.unit.sync.in_step import HOUR, calls
from tests.unit.sync.receiving.calls import Calls, changed
from tests.unit.sync.world import MODEL, PLATFORMS, World


def a_world(drift: str = "repair", more: str = "", own: str = "") -> World:
    """Return a world whose `crm` shows the heat, and has the list `Hot` of bosses."""
    target = f"""
targets:
  crm:
    on_drift: {drift}
    attributes: {{heat_score: heat, heat_stage: heat_stage}}
    lists: {{Hot: {{when: "fit > 0"{own}}}}}
    {more}
"""
    return World(PLATFORMS + MODEL + target)


async def shown(world: World) -> Person:
    """Return a record that shows what it shall: heat 5, cold, and in the list."""
    person = world.crm.create("a@x.org", job="boss")
    await world.sync()
    world.clock.advance(HOUR)
    return person


def changes(world: World, person: Person, **values: object) -> None:
    person.values.update(values)
    world.crm.touch(person)


async def test_a_changed_value_is_written_again_and_counted() -> None:
    world = a_world()
    person = await shown(world)
    changes(world, person, heat_score=99.0)

    done = await world.sync()

    assert person.values["heat_score"] == 5.0
    assert done.drift == {"crm": {"repaired": 1, "kept": 0}}
    assert done.to_json()["drift"] == done.drift


async def test_what_a_call_makes_known_to_be_changed_is_counted_in_its_turn() -> None:
    world = a_world()
    person = await shown(world)
    changes(world, person, heat_score=99.0)
    await Calls(world).make(changed(person.id))

    turn = await inbound_turn(world.workspace, "crm", scores=True)

    assert turn.summary.drift == {"crm": {"repaired": 1, "kept": 0}}


async def test_nothing_is_said_of_drift_where_there_is_none() -> None:
    world = a_world()
    await shown(world)

    assert "drift" not in (await world.sync()).to_json()


async def test_drift_scores_nobody() -> None:
    world = a_world()
    person = await shown(world)
    changes(world, person, heat_score=99.0)

    await world.sync(scores=False, pushes=False)

    assert await world.stale() == set()


@pytest.mark.parametrize("value", ["5", "5.0", 5], ids=["text", "decimals", "whole"])
async def test_the_same_in_other_words_is_no_drift(value: object) -> None:
    world = a_world()
    person = await shown(world)
    changes(world, person, heat_score=value, heat_stage="COLD")

    done = await world.sync()

    assert (done.drift, calls(done)) == ({}, 0)


@pytest.mark.parametrize("value", [None, "", "hot stuff", True])
async def test_a_value_that_was_cleared_or_spoiled_is_repaired(value: object) -> None:
    world = a_world()
    person = await shown(world)
    changes(world, person, heat_score=value)

    await world.sync()

    assert person.values["heat_score"] == 5.0


async def test_a_move_too_small_for_a_write_of_ours_is_repaired_all_the_same() -> None:
    world = a_world(more="write_when: {change_of: 10}")
    person = await shown(world)
    changes(world, person, heat_score=7.0)

    await world.sync()

    assert person.values["heat_score"] == 5.0


async def test_a_value_that_is_kept_stays_until_ours_is_another() -> None:
    world = a_world("keep")
    person = await shown(world)
    changes(world, person, heat_score=99.0)

    kept = await world.sync()
    world.crm.touch(person)
    quiet = await world.sync()
    assert person.values["heat_score"] == 99.0
    assert (kept.drift, quiet.drift) == ({"crm": {"repaired": 0, "kept": 1}}, {})
    assert (calls(kept), calls(quiet)) == (0, 0)

    world.happens(world.crm, person, "email.opened")
    await world.sync()
    assert person.values["heat_score"] == 15.0


async def test_a_value_that_is_kept_and_put_back_is_ours_again() -> None:
    world = a_world("keep")
    person = await shown(world)
    changes(world, person, heat_score=99.0)
    await world.sync()

    changes(world, person, heat_score=5.0)
    await world.sync()

    (row,) = await world.outbound()
    assert (row.confirmed.overruled, row.state) == ({}, DeliveryState.CLEAN)


async def test_a_value_kept_is_written_over_when_ours_changed_before_it_was_seen() -> None:
    world = a_world("keep")
    person = await shown(world)
    world.happens(world.crm, person, "email.opened")
    await world.sync(pushes=False)
    changes(world, person, heat_score=99.0)

    await world.sync()

    assert person.values["heat_score"] == 15.0


async def test_what_was_read_out_before_our_write_is_not_drift() -> None:
    world = a_world()
    person = await shown(world)
    world.happens(world.crm, person, "email.opened")
    await world.sync()
    person.values["heat_score"] = 5.0
    person.modified_at = world.clock.now() - timedelta(minutes=5)
    world.crm.changed.append(person.id)

    done = await world.sync()

    assert done.drift == {}


async def test_our_write_that_nobody_saw_is_not_drift() -> None:
    world = a_world()
    person = await shown(world)
    world.happens(world.crm, person, "email.opened")
    await world.sync(pushes=False)
    changes(world, person, heat_score=15.0, heat_stage="warm")

    done = await world.sync()

    assert (done.drift, calls(done)) == ({}, 0)


async def test_somebody_taken_out_of_a_list_of_ours_is_put_back() -> None:
    world = a_world()
    person = await shown(world)
    world.crm.take_out("Hot", person)

    done = await world.sync()

    assert person.id in world.crm.lists["Hot"]
    assert done.drift == {"crm": {"repaired": 1, "kept": 0}}


async def test_somebody_taken_out_of_a_list_may_be_left_out() -> None:
    world = a_world("keep")
    person = await shown(world)
    world.crm.take_out("Hot", person)

    await world.sync()
    assert person.id not in world.crm.lists["Hot"]

    changes(world, person, job="cook")
    await world.sync()
    changes(world, person, job="boss")
    await world.sync()
    assert person.id in world.crm.lists["Hot"]


async def test_somebody_put_into_a_list_that_is_all_ours_is_taken_out_again() -> None:
    world = a_world(own=", own: true")
    person = await shown(world)
    changes(world, person, job="cook")
    await world.sync()
    world.crm.put_in("Hot", person)

    done = await world.sync()

    assert world.crm.lists["Hot"] == set()
    assert done.drift["crm"]["repaired"] == 1


async def test_whoever_never_belonged_in_a_list_that_is_all_ours_is_taken_out_of_it() -> None:
    world = a_world(own=", own: true")
    await shown(world)
    stranger = world.crm.create("b@x.org")
    await world.sync()
    world.crm.put_in("Hot", stranger)

    done = await world.sync()

    assert stranger.id not in world.crm.lists["Hot"]
    assert done.drift["crm"]["repaired"] == 1
    assert calls(await world.sync()) == 0


async def test_a_value_that_never_lasts_is_let_be_in_the_end() -> None:
    world = a_world()
    person = await shown(world)
    told = []
    for _ in range(MOST_REPAIRS + 3):
        changes(world, person, heat_score=99.0)
        told.append((await world.sync()).drift.get("crm"))
        world.clock.advance(HOUR)

    repaired, kept = {"repaired": 1, "kept": 0}, {"repaired": 0, "kept": 1}
    assert told == [*[repaired] * MOST_REPAIRS, kept, None, None]
    assert person.values["heat_score"] == 99.0

    world.happens(world.crm, person, "email.opened")
    await world.sync()
    assert person.values["heat_score"] == 15.0


async def test_repairs_that_last_are_made_again_and_again() -> None:
    world = a_world()
    person = await shown(world)
    for _ in range(MOST_REPAIRS + 1):
        changes(world, person, heat_score=99.0)
        await world.sync()
        await world.sync()

    assert person.values["heat_score"] == 5.0


async def test_the_status_adds_drift_up() -> None:
    world = a_world()
    person = await shown(world)
    for score in (99.0, 98.0):
        changes(world, person, heat_score=score)
        await world.sync()
        world.clock.advance(HOUR)

    now = await standing(world.workspace)

    assert now.drift["crm"] == {
        "repaired": 2,
        "kept": 0,
        "last_at": (world.clock.now() - HOUR).isoformat().replace("+00:00", "Z"),
    }
    assert now.to_json()["drift"] == now.drift
