"""Leads over the API: page by page, as CSV, and how one of them stood over time."""

from __future__ import annotations

import base64
import csv
import io
from typing import Any

import httpx
import pytest

from connector.domain.contacts import Membership
from tests.unit.sync.world import MODEL, PLATFORMS, TARGETS, World
from tests.unit.web.house import House

_LEADS = 7
EVIL = '=HYPERLINK("http://x")@x.org'


@pytest.fixture
async def house() -> House:
    """Return an installation with seven leads of heat 0, 10, 20, ... 60."""
    world = World()
    for number in range(_LEADS):
        whom = world.crm.create(f"p{number}@x.org")
        for _ in range(number):
            world.happens(world.crm, whom)
    await world.sync()
    return House(world)


async def _get(house: House, path: str, **params: Any) -> httpx.Response:  # noqa: ANN401 - any parameter
    async with house.client() as client:
        return await client.get(f"/api/v1/{path}", params=params)


async def _all(house: House, **params: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any parameter
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await _get(house, "leads", **params, **cursor)).json()
        found += page["leads"]
        if page["cursor"] is None:
            return found
        cursor = {"cursor": page["cursor"]}


def _heats(leads: list[dict[str, Any]]) -> list[float]:
    return [each["scores"]["heat"]["rounded"] for each in leads]


async def test_leads_come_page_by_page_in_the_order_of_a_score(house: House) -> None:
    first = (await _get(house, "leads", limit=3)).json()

    assert first["score"] == "heat"
    assert _heats(first["leads"]) == [60, 50, 40]
    assert first["leads"][0]["scores"]["heat"]["stage"] == "hot"
    assert _heats(await _all(house, limit=3)) == [60, 50, 40, 30, 20, 10, 0]
    assert _heats(await _all(house, limit=2, lowest_first=True)) == [0, 10, 20, 30, 40, 50, 60]


@pytest.mark.parametrize("is_lowest_first", [False, True])
async def test_one_goes_back_through_the_pages_one_came_by(
    house: House, *, is_lowest_first: bool
) -> None:
    asked = {"limit": 3, "lowest_first": is_lowest_first, "platform": "crm"}
    page = (await _get(house, "leads", **asked)).json()
    forth = [page]
    while page["cursor"]:
        page = (await _get(house, "leads", **asked, cursor=page["cursor"])).json()
        forth.append(page)
    back = [page]
    while page["before"]:
        page = (await _get(house, "leads", **asked, cursor=page["before"])).json()
        back.append(page)

    assert [len(each["leads"]) for each in forth] == [3, 3, 1]
    assert [each["leads"] for each in reversed(back)] == [each["leads"] for each in forth]
    assert (forth[0]["before"], page["before"]) == (None, None)
    assert page["cursor"] == forth[0]["cursor"]


async def test_a_page_tells_who_they_are_and_who_knows_them() -> None:
    names = "  first_name: {type: text, crm: first}\n  company: {type: text, crm: firm}\n"
    world = World(PLATFORMS + names + MODEL + TARGETS)
    world.crm.create("ada@x.org", first=" Ada ", firm="=Acme")
    world.mail.create("ada@x.org")
    world.crm.create("bob@x.org")
    await world.sync()
    house = House(world)

    leads = await _all(house, search="x.org")
    rows = list(csv.DictReader(io.StringIO((await _get(house, "leads/export")).text)))

    told = {each["email"]: (each["name"], each["company"], each["platforms"]) for each in leads}
    assert told == {
        "ada@x.org": ("Ada", "=Acme", ["crm", "mail"]),
        "bob@x.org": (None, None, ["crm"]),
    }
    assert sorted((row["name"], row["company"]) for row in rows) == [("", ""), ("Ada", "'=Acme")]


async def test_it_is_told_what_leads_can_be_chosen_by(house: House) -> None:
    async with house.world.state.write() as tx:
        joined = Membership(list_name="News", remote_id="1")
        await tx.contacts.save_memberships("mail", [joined])

    answer = await _get(house, "leads/filters")

    assert answer.json() == {
        "score": "heat",
        "persons": 7,
        "stages": [
            {"name": "cold", "persons": 1},
            {"name": "warm", "persons": 1},
            {"name": "hot", "persons": 5},
        ],
        "platforms": ["crm", "mail"],
        "lists": [{"platform": "crm", "name": "Hot"}, {"platform": "mail", "name": "News"}],
    }
    assert (await _get(house, "leads/filters", score="cold")).status_code == 422


async def test_leads_are_filtered_by_stage_platform_and_list(house: House) -> None:
    hot = await _all(house, stage="hot", limit=2)

    assert _heats(hot) == [60, 50, 40, 30, 20]
    assert _heats(await _all(house, platform="crm", stage="warm")) == [10]
    assert await _all(house, platform="mail") == []
    assert await _all(house, list="crm:News") == []


