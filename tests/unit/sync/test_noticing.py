"""That something became another about a person is noticed, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.errors import NotFound
from connector.sync.deciding.overriding import clear_override, set_override
from connector.sync.looking.noticing import footprint
from tests.unit.sync.world import World


async def _a_world() -> World:
    world = World()
    world.crm.create("a@x.org")
    world.crm.create("b@x.org")
    await world.sync()
    return world


async def test_where_nothing_happens_nothing_is_noticed() -> None:
    world = await _a_world()
    before = await footprint(world.workspace, "a@x.org")

    world.clock.advance(timedelta(hours=1))
    world.happens(world.crm, "b@x.org")
    await world.sync()

    assert await footprint(world.workspace, "a@x.org") == before


async def test_a_decision_is_noticed() -> None:
    world = await _a_world()
    before = await footprint(world.workspace, "a@x.org")

    world.clock.advance(timedelta(hours=1))
    world.happens(world.crm, "a@x.org")
    await world.sync()

    assert await footprint(world.workspace, "a@x.org") != before


async def test_what_is_decided_by_hand_is_noticed_at_once() -> None:
    world = await _a_world()
    before = await footprint(world.workspace, "a@x.org")
    await set_override(world.workspace, "a@x.org", "heat", 50, "why not")
    between = await footprint(world.workspace, "a@x.org")
    await clear_override(world.workspace, "a@x.org", "heat")

    assert len({before, between, await footprint(world.workspace, "a@x.org")}) == 3


async def test_what_a_platform_took_is_told_apart_from_how_somebody_stands() -> None:
    world = await _a_world()
    world.happens(world.crm, "a@x.org")
    await world.sync(pushes=False)
    before = await footprint(world.workspace, "a@x.org")
    await world.sync(pulls=False, scores=False)

    after = await footprint(world.workspace, "a@x.org")

    assert after.standing == before.standing
    assert after.told != before.told


async def test_nobody_unknown_is_watched() -> None:
    with pytest.raises(NotFound):
        await footprint(World().workspace, "nobody@x.org")
