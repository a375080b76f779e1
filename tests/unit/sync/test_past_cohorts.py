"""Months before the first decision are told per month of arrival, as `explain --at` tells them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from connector.domain.instants import MICROSECOND
from connector.domain.pictures import month_of
from connector.sync.looking.explaining import explain
from connector.sync.upkeep import cohorts
from connector.sync.upkeep.cohorts import tell_past_cohorts
from tests.builders import T
from tests.unit.sync.world import TEXT, World

DAY = timedelta(days=1)
MONTHS = 3
FADING = TEXT.replace(
    "opened: {event: email.opened, points: 10}",
    "opened: {event: email.opened, points: 10, decay: {half_life: 40d}}",
)


async def told(world: World) -> dict[tuple[str, str], tuple[int, float]]:
    """Return how many persons each cohort had in each month, and their points together."""
    async with world.state.read() as tx:
        return {
            (each.cohort, each.month): (each.persons, round(each.total, 6))
            for each in await tx.pictures.cohorts("heat")
        }


async def whole(world: World) -> None:
    """Tell all of the past."""
    while await tell_past_cohorts(world.workspace):
        pass


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Return a world with persons who arrived in the months before the first decision."""
    world = World(FADING)
    for number, days in enumerate((40, 45, 400)):
        whom = world.crm.create(f"p{number}@x.org", job="boss" if number % 2 else None)
        whom.created_at = T - days * DAY
        for ago in range(5, min(days, 400), 30):
            world.happens(world.crm, whom, at=T - ago * DAY)
    await world.sync()
    monkeypatch.setattr(cohorts, "MONTHS", MONTHS)
    return world


def _end(month: str) -> datetime:
    year, number = (int(part) for part in month.split("-"))
    first = T.replace(
        year=year + number // 12, month=number % 12 + 1, day=1, hour=0, minute=0, second=0
    )
    return first - MICROSECOND


async def test_a_month_is_what_is_explained_of_each_at_its_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohorts, "BATCH", 2)
    kept = await told(world)
    assert {month for _, month in kept} == {month_of(T)}

    await whole(world)

    past = {key: stood for key, stood in (await told(world)).items() if key[1] < month_of(T)}
    counted: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for number in range(3):
        for month in {month for _, month in past}:
            why = await explain(world.workspace, f"p{number}@x.org", _end(month))
            arrived = why.person.created_at
            assert arrived is not None
            points = why.rounded["heat"]
            if arrived <= _end(month) and points is not None:
                counted[month_of(arrived), month].append(points)
    assert past == {key: (len(each), round(sum(each), 6)) for key, each in counted.items()}
    assert len({month for _, month in past}) == MONTHS
    assert kept.items() <= (await told(world)).items()


async def test_the_past_is_told_once_and_what_is_kept_goes_on(world: World) -> None:
    await whole(world)
    once = await told(world)

    assert not await tell_past_cohorts(world.workspace)
    world.happens(world.crm, "p0@x.org", at=T)
    await world.sync()
    again = await told(world)

    assert {key: each for key, each in again.items() if key[1] < month_of(T)} == {
        key: each for key, each in once.items() if key[1] < month_of(T)
    }
    assert again != once


async def test_other_rules_amid_the_telling_begin_it_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohorts, "BATCH", 2)
    assert await tell_past_cohorts(world.workspace)
    world.configure(TEXT)
    await world.sync()
    await whole(world)
    anew = await told(world)

    other = world.afresh()
    await other.sync()
    await whole(other)

    assert anew == await told(other)


async def test_nothing_is_told_before_anybody_was_decided() -> None:
    world = World(FADING)

    assert not await tell_past_cohorts(world.workspace)
    assert await told(world) == {}