@pytest.mark.parametrize(
    ("search", "heats"),
    [
        ("P3", [30]),
        ("p3@x.or", [30]),
        ("x org", [60, 50, 40, 30, 20, 10, 0]),
        ("p3 p4", []),
        (" P4@X.org ", [40]),
        ("nobody", []),
        ("@ !", []),
    ],
)
async def test_leads_are_found_by_what_somebody_types(
    house: House, search: str, heats: list[float]
) -> None:
    assert _heats(await _all(house, search=search, limit=2)) == heats


async def test_leads_are_found_by_our_id_and_by_that_of_a_platform(house: House) -> None:
    lead = (await _all(house, search="p5"))[0]
    async with house.world.workspace.state.read() as tx:
        person = await tx.contacts.find(lead["id"])
        assert person is not None
        record = (await tx.contacts.records_of([person.contact]))[0]

    assert await _all(house, search=lead["id"]) == [lead]
    assert await _all(house, search=f"{record.platform}:{record.remote_id}") == [lead]
    assert await _all(house, search=lead["id"], stage="cold") == []


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"score": "cold"}, "there is no score cold; known: heat"),
        ({"stage": "boiling"}, "heat has no stage boiling; known: cold, warm, hot"),
        ({"platform": "fax"}, "there is no platform fax; known: crm, mail"),
        ({"list": "Hot"}, "Hot names no list: write it as <platform>:<list>"),
        ({"list": "fax:Hot"}, "there is no platform fax; known: crm, mail"),
        ({"cursor": "nonsense"}, "this cursor is not of leads that are asked for so"),
    ],
)
@pytest.mark.parametrize("path", ["leads", "leads/export"])
async def test_what_is_unknown_is_told(
    house: House, path: str, asked: dict[str, str], told: str
) -> None:
    if path == "leads/export" and "cursor" in asked:
        return
    answer = await _get(house, path, **asked)

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["message"].startswith(told)


async def test_a_cursor_goes_on_with_what_it_is_of_alone(house: House) -> None:
    cursor = (await _get(house, "leads", limit=1)).json()["cursor"]

    assert (await _get(house, "leads", cursor=cursor, stage="hot")).status_code == 422
    assert (await _get(house, "leads", cursor=cursor, lowest_first=True)).status_code == 422


@pytest.mark.parametrize(
    "place",
    [(10**400, 1), ("NaN", 1), ("-Infinity", 1), (60, 10**400), (60, -1)],
    ids=["huge", "no_number", "endless", "huge_person", "nobody"],
)
async def test_a_cursor_that_somebody_made_up_is_refused(
    house: House, place: tuple[object, int]
) -> None:
    told = f'["heat",null,null,null,[],false,false,{place[0]},{place[1]}]'
    cursor = base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")

    assert (await _get(house, "leads", cursor=cursor)).status_code == 422


async def test_leads_are_exported_as_a_table_that_no_spreadsheet_runs(house: House) -> None:
    house.world.crm.create(EVIL)
    await house.world.sync()

    answer = await _get(house, "leads/export")
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="leads.csv"'
    assert [float(each["heat"]) for each in rows] == sorted(
        [0.0, *_heats(await _all(house))[:-1]], reverse=True
    )
    assert (rows[0]["email"], rows[0]["heat_stage"]) == ("p6@x.org", "hot")
    assert not any(cell.startswith(("=", "+", "@", "-")) for row in rows for cell in row.values())


async def test_an_export_takes_the_filters_of_the_list(house: House) -> None:
    answer = await _get(house, "leads/export", stage="warm")

    assert [row["email"] for row in csv.DictReader(io.StringIO(answer.text))] == ["p1@x.org"]


async def test_a_trend_goes_from_the_past_to_what_is_to_come(house: House) -> None:
    points = (await _get(house, "trend/p3@x.org", back="30d", ahead="8w")).json()["points"]

    assert points[0]["scores"] == {"heat": 0.0}
    assert points[-1]["scores"] == {"heat": 30.0}
    assert (points[-1]["stages"], points[-1]["is_ahead"]) == ({"heat": "hot"}, True)


@pytest.mark.parametrize("span", ["soon", "0d", "-3d", "999999999w"])
async def test_a_span_that_is_none_is_told(house: House, span: str) -> None:
    assert (await _get(house, "trend/p3@x.org", back=span)).status_code == 422


async def test_nobody_unknown_has_a_trend(house: House) -> None:
    assert (await _get(house, "trend/nobody@x.org")).status_code == 404
