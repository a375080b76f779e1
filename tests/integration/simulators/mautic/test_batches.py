"""Batches of contacts: who fails alone, and how an answer says so."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from adapters.simulation.faults import Fault
from tests.integration.simulators.mautic.conftest import World

EDIT = "/api/contacts/batch/edit"
NEW = "/api/contacts/batch/new"


async def _edit(world: World, *items: dict[str, Any]) -> httpx.Response:
    return await world.http.patch(EDIT, json=items)


async def test_without_failures_contacts_and_statuses_are_lists(world: World) -> None:
    ann, ben = (world.account.add_contact(f"{name}@example.com") for name in ("ann", "ben"))

    answer = await _edit(world, {"id": ben.id, "score": 2}, {"id": ann.id, "score": 1})

    body = answer.json()
    assert [each["id"] for each in body["contacts"]] == [ben.id, ann.id]
    assert body["statusCodes"] == [200, 200]
    assert "errors" not in body


async def test_who_is_missing_fails_alone_and_is_left_out(world: World) -> None:
    ann = world.account.add_contact("ann@example.com")

    answer = await _edit(world, {"id": 99, "score": 1}, {"id": ann.id, "score": 2})

    body = answer.json()
    assert answer.status_code == 200
    assert body["statusCodes"] == [404, 200]
    # What has a gap is an object by the places of the request.
    assert [*body["contacts"]] == ["1"]
    assert body["errors"] == [{"message": "Item was not found.", "code": 404, "type": "api"}]


async def test_what_a_form_refuses_stays_among_the_contacts_as_it_was(world: World) -> None:
    ann = world.account.add_contact("ann@example.com", score=5)
    ben = world.account.add_contact("ben@example.com")

    answer = await _edit(world, {"id": ben.id, "score": 1}, {"id": ann.id, "score": "many"})

    body = answer.json()
    assert body["statusCodes"] == [200, 400]
    assert [each["fields"]["core"]["score"]["value"] for each in body["contacts"]] == [1, 5]
    # Who was refused is told without the values by alias.
    assert ["all" in each["fields"] for each in body["contacts"]] == [True, False]
    assert body["errors"]["1"]["details"] == {"score": ["This value is not valid."]}


async def test_an_item_without_an_id_moves_those_behind_it(world: World) -> None:
    ann, ben = (world.account.add_contact(f"{name}@example.com") for name in ("ann", "ben"))

    answer = await _edit(world, {"score": 1}, {"id": ann.id, "score": 2}, {"id": ben.id})

    assert answer.json()["statusCodes"] == [200, 200, 404]
    assert (await world.shown(ann))["score"] == 1
    assert (await world.shown(ben))["score"] == 2


async def test_an_id_that_comes_again_makes_a_second_contact(world: World) -> None:
    ann = world.account.add_contact("ann@example.com")

    answer = await _edit(
        world, {"id": ann.id, "firstname": "Ann"}, {"id": ann.id, "lastname": "Other"}
    )

    told = answer.json()
    assert told["statusCodes"] == [200, 200]
    assert [each["id"] for each in told["contacts"]] == [ann.id, ann.id + 1]
    assert [each.values["email"] for each in world.account.contacts.by_id.values()] == [
        "ann@example.com",
        "ann@example.com",
    ]


async def test_a_batch_over_the_limit_is_an_error_of_the_server(world: World) -> None:
    answer = await _edit(world, *({"id": each} for each in range(201)))

    assert answer.status_code == 500
    assert answer.json()["errors"][0]["message"].startswith("A max of 200 entities")


async def test_without_the_quirk_it_is_a_bad_request(plain: World) -> None:
    plain.account.batch_limit = 1

    answer = await _edit(plain, {"id": 1}, {"id": 2})

    assert answer.status_code == 400


async def test_new_contacts_are_201_and_known_ones_200_within(world: World) -> None:
    ann = world.account.add_contact("ann@example.com")
    items = [{"email": "ben@example.com"}, {"email": "ANN@example.com"}, {"email": "nobody"}]

    answer = await world.post(NEW, items)

    body = answer.json()
    assert answer.status_code == 201
    assert body["statusCodes"] == [201, 200, 400]
    assert [each["id"] for each in body["contacts"]] == [2, ann.id]


async def test_put_makes_those_that_are_not_there(world: World) -> None:
    answer = await world.http.put(EDIT, json=[{"id": 99, "email": "ann@example.com"}])

    assert answer.json()["statusCodes"] == [201]
    assert [each.values["email"] for each in world.account.contacts] == ["ann@example.com"]


async def test_many_are_deleted_at_once(world: World) -> None:
    ann, ben = (world.account.add_contact(f"{name}@example.com") for name in ("ann", "ben"))

    answer = await world.http.delete("/api/contacts/batch/delete", params={"ids": f"{ann.id},99"})

    assert answer.json()["errors"]["1"]["code"] == 404
    assert [*world.account.contacts] == [ben]


@pytest.mark.parametrize("path", [EDIT, "/api/contacts/1/edit"])
async def test_a_write_that_did_nothing_shows_contacts_as_they_are(world: World, path: str) -> None:
    ann = world.account.add_contact("ann@example.com", score=5)
    world.simulator.faults.play(Fault.DID_NOTHING)
    item: dict[str, Any] = {"id": ann.id, "score": 9}

    answer = await world.http.patch(path, json=[item] if path == EDIT else item)

    assert answer.status_code == 200
    assert '"score":5' in answer.text
    assert (await world.shown(ann))["score"] == 5
