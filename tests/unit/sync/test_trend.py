"""How a person's scores went and will go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from connector.errors import NotFound
from connector.sync.deciding.overriding import clear_override, set_override
from connector.sync.looking.explaining import explain
from connector.sync.looking.trend import FUTURE, PAST, Point, trend
from tests.builders import T
from tests.unit.sync.world import TEXT, World

DAY = timedelta(days=1)
_FADING = "opened: {event: email.opened, points: 10, decay: {half_life: 10d}}"
MAPPING = TEXT.replace("opened: {event: email.opened, points: 10}", _FADING)


async def course(world: World) -> Sequence[Point]:
    now = world.clock.now()
    return await trend(world.workspace, "a@x.org", now, back=24 * DAY, ahead=24 * DAY)


async def test_each_point_is_what_is_explained_as_of_then() -> None:
    world = World(MAPPING)
    world.crm.create("a@x.org", job="boss")
    world.happens(world.crm, "a@x.org", at=T - 10 * DAY)
    world.happens(world.crm, "a@x.org", at=T - DAY)
    await world.sync()

    points = await course(world)

    assert len(points) == PAST + 1 + FUTURE
    for point in points:
        told = await explain(world.workspace, "a@x.org", point.at)
        assert (point.scores, point.stages) == (told.rounded, told.stages)
    ahead = [point.scores["heat"] or 0.0 for point in points if point.is_ahead]
    assert ahead == sorted(ahead, reverse=True)
    assert ahead[-1] < ahead[0]


async def test_an_override_counts_while_it_is_in_force() -> None:
    world = World(MAPPING)
    world.crm.create("a@x.org")
    await world.sync()
    world.clock.advance(6 * DAY)
    await set_override(world.workspace, "a@x.org", "heat", 90.0, "met her")
    world.clock.advance(12 * DAY)
    await clear_override(world.workspace, "a@x.org", "heat")
    world.clock.advance(6 * DAY)

    heats = [point.scores["heat"] for point in await course(world)]

    assert heats[:6] == [0.0] * 6
    assert heats[6:18] == [90.0] * 12
    assert heats[18:] == [0.0] * (6 + 1 + FUTURE)


async def test_it_begins_when_somebody_arrived() -> None:
    world = World(MAPPING)
    world.crm.create("a@x.org", job="boss")
    await world.sync()
    arrived = world.clock.now()
    world.clock.advance(12 * DAY)

    points = await course(world)

    assert points[0].at == arrived
    assert len(points) == PAST + 1 + FUTURE
    assert points[-1].at == world.clock.now() + 24 * DAY


async def test_of_whoever_has_just_arrived_the_last_hour_is_told() -> None:
    world = World(MAPPING)
    world.crm.create("a@x.org")
    await world.sync()

    points = await course(world)

    assert points[0].at == world.clock.now() - timedelta(hours=1)


async def test_nobody_has_a_trend_who_is_unknown() -> None:
    with pytest.raises(NotFound):
        await course(World(MAPPING))
