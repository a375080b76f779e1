"""What happened to a contact and what it gave, over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connector.domain.instants import iso
from tests.builders import T
from tests.unit.sync.world import TEXT, World
from tests.unit.web.house import House

ADA = "ada@x.org"
DAY = timedelta(days=1)
RULES = """
    opened: {event: email.opened, points: 10, cap: {points: 15, per: day}}
    viewed: {event: page.viewed, points: 8, decay: {half_life: 1d}, once_per: url}
    often: {count: page.viewed, at_least: 2, points: 3}
    silent: {inactive: 30d, points: -2}
    boss: {event: form.submitted, points: 7, when: "job = 'boss'"}
"""
_BEFORE = TEXT[TEXT.index("    opened:") : TEXT.index("  scores:")]
MAPPING = TEXT.replace(_BEFORE, RULES.lstrip("\n"))


@pytest.fixture
async def world() -> World:
    """Return a world in which Ada opened two mails a day ago, and viewed one page twice."""
    world = World(MAPPING)
    ada = world.crm.create(ADA, job="clerk")
    for kind, ago in (
        ("email.opened", DAY),
        ("email.opened", DAY - timedelta(minutes=1)),
        ("page.viewed", DAY),
        ("page.viewed", DAY / 2),
        ("form.submitted", DAY / 4),
    ):
        world.happens(world.crm, ada, kind, at=T - ago, url="/pricing")
    await world.sync()
    return world


async def _get(world: World, path: str = f"timeline/{ADA}", **params: Any) -> Any:  # noqa: ANN401 - any shape
    async with House(world).client() as client:
        answer = await client.get(f"/api/v1/{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _gave(event: dict[str, Any]) -> list[tuple[object, ...]]:
    return [
        (each["rule"], each["asked"], each["given"], round(each["left"], 2), each["reason"])
        for each in event["gave"]
    ]


async def test_each_event_is_told_with_what_it_gave_and_what_is_left(world: World) -> None:
    told = await _get(world)

    assert told["total"] == 5
    assert [each["type"] for each in told["events"]] == [
        "form.submitted",
        "page.viewed",
        "email.opened",
        "page.viewed",
        "email.opened",
    ]
    form, again, second, page, first = told["events"]
    assert _gave(form) == [("boss", 7.0, 7.0, 0.0, "guard")]
    assert _gave(again) == [("viewed", 8.0, 0.0, 0.0, "once_per")]
    assert _gave(page) == [("viewed", 8.0, 8.0, 4.0, None)]
    assert sorted([_gave(first), _gave(second)]) == [
        [("opened", 10.0, 5.0, 5.0, "cap")],
        [("opened", 10.0, 10.0, 10.0, None)],
    ]
    assert page["part_of"] == again["part_of"] == [{"rule": "often", "points": 3.0}]
    assert (page["at"], page["fields"]["url"]) == (iso(T - DAY), "/pricing")


async def test_what_is_left_adds_up_to_what_is_explained(world: World) -> None:
    told, explained = await _get(world), await _get(world, f"explain/{ADA}")

    given = [each for event in told["events"] for each in event["gave"]]
    for entry in explained["contributions"]:
        if entry["rule"] in {"opened", "viewed"}:
            left = sum(each["left"] for each in given if each["rule"] == entry["rule"])
            assert left == entry["points"]


async def test_a_ceiling_of_a_group_is_shared_by_events() -> None:
    grouped = MAPPING.replace("points: 15, per: day}", "points: 15, per: day}, group: mails")
    world = World(grouped.replace("  rules:", "  groups: {mails: {cap: 6}}\n  rules:"))
    ada = world.crm.create(ADA)
    for minutes in range(2):
        world.happens(world.crm, ada, at=T - timedelta(minutes=minutes))
    await world.sync()

    last, first = (await _get(world))["events"]

    assert _gave(first) == [("opened", 10.0, 10.0, 4.0, "group")]
    assert _gave(last) == [("opened", 10.0, 5.0, 2.0, "cap")]


async def test_events_come_page_by_page(world: World) -> None:
    whole = (await _get(world))["events"]
    found: list[object] = []
    cursor: dict[str, str] = {}
    while True:
        page = await _get(world, limit=2, **cursor)
        found += page["events"]
        if page["cursor"] is None:
            break
        cursor = {"cursor": page["cursor"]}

    assert found == whole


async def test_what_no_rule_sees_is_told_with_why() -> None:
    world = World(f"{MAPPING}events: {{ignore: \"url = '/bot'\"}}\n")
    ada = world.crm.create(ADA)
    world.happens(world.crm, ada, "page.viewed", at=T, url="/bot")
    await world.sync()

    (event,) = (await _get(world))["events"]

    assert (event["unseen"], event["gave"], event["part_of"]) == ("ignored", [], [])


@pytest.mark.parametrize("cursor", ["nonsense", "W10", "WzFlOTksMSwyXQ"])
async def test_a_cursor_that_is_none_is_told(world: World, cursor: str) -> None:
    async with House(world).client() as client:
        answer = await client.get(f"/api/v1/timeline/{ADA}", params={"cursor": cursor})

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["message"] == "this is no cursor: begin without one"


async def test_nobody_unknown_has_a_timeline() -> None:
    async with House().client() as client:
        assert (await client.get("/api/v1/timeline/nobody@x.org")).status_code == 404
