"""The file of leads that the dashboard gives: to whoever has logged in, as the API does."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from tests.unit.sync.world import World
from tests.unit.web.house import House

TOKEN = "open sesame"
HERE = {"origin": "http://localhost"}


@pytest.fixture
async def house() -> House:
    """Return an installation whose leads have heat 0, 10 and 20."""
    world = World()
    for number in range(3):
        whom = world.crm.create(f"p{number}@x.org")
        for _ in range(number):
            world.happens(world.crm, whom)
    await world.sync()
    return House(world, admin_token=SecretStr(TOKEN), dashboard=True)


async def test_a_session_has_the_same_lines_as_the_token_and_a_mark_for_excel(
    house: House,
) -> None:
    asked = "stage=cold&lowest_first=true&search=x.org"
    async with house.client() as client:
        headers = {"authorization": f"Bearer {TOKEN}"}
        told = await client.get(f"/api/v1/leads/export?{asked}", headers=headers)
        await client.post("/login", data={"token": TOKEN}, headers=HERE)
        answer = await client.get(f"/leads.csv?{asked}")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="leads.csv"'
    assert answer.content == b"\xef\xbb\xbf" + told.content
    assert b"p0@x.org" in told.content


async def test_without_a_session_there_is_no_file(house: House) -> None:
    async with house.client() as client:
        headers = {"authorization": f"Bearer {TOKEN}"}
        answers = [await client.get("/leads.csv"), await client.get("/leads.csv", headers=headers)]

    assert [each.status_code for each in answers] == [401, 401]


@pytest.mark.parametrize("asked", ["stage=boiling", "list=nowhere", "score=luck"])
async def test_of_what_is_unknown_there_is_no_file_and_the_page_says_so(
    house: House, asked: str
) -> None:
    async with house.client() as client:
        await client.post("/login", data={"token": TOKEN}, headers=HERE)
        answer = await client.get(f"/leads.csv?{asked}")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/leads?{asked}")


async def test_without_a_dashboard_there_is_no_file() -> None:
    async with House().client() as client:
        assert (await client.get("/leads.csv")).status_code == 404
