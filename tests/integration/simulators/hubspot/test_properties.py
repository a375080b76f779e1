"""Properties and groups: what can be made, and what not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.simulators.hubspot.conftest import CONTACTS, World

PROPERTIES = "/crm/properties/2026-03/contacts"
HEAT = {
    "name": "heat",
    "label": "Heat",
    "type": "number",
    "fieldType": "number",
    "groupName": "contactinformation",
}


async def test_a_new_property_takes_values_at_once(plain: World) -> None:
    await plain.post(PROPERTIES, HEAT)

    answer = await plain.post(CONTACTS, {"properties": {"heat": "12.5"}})

    assert answer.status_code == 201
    assert answer.json()["properties"]["heat"] == "12.5"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**HEAT, "name": "email"}, 409),
        ({**HEAT, "groupName": "nowhere"}, 400),
        ({**HEAT, "fieldType": "select"}, 400),
        ({**HEAT, "type": "score"}, 400),
        ({**HEAT, "name": "Heat score"}, 400),
        ({**HEAT, "type": "enumeration", "fieldType": "select"}, 400),
        ({each: HEAT[each] for each in HEAT if each != "label"}, 400),
    ],
    ids=["known", "no group", "other field", "no type", "no name", "no options", "no label"],
)
async def test_a_property_that_makes_no_sense_is_refused(
    plain: World, body: dict[str, Any], status: int
) -> None:
    answer = await plain.post(PROPERTIES, body)

    assert answer.status_code == status


async def test_of_many_properties_those_that_can_be_made_are(plain: World) -> None:
    body = {"inputs": [HEAT, {**HEAT, "name": "email"}]}

    answer = await plain.post(f"{PROPERTIES}/batch/create", body)

    assert answer.status_code == 207
    assert [each["name"] for each in answer.json()["results"]] == ["heat"]
    assert answer.json()["errors"][0]["context"] == {"name": ["email"]}


async def test_an_enumeration_takes_the_values_of_its_options(plain: World) -> None:
    options = [{"label": each.title(), "value": each} for each in ("cold", "hot")]
    grade = {**HEAT, "name": "grade", "type": "enumeration", "fieldType": "select"}
    await plain.post(PROPERTIES, {**grade, "options": options})

    right = await plain.post(CONTACTS, {"properties": {"grade": "hot"}})
    label = await plain.post(CONTACTS, {"properties": {"grade": "Hot"}})

    assert right.status_code == 201
    assert label.json()["errors"][0]["code"] == "INVALID_OPTION"


async def test_an_option_can_be_added_later(plain: World) -> None:
    options = [{"label": "Hot", "value": "hot"}]
    grade = {**HEAT, "name": "grade", "type": "enumeration", "fieldType": "select"}
    await plain.post(PROPERTIES, {**grade, "options": options})
    more = [*options, {"label": "Cold", "value": "cold"}]

    await plain.http.patch(f"{PROPERTIES}/grade", json={"options": more})

    answer = await plain.post(CONTACTS, {"properties": {"grade": "cold"}})
    assert answer.status_code == 201


async def test_an_archived_property_takes_no_values(plain: World) -> None:
    await plain.post(PROPERTIES, HEAT)

    await plain.http.delete(f"{PROPERTIES}/heat")

    assert (await plain.get(f"{PROPERTIES}/heat")).status_code == 404
    refused = await plain.post(CONTACTS, {"properties": {"heat": "1"}})
    assert refused.json()["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"


async def test_what_hubspot_defines_cannot_be_taken_away(plain: World) -> None:
    answer = await plain.http.delete(f"{PROPERTIES}/email")

    assert answer.status_code == 400


async def test_a_group_is_made_once(plain: World) -> None:
    group = {"name": "heat", "label": "Heat"}

    answers = [await plain.post(f"{PROPERTIES}/groups", group) for _ in range(2)]

    assert [each.status_code for each in answers] == [201, 409]
    assert (await plain.get(f"{PROPERTIES}/groups/heat")).json()["label"] == "Heat"


async def test_a_unique_property_has_each_value_once(plain: World) -> None:
    await plain.post(PROPERTIES, {**HEAT, "name": "number", "hasUniqueValue": True})
    await plain.post(CONTACTS, {"properties": {"number": "7"}})

    again = await plain.post(CONTACTS, {"properties": {"number": "7"}})
    found = await plain.get(f"{CONTACTS}/7", idProperty="number")

    assert again.status_code == 409
    assert found.json()["id"] == "951"


async def test_properties_tell_who_may_write_them(plain: World) -> None:
    rows = {each["name"]: each for each in (await plain.get(PROPERTIES)).json()["results"]}

    is_read_only = {
        name: rows[name]["modificationMetadata"]["readOnlyValue"]
        for name in ("email", "hs_email_optout", "hs_object_id", "lastmodifieddate")
    }
    assert is_read_only == {
        "email": False,
        "hs_email_optout": True,
        "hs_object_id": True,
        "lastmodifieddate": True,
    }
