"""What platforms were told of a contact, over the API."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connector.domain.instants import iso
from connector.domain.ledger import FiringState
from tests.builders import T
from tests.unit.sync.test_deliveries import ADA, a_firing, a_world, given_up
from tests.unit.sync.test_drift import a_world as drifting
from tests.unit.sync.test_drift import changes, shown
from tests.unit.sync.world import World
from tests.unit.web.house import House


async def _told(world: World, contact: str = ADA) -> Any:  # noqa: ANN401 - any shape
    async with House(world).client() as client:
        answer = await client.get(f"/api/v1/told/{contact}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def _of_crm(world: World) -> Any:  # noqa: ANN401 - any shape
    (crm,) = (await _told(world))["platforms"]
    return crm


def _thing(name: str, value: object, confirmed: object) -> dict[str, Any]:
    return {"name": name, "desired": value, "confirmed": confirmed, "drift": False}


async def test_what_was_told_is_there_with_the_record_and_when() -> None:
    world = await a_world()
    ada = next(iter(world.crm.people.values()))

    crm = await _of_crm(world)

    assert (crm["platform"], crm["state"]) == ("crm", "clean")
    assert [(each["id"], each["emails"]) for each in crm["records"]] == [(ada.id, [ADA])]
    assert crm["attributes"] == [
        _thing("heat_score", 5.0, 5.0),
        _thing("heat_stage", "cold", "cold"),
    ]
    assert crm["lists"] == []
    assert crm["confirmed_at"] == iso(world.clock.now())
    assert (crm["left"], crm["cause"], crm["delivery"]) == ([], None, None)


async def test_a_record_is_told_with_its_page_where_that_is_known() -> None:
    world = await a_world()
    ada = next(iter(world.crm.people.values()))
    assert (await _of_crm(world))["records"][0]["link"] is None
    link = "https://crm.example.com/people/{id}"
    world.configuration = replace(
        world.configuration,
        platforms=tuple(
            replace(each, config=each.config.model_copy(update={"link": link}))
            for each in world.configuration.platforms
        ),
    )

    (record,) = (await _of_crm(world))["records"]

    assert record["link"] == f"https://crm.example.com/people/{ada.id}"


async def test_the_steps_to_a_score_are_told() -> None:
    async with House(await a_world()).client() as client:
        answer = await client.get(f"/api/v1/steps/{ADA}")
        unknown = await client.get(f"/api/v1/steps/{ADA}?score=luck")

    told = answer.json()
    assert (told["score"], told["value"], told["rounded"]) == ("heat", 5.0, 5.0)
    assert [(each["kind"], each["points"], each["after"]) for each in told["steps"]] == [
        ("rule", 5.0, 5.0)
    ]
    assert unknown.status_code == 422


async def test_what_was_given_up_is_told_with_its_cause_in_words() -> None:
    world = await a_world()
    await given_up(world)

    crm = await _of_crm(world)

    assert (crm["state"], crm["attempts"]) == ("dead", 3)
    assert crm["cause"] == "refused: no such option"
    assert "heat_score: 5 → 25" in crm["left"]
    assert crm["attributes"][0] == _thing("heat_score", 25.0, 5.0)
    async with House(world).client() as client:
        listed = await client.get(f"/api/v1/deliveries/{crm['delivery']}")
    assert listed.json()["cause"] == crm["cause"]


async def test_a_value_that_was_changed_there_and_may_stand_is_told_as_drift() -> None:
    world = drifting("keep")
    person = await shown(world)
    changes(world, person, heat_stage="mine")
    await world.sync()

    (crm,) = (await _told(world, f"crm:{person.id}"))["platforms"]

    assert [each["name"] for each in crm["attributes"] if each["drift"]] == ["heat_stage"]
    assert crm["attributes"][1]["confirmed"] == "mine"
    assert crm["lists"] == [_thing("Hot", value=True, confirmed=True)]
    assert crm["state"] == "clean"


async def test_what_was_done_is_told_with_when() -> None:
    world = await a_world()
    await a_firing(world, FiringState.DONE, error="")
    await a_firing(world, FiringState.DEAD, key="hot:2")

    actions = (await _told(world))["actions"]

    assert [(each["trigger"], each["to"], each["state"]) for each in actions] == [
        ("hot", "mail", "done"),
        ("hot", "mail", "dead"),
    ]
    assert {each["at"] for each in actions} == {iso(T)}
    assert actions[1]["cause"] == "no such template"


async def test_a_record_that_is_gone_is_told_as_gone() -> None:
    world = await a_world()
    key = (await _told(world))["contact"]["id"]
    world.crm.remove(next(iter(world.crm.people.values())))
    await world.sync()

    (crm,) = (await _told(world, key))["platforms"]

    assert crm["records"][0]["link"] is None
    assert crm["records"][0]["removed_at"] == iso(world.clock.now())


@pytest.mark.parametrize("contact", ["nobody@x.org", "crm:999"])
async def test_nobody_unknown_is_told_of(contact: str) -> None:
    async with House().client() as client:
        assert (await client.get(f"/api/v1/told/{contact}")).status_code == 404
