"""A list with `create: true` is made as soon as somebody belongs in it."""

from __future__ import annotations

from unittest.mock import AsyncMock

import pytest

from adapters.memory.setup import MemorySetup
from connector.domain.outbound import DeliveryState
from connector.errors import RejectedByPlatform, RightMissing
from tests.unit.sync.world import MODEL, PLATFORMS, World

CREATED = """
targets:
  crm:
    lists:
      New: {when: "heat_stage = 'hot'", create: true}
      Never: {when: "heat > 99", create: true}
"""


@pytest.fixture
def world() -> World:
    world = World(PLATFORMS + MODEL + CREATED)
    person = world.crm.create("ann@mail.example.com")
    for _ in range(2):
        world.happens(world.crm, person)
    return world


async def test_a_list_is_made_before_anybody_is_put_in_it(world: World) -> None:
    summary = await world.sync()

    assert summary.problems == []
    assert len(world.crm.lists["New"]) == 1
    assert "Never" not in world.crm.lists


async def test_a_list_is_asked_for_only_when_somebody_is_put_in_it(world: World) -> None:
    await world.sync()
    del world.crm.lists["New"]

    await world.sync()

    assert "New" not in world.crm.lists


async def test_a_list_that_cannot_be_made_is_missed_as_it_is_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = RejectedByPlatform("no more lists", platform="crm", operation="create a list")
    monkeypatch.setattr(MemorySetup, "create_list", AsyncMock(side_effect=refused))

    summary = await world.sync()

    (row,) = await world.outbound()
    assert row.state is DeliveryState.PENDING
    assert "there is no list `New`" in summary.problems[0].message


async def test_a_right_that_is_missing_to_make_lists_is_told_of_and_stops_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.configure(PLATFORMS + MODEL + CREATED + "    attributes: {heat_score: heat}\n")
    missing = RightMissing("no scope to make lists", platform="crm", operation="create a list")
    monkeypatch.setattr(MemorySetup, "create_list", AsyncMock(side_effect=missing))

    summary = await world.sync()

    (row,) = await world.outbound()
    assert summary.errors == [missing]
    assert (row.state, row.confirmed.attributes) == (DeliveryState.PENDING, {"heat_score": 20})
