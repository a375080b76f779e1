"""Somebody is created once, however often and by however many they are wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import httpx
import pytest

from connector.domain.changes import Outcome
from connector.domain.contacts import Contact
from connector.errors import (
    AccessRefused,
    PlatformUnavailable,
    RejectedByPlatform,
    UnexpectedAnswer,
)
from connector.ports.platform import NewContact
from tests.unit.adapters.rest.entries import Answer, Service, a_platform

ENTRY = """
contacts: {path: /contacts, items: data, record: {id: id, email: email}}
writes:
  create:
    method: POST
    path: /contacts
    body: {email: "{{ contact.email }}", fields: "{{ values }}"}
    item: data
    find: {path: /contacts, params: {email: "{{ contact.email }}"}, items: data}
"""
ANN = {"id": 17, "email": "ann@x.example.com"}
WANTED = NewContact(email="ann@x.example.com", attributes={"heat": Decimal(7), "email": "x"})


async def created(
    answer: Answer, *wanted: NewContact, entry: str = ENTRY
) -> Sequence[Contact | Outcome]:
    creator = a_platform(entry, answer).contact_creator
    assert creator is not None
    return await creator.create_contacts(wanted or [WANTED])


async def test_who_is_not_there_is_made() -> None:
    service = Service([{"data": []}, httpx.Response(201, json={"data": ANN})])

    (made,) = await created(service)

    assert isinstance(made, Contact)
    assert (made.remote_id, made.emails) == ("17", ("ann@x.example.com",))
    assert service.asked[0].url.params["email"] == "ann@x.example.com"
    assert service.bodies[1] == {"email": "ann@x.example.com", "fields": {"heat": 7}}


async def test_who_is_there_is_found() -> None:
    service = Service([{"data": [{"id": 3, "email": "other@x.example.com"}, ANN]}])

    (found,) = await created(service)

    assert isinstance(found, Contact)
    assert found.remote_id == "17"
    assert len(service.asked) == 1


async def test_who_was_made_meanwhile_is_found_then() -> None:
    service = Service([{"data": []}, httpx.Response(409), {"data": [ANN]}])

    (found,) = await created(service)

    assert isinstance(found, Contact)
    assert found.remote_id == "17"


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ([{"data": []}, httpx.Response(409)], RejectedByPlatform),
        ([{"data": []}, httpx.Response(422)], RejectedByPlatform),
    ],
)
async def test_who_is_refused_fails_alone(answers: list[Any], kind: type[Exception]) -> None:
    both = [*answers, {"data": []}, {"data": []}, httpx.Response(201, json={"data": ANN})]

    refused, made = await created(Service(both), NewContact(email="odd@x.example.com"), WANTED)

    assert isinstance(refused, Outcome)
    assert isinstance(refused.error, kind)
    assert isinstance(made, Contact)


@pytest.mark.parametrize("body", [{}, {"data": {"id": 9, "email": "other@x.example.com"}}])
async def test_an_answer_that_shows_somebody_else_is_no_success(body: object) -> None:
    with pytest.raises(UnexpectedAnswer, match="no contact with that address"):
        await created(Service([{"data": []}, body]))


async def test_an_api_that_cannot_be_asked_is_told_and_not_of_a_contact() -> None:
    with pytest.raises(PlatformUnavailable):
        await created(Service([httpx.Response(503)]))
    with pytest.raises(AccessRefused):
        await created(Service([httpx.Response(401)]))


async def test_two_who_want_the_same_at_once_get_one() -> None:
    people: list[dict[str, Any]] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        if request.method == "GET":
            return httpx.Response(200, json={"data": people})
        people.append({"id": len(people) + 1, "email": WANTED.email})
        return httpx.Response(201, json={"data": people[-1]})

    creator = a_platform(ENTRY, answer).contact_creator  # type: ignore[arg-type]
    assert creator is not None

    found = await asyncio.gather(*(creator.create_contacts([WANTED]) for _ in range(3)))

    assert [each.remote_id for (each,) in found if isinstance(each, Contact)] == ["1"] * 3


@pytest.mark.parametrize("items", [[{"id": 17}], [{"mail": "ann@x.example.com"}], ["ann"]])
async def test_nobody_is_made_twice_because_no_address_was_seen(items: list[object]) -> None:
    service = Service([{"data": items}, httpx.Response(201, json={"data": ANN})])

    with pytest.raises(UnexpectedAnswer, match="in which `record` sees no address"):
        await created(service)

    assert len(service.asked) == 1


async def test_who_is_found_may_look_otherwise() -> None:
    entry = ENTRY.replace("find: {", "find: {record: {id: nr, email: 'mails[0]'}, ")
    service = Service([{"data": [{"nr": 4, "mails": ["ann@x.example.com"]}]}])

    (found,) = await created(service, entry=entry)

    assert isinstance(found, Contact)
    assert found.remote_id == "4"
