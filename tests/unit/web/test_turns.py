"""What the daemon is asked to do at once, over the API."""

from __future__ import annotations

import httpx
import pytest

from connector.ports.control import Job
from tests.unit.web.house import House


@pytest.fixture
def house() -> House:
    return House()


async def post(house: House, path: str, **asked: object) -> httpx.Response:
    async with house.client() as client:
        return await client.post(path, json=asked)


async def test_all_platforms_are_pulled(house: House) -> None:
    answer = await post(house, "/api/v1/pull")

    assert answer.json()["jobs"] == [
        "pull contacts crm",
        "pull events crm",
        "pull contacts mail",
        "pull events mail",
    ]
    assert [str(job) for job in house.jobs] == answer.json()["jobs"]


async def test_one_platform_is_written_to_whatever_the_guards_say(house: House) -> None:
    await post(house, "/api/v1/push", platform="crm", force=True)

    assert house.jobs == [Job(lane="crm", task="push", subject="force")]


@pytest.mark.parametrize("what", ["pull", "push"])
async def test_a_platform_that_there_is_not_is_told(house: House, what: str) -> None:
    answer = await post(house, f"/api/v1/{what}", platform="moon")

    assert (answer.status_code, house.jobs) == (404, [])
    assert "crm, mail" in answer.json()["error"]
