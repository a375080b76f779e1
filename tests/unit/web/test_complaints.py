"""Refused calls are told in the log: why, but not each of them, and nothing that was sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from structlog.testing import capture_logs

from tests.unit.web.house import PATH, House


def _reasons(logged: Sequence[Any]) -> list[tuple[str | None, str]]:
    return [
        (each["platform"], each["reason"]) for each in logged if each["event"] == "webhook refused"
    ]


async def test_each_reason_is_told() -> None:
    house = House()
    body, proof = house.call("k1")

    with capture_logs() as logged:
        async with house.client() as client:
            await client.post(PATH, content=body)
            await client.put(PATH, content=body)
            await client.post(f"{PATH}/", content=body, headers=proof)
            house.world.clock.advance(timedelta(minutes=6))
            await client.post(PATH, content=body, headers=proof)

    assert _reasons(logged) == [
        ("crm", "its proof is missing, or wrong"),
        ("crm", "it is no POST"),
        (None, "its address ends with no platform that takes webhooks"),
        ("crm", "its proof is of another time: too long ago, or ahead of our clock"),
    ]


async def test_the_same_is_told_once_a_minute() -> None:
    house = House()

    with capture_logs() as logged:
        async with house.client() as client:
            for seconds in (0, 30, 29, 1, 59):
                house.world.clock.advance(timedelta(seconds=seconds))
                await client.post(PATH, content=b"{}")

    assert len(_reasons(logged)) == 2


async def test_nothing_that_strangers_choose_is_told() -> None:
    house = House()

    with capture_logs() as logged:
        async with house.client() as client:
            await client.post("/webhooks/ada@example.com", content=b"s3cret")
            await client.post(PATH, content=b"s3cret", headers={"authorization": "Bearer s3cret"})

    assert len(_reasons(logged)) == 2
    assert "s3cret" not in str(logged)
    assert "ada" not in str(logged)
