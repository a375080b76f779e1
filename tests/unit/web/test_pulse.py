"""How often platforms call is told minute by minute, whoever asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from connector.domain.instants import iso
from tests.unit.web.house import PATH, House


async def _told(house: House) -> Any:  # noqa: ANN401 - any JSON
    await house.app.state.pulse.aclose()
    async with house.client() as client:
        return (await client.get("/api/v1/webhook-calls")).json()


async def test_calls_are_told_by_the_minute_with_those_that_were_refused() -> None:
    house = House()
    for key in "ab":
        body, proof = house.call(key)
        async with house.client() as client:
            await client.post(PATH, content=body, headers=proof)
            await client.post(PATH, content=body)
        house.world.clock.advance(timedelta(minutes=2))

    told = await _told(house)

    crm = next(each for each in told["platforms"] if each["platform"] == "crm")
    assert crm["taken"][-5:] == [1, 0, 1, 0, 0]
    assert len(crm["taken"]) == 60
    assert crm["refused"] == {"refused": 2}
    minute = house.world.clock.now().replace(second=0, microsecond=0)
    assert crm["last_at"] == iso(minute - timedelta(minutes=2))


async def test_what_came_more_than_an_hour_ago_is_told_as_the_last_alone() -> None:
    house = House()
    body, proof = house.call("a")
    async with house.client() as client:
        await client.post(PATH, content=body, headers=proof)
    house.world.clock.advance(timedelta(hours=2))

    told = await _told(house)

    (crm,) = (each for each in told["platforms"] if each["platform"] == "crm")
    assert (sum(crm["taken"]), crm["refused"]) == (0, {})
    assert crm["last_at"] is not None


async def test_calls_to_no_platform_are_told_apart() -> None:
    house = House()
    async with house.client() as client:
        await client.post("/webhooks/nobody", content=b"{}")

    told = await _told(house)

    (unknown,) = (each for each in told["platforms"] if each["platform"] is None)
    assert (unknown["refused"], unknown["last_at"]) == ({"unknown": 1}, None)
