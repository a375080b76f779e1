"""Batches: who fails alone, who takes the others along, and what an answer does not say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from adapters.hubspot.simulator import PLAIN, Quirks, Trick
from adapters.simulation.faults import Fault
from tests.integration.simulators.hubspot.conftest import CONTACTS, World

UPDATE = f"{CONTACTS}/batch/update"
CREATE = f"{CONTACTS}/batch/create"


def _input(record_id: str, trace: str | None = None, **properties: object) -> dict[str, Any]:
    found: dict[str, Any] = {"id": record_id, "properties": properties}
    return found if trace is None else {**found, "objectWriteTraceId": trace}


async def test_with_trace_ids_a_bad_value_fails_alone(world: World) -> None:
    ann, ben = world.account.add(firstname="Ann"), world.account.add(firstname="Ben")
    inputs = [_input(ann, "a", lifecyclestage="hot"), _input(ben, "b", city="Lyon")]

    answer = await world.post(UPDATE, {"inputs": inputs})

    body = answer.json()
    assert answer.status_code == 207
    assert [each["objectWriteTraceId"] for each in body["results"]] == ["b"]
    assert body["numErrors"] == 1
    assert body["errors"][0]["context"]["objectWriteTraceId"] == ["a"]
    assert body["errors"][0]["errors"][0]["code"] == "INVALID_OPTION"
    assert world.account.values(ben)["city"] == "Lyon"


@pytest.mark.parametrize("traces", [(None, None), ("same", "same"), ("a", None)])
async def test_without_a_trace_id_of_its_own_a_bad_value_fails_for_all(
    world: World, traces: tuple[str | None, str | None]
) -> None:
    ann, ben = world.account.add(firstname="Ann"), world.account.add(firstname="Ben")
    inputs = [_input(ben, traces[0], city="Lyon"), _input(ann, traces[1], lifecyclestage="hot")]

    answer = await world.post(UPDATE, {"inputs": inputs})

    assert answer.status_code == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"
    assert "city" not in world.account.values(ben)


async def test_a_bad_value_may_fail_for_all_in_spite_of_trace_ids(
    make_world: Callable[..., Awaitable[World]],
) -> None:
    world = await make_world(Quirks(updates_fail_together=True))
    ann, ben = world.account.add(firstname="Ann"), world.account.add(firstname="Ben")
    inputs = [_input(ben, "b", city="Lyon"), _input(ann, "a", lifecyclestage="hot")]

    answer = await world.post(UPDATE, {"inputs": inputs})

    assert answer.status_code == 400
    assert "city" not in world.account.values(ben)


async def test_all_that_are_missing_are_told_in_one_error(world: World) -> None:
    ann = world.account.add(firstname="Ann")
    inputs = [_input(ann, city="Lyon"), _input("7", city="Lyon"), _input("8", city="Lyon")]

    answer = await world.post(UPDATE, {"inputs": inputs})

    assert answer.status_code == 207
    assert [each["id"] for each in answer.json()["results"]] == [ann]
    assert answer.json()["errors"][0]["context"]["ids"] == ["7", "8"]


async def test_the_same_id_twice_is_refused(world: World) -> None:
    ann = world.account.add(firstname="Ann")
    inputs = [_input(ann, "a", city="Lyon"), _input(ann, "b", city="Nice")]

    answer = await world.post(UPDATE, {"inputs": inputs})

    assert answer.status_code == 400
    assert "city" not in world.account.values(ann)


async def test_one_who_exists_already_stops_all_that_are_to_be_made(world: World) -> None:
    world.account.add(email="ann@example.com")
    inputs = [{"properties": {"email": f"{each}@example.com"}} for each in ("ben", "ann")]

    answer = await world.post(CREATE, {"inputs": inputs})

    assert answer.status_code == 409
    assert answer.json()["message"] == "Contact already exists. Existing ID: 951"
    assert world.account.ids() == ["951"]


async def test_with_trace_ids_one_who_exists_already_fails_alone(world: World) -> None:
    world.account.add(email="ann@example.com")
    inputs = [
        {"properties": {"email": f"{each}@example.com"}, "objectWriteTraceId": each}
        for each in ("ben", "ann")
    ]

    answer = await world.post(CREATE, {"inputs": inputs})

    assert answer.status_code == 207
    assert [each["objectWriteTraceId"] for each in answer.json()["results"]] == ["ben"]
    assert answer.json()["errors"][0]["category"] == "CONFLICT"


async def test_the_same_address_twice_is_a_conflict(world: World) -> None:
    inputs = [{"properties": {"email": each}} for each in ("a@example.com", "A@example.com")]

    answer = await world.post(CREATE, {"inputs": inputs})

    assert answer.status_code == 409
    assert world.account.ids() == []


async def test_an_answer_has_an_order_of_its_own(world: World) -> None:
    ids = [world.account.add(firstname=str(n)) for n in range(6)]

    answer = await world.post(UPDATE, {"inputs": [_input(each, city="Lyon") for each in ids]})

    found = [each["id"] for each in answer.json()["results"]]
    assert found != ids
    assert sorted(found) == sorted(ids)


async def test_a_batch_may_be_complete_and_have_done_nothing(world: World) -> None:
    ann = world.account.add(firstname="Ann")
    world.simulator.faults.play(Fault.DID_NOTHING, on=f"POST {UPDATE}")

    answer = await world.post(UPDATE, {"inputs": [_input(ann, city="Lyon")]})

    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["results"]) == ("COMPLETE", [])
    assert "city" not in world.account.values(ann)


async def test_the_rows_of_an_answer_can_be_mixed_up_or_lack_one(world: World) -> None:
    ids = [world.account.add() for _ in range(3)]
    inputs = [_input(each, city=f"city of {each}") for each in ids]
    world.simulator.tricks.play(Trick.ROWS_MIXED_UP, Trick.ROW_LEFT_OUT, on=f"POST {UPDATE}")

    mixed, short = [await world.post(UPDATE, {"inputs": inputs}) for _ in range(2)]

    shown = {each["id"]: each["properties"]["city"] for each in mixed.json()["results"]}
    assert shown.keys() == set(ids)
    assert not any(shown[each] == f"city of {each}" for each in ids)
    assert (len(short.json()["results"]), short.json()["status"]) == (2, "COMPLETE")
    assert [world.account.values(each)["city"] for each in ids] == [
        f"city of {each}" for each in ids
    ]


@pytest.mark.parametrize(
    ("trick", "status"), [(Trick.BATCH_CONFLICT, 409), (Trick.BATCH_REFUSED, 400)]
)
async def test_a_whole_batch_can_be_refused_on_order(
    world: World, trick: Trick, status: int
) -> None:
    ann = world.account.add(firstname="Ann")
    world.simulator.tricks.play(trick, on=f"POST {UPDATE}")

    refused = await world.post(UPDATE, {"inputs": [_input(ann, "a", city="Lyon")]})
    again = await world.post(UPDATE, {"inputs": [_input(ann, "a", city="Lyon")]})

    assert (refused.status_code, again.status_code) == (status, 200)


async def test_an_upsert_says_who_is_new(world: World) -> None:
    world.account.add(email="ann@example.com")
    inputs = [
        {"id": f"{each}@example.com", "idProperty": "email", "properties": {"city": "Lyon"}}
        for each in ("ann", "ben")
    ]

    answer = await world.post(f"{CONTACTS}/batch/upsert", {"inputs": inputs})

    is_new = {each["id"]: each["new"] for each in answer.json()["results"]}
    assert is_new == {"951": False, "952": True}
    assert world.account.values("952")["email"] == "ben@example.com"


async def test_an_upsert_by_address_can_be_refused(
    make_world: Callable[..., Awaitable[World]],
) -> None:
    world = await make_world(Quirks(refuses_upsert_by_email=True))
    inputs = [{"id": "ann@example.com", "idProperty": "email", "properties": {"city": "Lyon"}}]

    answer = await world.post(f"{CONTACTS}/batch/upsert", {"inputs": inputs})

    assert answer.status_code == 400


async def test_contacts_are_read_by_id_and_by_any_of_their_addresses(world: World) -> None:
    ann = world.account.add(email="ann@example.com")
    world.account.merge(ann, world.account.add(email="old@example.com"))
    inputs = [{"id": "old@example.com"}, {"id": "nobody@example.com"}]

    answer = await world.post(
        f"{CONTACTS}/batch/read",
        {"idProperty": "email", "inputs": inputs, "properties": ["email"]},
    )

    assert answer.status_code == 207
    assert [each["id"] for each in answer.json()["results"]] == [ann]
    assert answer.json()["errors"][0]["context"]["ids"] == ["nobody@example.com"]


@pytest.mark.parametrize("number", [0, 101])
async def test_a_batch_has_between_one_and_a_hundred_inputs(world: World, number: int) -> None:
    inputs = [_input(str(n), city="Lyon") for n in range(number)]

    answer = await world.post(UPDATE, {"inputs": inputs})

    assert answer.status_code == 400


async def test_with_histories_fifty_are_read_at_once(world: World) -> None:
    ids = [world.account.add(firstname=str(n)) for n in range(51)]
    inputs = [{"id": each} for each in ids]
    bodies = [
        {"inputs": each, "propertiesWithHistory": ["firstname"]} for each in (inputs, inputs[1:])
    ]

    answers = [await world.post(f"{CONTACTS}/batch/read", each) for each in bodies]

    assert [each.status_code for each in answers] == [400, 200]


async def test_the_newest_version_asks_the_rules_of_the_account_and_older_ones_do_not(
    make_world: Callable[..., Awaitable[World]],
) -> None:
    world = await make_world(PLAIN)
    ann = world.account.add(firstname="Ann")
    world.account.contacts.required.add("phone")
    body = {"inputs": [_input(ann, "a", city="Lyon")]}

    older = await world.post("/crm/objects/2026-03/contacts/batch/update", body)
    newest = await world.post("/crm/objects/2026-09/contacts/batch/update", body)

    assert older.status_code == 200
    assert newest.status_code == 207
    assert newest.json()["errors"][0]["category"] == "VALIDATION_ERROR"
