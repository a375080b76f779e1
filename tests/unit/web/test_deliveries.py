"""Deliveries over the API: listed, shown, replayed and dropped."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from connector.ports.control import Job
from tests.unit.sync.test_deliveries import a_firing, a_world, given_up
from tests.unit.web.house import House


@pytest.fixture
async def house() -> House:
    """Return an installation with a write and an action that were given up."""
    world = await a_world()
    await given_up(world)
    await a_firing(world)
    return House(world)


async def _get(house: House, path: str = "", **params: Any) -> httpx.Response:  # noqa: ANN401 - any parameter
    async with house.client() as client:
        return await client.get(f"/api/v1/deliveries{path}", params=params)


async def _post(house: House, path: str, **content: object) -> httpx.Response:
    async with house.client() as client:
        return await client.post(f"/api/v1/deliveries/{path}", json=content)


async def test_deliveries_are_listed_with_their_counts(house: House) -> None:
    listed = (await _get(house, to="mail")).json()

    assert listed["counts"] == {"mail": {"dead": 1}}
    assert [each["kind"] for each in listed["deliveries"]] == ["action"]


async def test_a_delivery_is_shown(house: House) -> None:
    (listed,) = (await _get(house, to="crm")).json()["deliveries"]

    assert (await _get(house, f"/{listed['id']}")).json() == listed


async def test_an_unknown_delivery_is_not_found(house: House) -> None:
    assert (await _get(house, "/write:crm:99")).status_code == 404


async def test_what_is_replayed_is_tried_at_once(house: House) -> None:
    (listed,) = (await _get(house, to="crm")).json()["deliveries"]

    done = (await _post(house, "replay", ids=[listed["id"]])).json()

    assert done == {"done": 1, "skipped": []}
    assert house.jobs == [Job(task="score"), Job(lane="crm", task="push")]


async def test_all_that_is_dead_is_replayed(house: House) -> None:
    assert (await _post(house, "replay", all=True)).json()["done"] == 2


@pytest.mark.parametrize("asked", [{}, {"ids": ["write:crm:1"], "all": True}])
async def test_it_has_to_be_said_what_is_replayed(house: House, asked: dict[str, object]) -> None:
    assert (await _post(house, "replay", **asked)).status_code == 422


async def test_what_is_dropped_is_listed_no_more(house: House) -> None:
    listed = (await _get(house)).json()["deliveries"]

    done = (await _post(house, "drop", ids=[each["id"] for each in listed])).json()

    assert done["done"] == 2
    assert (await _get(house)).json() == {"counts": {}, "deliveries": []}
