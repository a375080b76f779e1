"""The simulated Klaviyo turns down what the reference rules out, in the words of JSON:API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.builders import T
from tests.fakes import FakeClock
from tests.integration.presets.klaviyo.simulator import KEY, KlaviyoSimulator
from tests.integration.presets.klaviyo.simulator.refusals import KIND

HEADERS = {
    "authorization": f"Klaviyo-API-Key {KEY}",
    "revision": "2025-10-15",
    "content-type": KIND,
}
LIST = "L00001"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    simulator = KlaviyoSimulator(now=FakeClock(T).now)
    assert simulator.account.group("Hot").id == LIST
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(simulator.app),
        base_url="https://a.klaviyo.com/api",
        headers=HEADERS,
    ) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/profiles", {"filter": "greater-or-equal(updated,2026-01-01T00:00:00Z)"}),
        ("/profiles", {"filter": "greater-than(updated,yesterday)"}),
        ("/profiles", {"filter": "updated > 2026"}),
        ("/profiles", {"filter": "equals(email,ann@example.com)"}),
        ("/profiles", {"filter": 'equals(email,["ann@example.com"])'}),
        ("/profiles", {"page[size]": "101"}),
        ("/profiles", {"sort": "first_name"}),
        ("/profiles", {"page[cursor]": "%%%"}),
        ("/events", {"page[size]": "1001"}),
        ("/lists", {"page[size]": "11"}),
        (f"/lists/{LIST}/relationships/profiles", {"page[size]": "101"}),
    ],
    ids=str,
)
async def test_a_read_that_is_ruled_out_is_turned_down(
    client: httpx.AsyncClient, path: str, params: dict[str, str]
) -> None:
    answer = await client.get(path, params=params)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == KIND
    assert {"id", "code", "title", "detail", "source"} <= answer.json()["errors"][0].keys()


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/profile-import", {"data": {"type": "person"}}, 400),
        ("POST", "/profile-import", {"data": {"type": "profile", "attributes": {}}}, 400),
        ("POST", "/lists", {"data": {"type": "list", "attributes": {}}}, 400),
        ("PATCH", "/profiles/01GNOBODY", {"data": {"type": "profile", "id": "01GNOBODY"}}, 404),
        ("POST", "/lists/L9/relationships/profiles", {"data": []}, 404),
        (
            "POST",
            f"/lists/{LIST}/relationships/profiles",
            {"data": [{"type": "profile", "id": str(number)} for number in range(1001)]},
            400,
        ),
        ("POST", f"/lists/{LIST}/relationships/profiles", {"data": [{"id": "1"}]}, 400),
        ("PUT", "/profiles/1", {}, 405),
        ("POST", "/subscriptions", {}, 404),
    ],
    ids=lambda each: None if isinstance(each, dict) else str(each),
)
async def test_a_write_that_is_ruled_out_is_turned_down(
    client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any], status: int
) -> None:
    answer = await client.request(method, path, json=body)

    assert answer.status_code == status
    assert answer.json()["errors"][0]["status"] == status


async def test_a_profile_of_more_than_a_hundred_kilobytes_is_too_large(
    client: httpx.AsyncClient,
) -> None:
    attributes = {"email": "ann@example.com", "properties": {"essay": "x" * 102_400}}
    body = {"data": {"type": "profile", "attributes": attributes}}

    answer = await client.post("/profile-import", json=body)

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"authorization": "Bearer x"}, 401, id="another proof"),
        pytest.param({"revision": ""}, 400, id="no revision"),
        pytest.param({"revision": "2023-12-15"}, 410, id="a revision that came to its end"),
        pytest.param({"revision": "2031-01-15"}, 200, id="a later one"),
    ],
)
async def test_key_and_revision_come_with_every_request(
    client: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    answer = await client.get("/profiles", headers=headers)

    assert answer.status_code == status
