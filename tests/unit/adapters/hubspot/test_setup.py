"""Properties and lists are found, and made where they are absent."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.hubspot.definitions import Definitions
from adapters.hubspot.fields import HubspotFields
from adapters.hubspot.lists import HubspotLists
from connector.domain.values import FieldType
from connector.errors import RejectedByPlatform, UnexpectedAnswer
from connector.ports.platform import RemoteField, RemoteList
from tests.unit.adapters.hubspot.canned import VALIDATION, Canned, error

SCORE = RemoteField(name="heat_score", type=FieldType.NUMBER)
ABSENT = (404, error("OBJECT_NOT_FOUND"))
THERE = (409, error("OBJECT_ALREADY_EXISTS"))
GROUP = (201, {"name": "heatsync"})


def a_property(name: str, kind: str, **more: object) -> dict[str, Any]:
    return {"name": name, "type": kind, **more}


def a_list(name: str, number: str, kind: str = "MANUAL", of: str = "0-1") -> dict[str, Any]:
    row = {"name": name, "listId": number, "processingType": kind, "objectTypeId": of}
    return {**row, "additionalProperties": {"hs_list_size": "3"}}


def fields(canned: Canned) -> HubspotFields:
    account = canned.account()
    return HubspotFields(account, Definitions(account))


async def test_properties_are_told_in_our_words() -> None:
    options = [{"value": "b", "displayOrder": 1}, {"value": "a", "displayOrder": 0}]
    read_only = {"modificationMetadata": {"readOnlyValue": True}}
    found = [
        a_property("heat", "number"),
        a_property("is_vip", "enumeration", fieldType="booleancheckbox", options=options),
        a_property("agreed", "bool"),
        a_property("stage", "enumeration", fieldType="select", options=options),
        a_property("born", "date"),
        a_property("createdate", "datetime", **read_only),
        a_property("sum", "number", calculated=True),
        a_property("phone", "phone_number"),
    ]

    told = await fields(Canned([(200, {"results": found})])).fields()

    assert told == [
        RemoteField(name="heat", type=FieldType.NUMBER),
        RemoteField(name="is_vip", type=FieldType.BOOLEAN),
        RemoteField(name="agreed", type=FieldType.BOOLEAN),
        RemoteField(name="stage", type=FieldType.TEXT, options=("a", "b"), may_grow=True),
        RemoteField(name="born", type=FieldType.DATETIME),
        RemoteField(name="createdate", type=FieldType.DATETIME, is_writable=False),
        RemoteField(name="sum", type=FieldType.NUMBER, is_writable=False),
        RemoteField(name="phone", type=FieldType.TEXT),
    ]


@pytest.mark.parametrize(
    ("name", "other"),
    [("Heat Score", "heat_score"), ("2nd score", "nd_score"), ("_heat", "heat"), ("1", "lead_")],
)
async def test_a_name_that_no_property_has_is_told_with_one_that_would_do(
    name: str, other: str
) -> None:
    part = fields(Canned([]))

    why = await part.cannot_make(name)

    assert why is not None
    assert f"`{other}" in (why.hint or "")
    assert await part.cannot_make("heat_score_2") is None


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (FieldType.TEXT, ("string", "text")),
        (FieldType.EMAIL, ("string", "text")),
        (FieldType.NUMBER, ("number", "number")),
        (FieldType.BOOLEAN, ("bool", "booleancheckbox")),
        (FieldType.DATETIME, ("datetime", "date")),
    ],
    ids=str,
)
async def test_a_property_is_made_in_our_group_with_its_type(
    kind: FieldType, expected: tuple[str, str]
) -> None:
    made_so = a_property("heat_score", expected[0])
    canned = Canned([ABSENT, GROUP, (201, made_so), (200, made_so)])

    await fields(canned).create_field(RemoteField(name="heat_score", type=kind))

    group, made = canned.asked[1:3]
    assert (group.path, group.body["name"]) == (
        "/crm/properties/2026-03/contacts/groups",
        "heatsync",
    )
    assert (made.body["type"], made.body["fieldType"]) == expected
    assert (made.body["groupName"], made.body["label"]) == ("heatsync", "Heat score")
    values = [each["value"] for each in made.body["options"]]
    assert values == (["true", "false"] if kind is FieldType.BOOLEAN else [])


async def test_options_make_a_choice() -> None:
    made = a_property("stage", "enumeration")
    canned = Canned([ABSENT, GROUP, (201, made), (200, made)])
    wanted = RemoteField(name="stage", type=FieldType.TEXT, options=("warm", "hot"))

    await fields(canned).create_field(wanted)

    told = canned.asked[2].body
    assert (told["type"], told["fieldType"]) == ("enumeration", "select")
    assert [each["value"] for each in told["options"]] == ["warm", "hot"]


async def test_a_property_that_is_there_is_left_as_it_is() -> None:
    canned = Canned([(200, a_property("heat_score", "number"))])

    await fields(canned).create_field(SCORE)

    assert [each.method for each in canned.asked] == ["GET"]


def a_choice(*values: str, **more: object) -> dict[str, Any]:
    options = [{"label": each.title(), "value": each, "hidden": False} for each in values]
    return a_property("stage", "enumeration", fieldType="select", options=options, **more)


async def test_a_choice_of_the_account_gets_the_options_it_lacks_and_keeps_its_own() -> None:
    canned = Canned([(200, a_choice("lost", "warm")), (200, a_choice("lost", "warm", "hot"))])
    wanted = RemoteField(name="stage", type=FieldType.TEXT, options=("warm", "hot"))

    await fields(canned).create_field(wanted)

    grown = canned.asked[1]
    assert (grown.method, grown.path) == ("PATCH", "/crm/properties/2026-03/contacts/stage")
    assert [(each["label"], each["value"]) for each in grown.body["options"]] == [
        ("Lost", "lost"),
        ("Warm", "warm"),
        ("hot", "hot"),
    ]


@pytest.mark.parametrize(
    "fixed",
    [
        {"hubspotDefined": True},
        {"modificationMetadata": {"readOnlyOptions": True}},
        {"modificationMetadata": {"readOnlyDefinition": True}},
        {"externalOptions": True},
    ],
    ids=str,
)
async def test_a_choice_that_is_not_of_the_account_gets_no_options(fixed: dict[str, Any]) -> None:
    row = a_choice("lost", **fixed)
    wanted = RemoteField(name="stage", type=FieldType.TEXT, options=("hot",))
    (told,) = await fields(Canned([(200, {"results": [row]})])).fields()
    canned = Canned([(200, row)])

    await fields(canned).create_field(wanted)

    assert not told.may_grow
    assert [each.method for each in canned.asked] == ["GET"]


async def test_options_that_are_not_there_once_they_were_added_were_not() -> None:
    canned = Canned([(200, a_choice("lost")), (200, a_choice("lost"))])
    wanted = RemoteField(name="stage", type=FieldType.TEXT, options=("hot",))

    with pytest.raises(UnexpectedAnswer, match="add options to a property: had no effect"):
        await fields(canned).create_field(wanted)


async def test_a_property_that_somebody_made_meanwhile_is_fine() -> None:
    canned = Canned([ABSENT, THERE, THERE, (200, a_property("heat_score", "number"))])

    await fields(canned).create_field(SCORE)

    assert len(canned.asked) == 4


async def test_a_property_that_is_not_there_once_it_was_made_was_not() -> None:
    canned = Canned([ABSENT, GROUP, (201, a_property("heat_score", "number")), ABSENT])

    with pytest.raises(UnexpectedAnswer):
        await fields(canned).create_field(SCORE)


async def test_a_property_of_another_type_is_refused() -> None:
    canned = Canned([(200, a_property("heat_score", "string"))])

    with pytest.raises(RejectedByPlatform, match="`heat_score` is a string"):
        await fields(canned).create_field(SCORE)


async def test_a_property_in_the_bin_is_refused() -> None:
    canned = Canned([ABSENT, GROUP, THERE, ABSENT])

    with pytest.raises(RejectedByPlatform, match="`heat_score` is a property in the bin"):
        await fields(canned).create_field(SCORE)


async def test_all_lists_of_contacts_are_told() -> None:
    first = {"lists": [a_list("A", "1"), a_list("Firms", "2", of="0-2")], "hasMore": True}
    pages = [
        (200, {**first, "offset": 2}),
        (200, {"lists": [a_list("B", "3", "DYNAMIC")], "hasMore": False, "offset": 3}),
    ]
    canned = Canned(list(pages))

    told = await HubspotLists(canned.account()).lists()

    assert told == [
        RemoteList(name="A", remote_id="1", size=3),
        RemoteList(name="B", remote_id="3", is_writable=False, size=3),
    ]
    assert [each.body["offset"] for each in canned.asked] == [0, 2]


@pytest.mark.parametrize("lists", [[], [a_list("A", "1")]])
async def test_lists_that_never_end_are_no_answer(lists: list[dict[str, object]]) -> None:
    canned = Canned([(200, {"lists": lists, "hasMore": True})] * 2)

    with pytest.raises(UnexpectedAnswer, match="circle"):
        await HubspotLists(canned.account()).lists()


async def test_a_list_is_made_by_hand_and_empty() -> None:
    canned = Canned([ABSENT, (200, {"list": {"listId": "7", "name": "A", "size": 0}})])

    made = await HubspotLists(canned.account()).create_list("A")

    assert made.remote_id == "7"
    assert canned.asked[1].body == {
        "name": "A",
        "objectTypeId": "0-1",
        "processingType": "MANUAL",
    }


async def test_a_list_that_somebody_made_meanwhile_is_found() -> None:
    there = (400, error(VALIDATION, "A list already exists"))
    found = (200, {"list": a_list("A", "7")})

    made = await HubspotLists(Canned([ABSENT, there, found]).account()).create_list("A")

    assert made.remote_id == "7"


async def test_a_list_that_cannot_be_made_is_told() -> None:
    refused = (400, error(VALIDATION, "The name is too long"))
    canned = Canned([ABSENT, refused, ABSENT])

    with pytest.raises(RejectedByPlatform, match="The name is too long"):
        await HubspotLists(canned.account()).create_list("A")
