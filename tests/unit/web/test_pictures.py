"""Pictures of everybody over the API, and what runs did."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connector.sync.deciding.versions import remember_version
from tests.unit.sync.world import TEXT, World
from tests.unit.web.house import House


@pytest.fixture
async def house() -> House:
    """Return an installation with Ada at 15 since yesterday, and Bob who came to 20 today."""
    world = World()
    ada, bob = world.crm.create("ada@x.org", job="boss"), world.crm.create("bob@x.org")
    world.happens(world.crm, ada)
    await world.sync()
    world.clock.advance(timedelta(days=1))
    world.happens(world.crm, bob)
    world.happens(world.crm, bob)
    await world.sync()
    return House(world)


async def _get(house: House, path: str, **params: Any) -> Any:  # noqa: ANN401 - any shape
    async with house.client() as client:
        answer = await client.get(f"/api/v1/{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_distribution_tells_how_many_have_which_score(house: House) -> None:
    told = await _get(house, "distribution")

    assert (told["score"], told["persons"]) == ("heat", 2)
    assert {each["from"]: each["persons"] for each in told["bars"] if each["persons"]} == {
        15: 1,
        20: 1,
    }


async def test_stages_are_told_in_the_order_of_the_ladder_with_todays_moves(house: House) -> None:
    (funnel,) = (await _get(house, "stages"))["funnels"]

    assert [(each["name"], each["persons"]) for each in funnel["stages"]] == [
        ("cold", 0),
        ("warm", 1),
        ("hot", 1),
    ]
    assert funnel["moves"] == [{"before": "cold", "after": "hot", "persons": 1}]
    assert [(each["came"], each["left"]) for each in funnel["stages"]] == [(0, 1), (0, 0), (1, 0)]


async def test_a_day_begins_at_midnight(house: House) -> None:
    house.world.clock.advance(timedelta(days=1))

    told = await _get(house, "stages")

    assert told["funnels"][0]["moves"] == []
    assert told["funnels"][0]["stages"][2]["persons"] == 1


async def test_who_moved_since_midnight_is_told_without_newcomers(house: House) -> None:
    house.world.crm.create("new@x.org", job="boss")
    await house.world.sync()

    told = await _get(house, "movers")

    assert (told["score"], told["rules_changed_at"], told["fell"]) == ("heat", None, [])
    (bob,) = told["rose"]
    assert (bob["email"], bob["before"], bob["after"]) == ("bob@x.org", 0.0, 20.0)
    assert (bob["stage_before"], bob["stage"]) == ("cold", "hot")


async def test_that_other_rules_moved_somebody_today_is_told(house: House) -> None:
    house.world.clock.advance(timedelta(days=1))
    house.world.configure(TEXT.replace("points: 10", "points: 4"))
    await house.world.sync()

    told = await _get(house, "movers", limit=1)

    assert told["rules_changed_at"] is not None
    assert [each["email"] for each in told["fell"]] == ["bob@x.org"]


async def test_what_is_done_with_scores_moves_nobody(house: House) -> None:
    house.world.clock.advance(timedelta(days=1))
    house.world.configure(TEXT.replace("heat >= 20", "heat >= 21"))
    house.world.happens(house.world.crm, "bob@x.org")
    await house.world.sync()

    told = await _get(house, "movers")

    assert [each["email"] for each in told["rose"]] == ["bob@x.org"]
    assert told["rules_changed_at"] is None


async def test_cohorts_are_told_with_their_average(house: House) -> None:
    told = await _get(house, "cohorts")

    (cohort,) = told["cohorts"]
    assert cohort["months"][-1] == {"month": cohort["month"], "persons": 2, "average": 17.5}


async def test_a_cohort_stands_as_it_stood_in_months_without_a_change(house: House) -> None:
    house.world.clock.advance(timedelta(days=70))

    (cohort,) = (await _get(house, "cohorts"))["cohorts"]

    assert len(cohort["months"]) == 3
    assert {each["average"] for each in cohort["months"]} == {17.5}
    assert (await _get(house, "cohorts", months=1))["cohorts"] == []


async def test_rules_are_told_with_what_they_give(house: House) -> None:
    told = await _get(house, "model")

    rules = {each["name"]: each for each in told["rules"]}
    assert list(rules) == ["opened", "viewed", "boss"]
    assert rules["opened"] == {
        "name": "opened",
        "kind": "event",
        "dimension": "engagement",
        "group": None,
        "purpose": "e-mail opened",
        "each": 10.0,
        "limits": ["never cools"],
        "persons": 2,
        "points": 30.0,
        "share": 1.0,
    }
    assert (rules["boss"]["kind"], rules["boss"]["points"]) == ("when", 5.0)
    assert (rules["viewed"]["persons"], rules["viewed"]["share"]) == (0, 0.0)
    assert [(each["number"], each["digest"]) for each in told["versions"]] == [(1, told["digest"])]
    assert any("last_page" in each["path"] for each in told["advice"])


async def test_runs_are_told_page_by_page(house: House) -> None:
    first = await _get(house, "runs", limit=1)
    second = await _get(house, "runs", limit=1, before=first["before"])

    assert second["before"] is None
    (latest,), (earlier,) = first["runs"], second["runs"]
    assert (latest["command"], earlier["command"]) == ("sync", "sync")
    assert latest["id"] > earlier["id"]
    assert latest["seconds"] == 0.0
    assert earlier["did"]["scored"] == 2
    assert "problems" not in earlier["did"]


async def test_rules_are_told_in_words_with_what_bounds_them(house: House) -> None:
    rules = {each["name"]: each for each in (await _get(house, "model"))["rules"]}

    assert rules["viewed"]["purpose"] == "page viewed"
    assert rules["viewed"]["limits"] == ["gone after 30 days"]
    assert (rules["boss"]["purpose"], rules["boss"]["each"]) == ("while job = 'boss'", 5)


async def test_events_that_were_never_seen_are_told_of_until_they_are_counted(house: House) -> None:
    world = house.world
    world.happens(world.crm, "1", "page.viewed")
    message = "no such event has been seen so far: page.viewed (`viewed`)"
    before = await _get(house, "model")
    world.clock.advance(timedelta(hours=1))
    await world.sync()

    after = await _get(house, "model")

    assert [
        message in [each["message"] for each in told["advice"]] for told in (before, after)
    ] == [
        True,
        False,
    ]
    assert (before["counted_at"], after["counted_at"]) == (
        "2026-01-16T10:00:00Z",
        "2026-01-16T11:00:00Z",
    )


async def test_versions_tell_how_many_they_decided_and_what_they_changed(house: House) -> None:
    world = house.world
    world.configure(
        TEXT.replace("event: email.opened, points: 10", "event: email.opened, points: 7")
    )
    async with world.state.write() as tx:
        await remember_version(tx, world.configuration, world.clock.now())

    told = await _get(house, "model")

    assert [each["persons"] for each in told["versions"]] == [2, 0]
    changes = await _get(house, "model/changes", to="2")
    assert (changes["before"]["number"], changes["after"]["number"]) == (1, 2)
    assert changes["changes"] == [{"path": "rules.opened.points", "before": 10, "after": 7}]
    async with house.client() as client:
        assert (await client.get("/api/v1/model/changes?to=1")).status_code == 404
        assert (await client.get("/api/v1/model/changes?to=9")).status_code == 404
