"""Searches: what they find, how late, and where they end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from adapters.hubspot.simulator import PLAIN, Trick
from adapters.hubspot.simulator.times import to_ms
from tests.integration.simulators.hubspot.conftest import CONTACTS, LAG, World

BY_ID = [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]


def _ids(found: dict[str, Any]) -> list[str]:
    return [row["id"] for row in found["results"]]


async def test_a_write_is_found_late_and_never_later_than_said(world: World) -> None:
    ids = [world.account.add(email=f"p{n}@example.com") for n in range(20)]

    seen = [len((await world.search(limit=100))["results"])]
    for _ in range(9):
        world.clock.advance(LAG / 9)
        seen.append(len((await world.search(limit=100))["results"]))

    assert seen[0] == 0
    assert seen == sorted(seen)
    assert len(set(seen)) > 3, "they become known one by one"
    assert seen[-1] == len(ids)


async def test_what_was_written_first_may_be_found_last(world: World) -> None:
    ids = [world.account.add(email=f"p{n}@example.com") for n in range(20)]

    order: list[str] = []
    for _ in range(90):
        world.clock.advance(timedelta(seconds=1))
        found = _ids(await world.search(limit=100, sorts=BY_ID))
        order += [each for each in found if each not in order]

    assert sorted(order) == sorted(ids)
    assert order != ids


async def test_until_it_is_found_a_changed_contact_has_its_old_values(world: World) -> None:
    ann = world.account.add(email="ann@example.com", city="Lyon")
    world.account.settle()
    world.account.set(ann, city="Paris")

    before = await world.search(properties=["city"])
    world.clock.advance(LAG)
    after = await world.search(properties=["city"])

    assert before["results"][0]["properties"]["city"] == "Lyon"
    assert after["results"][0]["properties"]["city"] == "Paris"


async def test_an_archived_contact_is_never_found(world: World) -> None:
    ann = world.account.add(email="ann@example.com")
    world.account.settle()

    world.account.archive(ann)
    world.clock.advance(LAG)

    assert (await world.search())["total"] == 0


async def test_a_window_and_ids_find_more_rows_of_one_instant_than_a_search_gives(
    plain: World,
) -> None:
    plain.account.seed_contacts(10_450, over=timedelta())
    at_ms = to_ms(plain.clock.now())
    window = [("lastmodifieddate", "GTE", at_ms), ("lastmodifieddate", "LTE", at_ms)]

    found: list[str] = []
    while page := _ids(
        await plain.search(
            *window, ("hs_object_id", "GT", found[-1] if found else 0), sorts=BY_ID, limit=200
        )
    ):
        found += page

    assert found == plain.account.ids()


async def test_ten_thousand_rows_are_the_end_of_a_search(plain: World) -> None:
    plain.account.seed_contacts(10_001)

    last = await plain.post(f"{CONTACTS}/search", {"limit": 200, "after": "9800"})
    beyond = await plain.post(f"{CONTACTS}/search", {"limit": 200, "after": "10000"})

    assert last.json()["total"] == 10_001
    assert last.json()["paging"]["next"]["after"] == "10000", "it is told of all the same"
    assert beyond.status_code == 400


async def test_ids_are_compared_as_numbers(plain: World) -> None:
    plain.account.seed_contacts(100)

    found = await plain.search(("hs_object_id", "GT", "998"), sorts=BY_ID, limit=3)

    assert _ids(found) == ["999", "1000", "1001"]


async def test_without_an_order_asked_for_there_is_none(plain: World) -> None:
    plain.account.seed_contacts(50)

    found = _ids(await plain.search(limit=50))

    assert found != sorted(found, key=int)
    assert sorted(found) == sorted(plain.account.ids())


async def test_groups_are_alternatives(plain: World) -> None:
    ann, _, cid = (
        plain.account.add(email=f"{name}@example.com", city=city)
        for name, city in (("ann", "Lyon"), ("ben", "Paris"), ("cid", "Nice"))
    )
    groups = [
        {"filters": [{"propertyName": "city", "operator": "EQ", "value": city}]}
        for city in ("Nice", "Lyon")
    ]

    answer = await plain.post(f"{CONTACTS}/search", {"filterGroups": groups, "sorts": BY_ID})

    assert _ids(answer.json()) == [ann, cid]
    assert answer.json()["total"] == 2


@pytest.mark.parametrize(
    ("operator", "value", "wanted"),
    [
        ("EQ", "20", {"ben"}),
        ("NEQ", "20", {"ann", "cid"}),
        ("LT", "20", {"ann"}),
        ("LTE", "20", {"ann", "ben"}),
        ("GT", "5", {"ben"}),
        ("GTE", "5", {"ann", "ben"}),
        ("HAS_PROPERTY", "", {"ann", "ben"}),
        ("NOT_HAS_PROPERTY", "", {"cid"}),
    ],
)
async def test_a_filter_compares_numbers_as_numbers(
    plain: World, operator: str, value: str, wanted: set[str]
) -> None:
    plain.account.define("heat", "number")
    for name, heat in (("ann", "5"), ("ben", "20"), ("cid", "")):
        plain.account.add(firstname=name, heat=heat)

    found = await plain.search(("heat", operator, value), properties=["firstname"])

    assert {row["properties"]["firstname"] for row in found["results"]} == wanted


async def test_an_instant_may_be_told_in_milliseconds_or_as_text(plain: World) -> None:
    plain.account.add(email="ann@example.com")
    at = plain.clock.now()

    in_ms = await plain.search(("createdate", "GTE", to_ms(at)))
    as_text = await plain.search(("createdate", "GTE", at.isoformat()))
    later = await plain.search(("createdate", "GTE", to_ms(at) + 1))

    assert (in_ms["total"], as_text["total"], later["total"]) == (1, 1, 0)


async def test_the_newest_comes_first_when_asked_for(plain: World) -> None:
    for name in ("ann", "ben", "cid"):
        plain.account.add(firstname=name)
        plain.clock.advance(timedelta(seconds=1))
    newest = [{"propertyName": "createdate", "direction": "DESCENDING"}]

    found = await plain.search(sorts=newest, limit=1, properties=["firstname"])

    assert found["results"][0]["properties"]["firstname"] == "cid"


async def test_an_empty_page_may_have_more_behind_it(plain: World) -> None:
    ids = [plain.account.add(email=f"p{n}@example.com") for n in range(3)]
    plain.simulator.tricks.play(Trick.EMPTY_PAGE, on=f"POST {CONTACTS}/search")

    empty = await plain.search(sorts=BY_ID, limit=2)
    behind = await plain.search(sorts=BY_ID, limit=2, after=empty["paging"]["next"]["after"])

    assert empty["results"] == []
    assert _ids(behind) == ids[:2]


@pytest.mark.parametrize("body", [{"limit": 1}, {"limit": 1, "after": "1"}])
async def test_a_page_may_name_itself_as_the_next(plain: World, body: dict[str, Any]) -> None:
    plain.account.seed_contacts(3)
    plain.simulator.tricks.play(Trick.SAME_PAGE)

    page = (await plain.post(f"{CONTACTS}/search", body)).json()

    assert page["paging"]["next"]["after"] == body.get("after", "0")


_FILTER = {"propertyName": "city", "operator": "EQ", "value": "Lyon"}


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"filterGroups": [{"filters": [_FILTER]}] * 6},
        {"filterGroups": [{"filters": [_FILTER] * 7}]},
        {"filterGroups": [{"filters": [_FILTER] * 5}] * 4},
        {"filterGroups": [{"filters": [{**_FILTER, "operator": "LIKE"}]}]},
        {"filterGroups": [{"filters": [{**_FILTER, "propertyName": "nothing"}]}]},
        {"filterGroups": [{"filters": [{**_FILTER, "value": ""}]}]},
        {"query": "x" * 3000},
        {"sorts": [*BY_ID, *BY_ID]},
        {"sorts": [{"propertyName": "nothing"}]},
    ],
    ids=[
        "more than 200 rows",
        "more than 5 groups",
        "more than 6 filters in a group",
        "more than 18 filters",
        "an unknown operator",
        "an unknown property",
        "no value",
        "more than 3,000 characters",
        "two sorts",
        "an unknown sort",
    ],
)
async def test_a_search_that_asks_too_much_is_refused(plain: World, body: object) -> None:
    answer = await plain.post(f"{CONTACTS}/search", body)

    assert answer.status_code == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"


async def test_other_objects_are_searched_by_a_modified_date_of_their_own(
    make_world: Callable[..., Awaitable[World]],
) -> None:
    world = await make_world(PLAIN)
    ann = world.account.add(email="ann@example.com")
    meeting = world.account.add("meetings", ann, hs_meeting_title="Demo")
    since = {"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": "0"}

    answer = await world.post(
        "/crm/objects/2026-03/meetings/search",
        {"filterGroups": [{"filters": [since]}], "properties": ["hs_meeting_title"]},
    )

    assert _ids(answer.json()) == [meeting]
    assert "hs_lastmodifieddate" in answer.json()["results"][0]["properties"]
