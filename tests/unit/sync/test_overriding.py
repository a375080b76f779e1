"""A person's decision in place of a computed score."""

from __future__ import annotations

import math

import pytest

from connector.errors import ConfigError, NotFound
from connector.sync.deciding.overriding import clear_override, set_override
from tests.unit.sync.world import World


async def a_world() -> World:
    world = World()
    world.crm.create("a@x.org")
    world.happens(world.crm, "a@x.org")
    await world.sync()
    return world


async def test_an_override_takes_the_place_of_the_score_everywhere() -> None:
    world = await a_world()

    await set_override(world.workspace, "a@x.org", "heat", 90, "met at the fair")
    await world.sync()

    assert await world.scores() == {"a@x.org": (90.0, "hot")}
    assert world.crm.people["m1"].values["heat_score"] == 90.0
    assert world.crm.lists["Hot"] == {"m1"}


async def test_new_events_do_not_move_an_overridden_score() -> None:
    world = await a_world()
    await set_override(world.workspace, "a@x.org", "heat", 3, "a student")
    world.happens(world.crm, "a@x.org")

    await world.sync()

    assert await world.scores() == {"a@x.org": (3.0, "cold")}


async def test_a_cleared_override_gives_the_computed_score_back() -> None:
    world = await a_world()
    await set_override(world.workspace, "a@x.org", "heat", 90, "met at the fair")
    await world.sync()

    await clear_override(world.workspace, "a@x.org", "heat")
    await world.sync()

    assert await world.scores() == {"a@x.org": (10.0, "warm")}
    assert world.crm.lists["Hot"] == set()


async def test_the_latest_override_is_in_force_and_all_are_remembered() -> None:
    world = await a_world()
    await set_override(world.workspace, "a@x.org", "heat", 90, "one")
    person = await set_override(world.workspace, "a@x.org", "heat", 80, " two ")
    await world.sync()

    async with world.state.read() as tx:
        made = await tx.scores.all_overrides(person.contact)

    assert [(each.value, each.reason, each.cleared_at is None) for each in made] == [
        (90, "one", False),
        (80, "two", True),
    ]
    assert await world.scores() == {"a@x.org": (80.0, "hot")}


@pytest.mark.parametrize("value", [-0.5, 100.5, math.nan, math.inf, -math.inf])
async def test_a_value_outside_the_range_is_refused(value: float) -> None:
    world = await a_world()

    with pytest.raises(ConfigError, match="outside the range"):
        await set_override(world.workspace, "a@x.org", "heat", value, "why")


@pytest.mark.parametrize("value", [0.0, 100.0])
async def test_the_ends_of_the_range_are_within(value: float) -> None:
    world = await a_world()

    await set_override(world.workspace, "a@x.org", "heat", value, "why")


async def test_everything_wrong_is_told_at_once() -> None:
    world = await a_world()

    with pytest.raises(ConfigError) as caught:
        await set_override(world.workspace, "a@x.org", "het", 1, "  ")

    assert len(caught.value.problems) == 2
    assert "known: heat" in str(caught.value)


async def test_whom_nobody_knows_has_no_override() -> None:
    world = await a_world()

    with pytest.raises(NotFound, match="nobody is known"):
        await set_override(world.workspace, "b@x.org", "heat", 1, "why")
    with pytest.raises(NotFound, match="nobody is known"):
        await clear_override(world.workspace, "b@x.org", "heat")
    with pytest.raises(NotFound, match="no override"):
        await clear_override(world.workspace, "a@x.org", "heat")


async def test_an_override_survives_a_merge() -> None:
    world = await a_world()
    loser = world.crm.create("b@x.org")
    await world.sync()
    await set_override(world.workspace, "b@x.org", "heat", 77, "why")

    world.crm.merge(loser, world.crm.people["m1"])
    await world.sync()

    assert await world.scores() == {"a@x.org": (77.0, "hot")}
