"""Contacts are created in batches; whoever is there already is found."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.hubspot.writing.creator import HubspotCreator
from connector.domain.changes import Outcome
from connector.domain.contacts import Contact
from connector.errors import PlatformError, RejectedByPlatform, UnexpectedAnswer
from connector.ports.platform import NewContact
from tests.unit.adapters.hubspot.canned import VALIDATION, Canned, error, rows

ANN, BOB, CY = (f"{each}@mail.example.com" for each in ("ann", "bob", "cy"))


def row(remote_id: str, email: str, more: str | None = None) -> tuple[str, dict[str, str | None]]:
    return remote_id, {"email": email, "hs_additional_emails": more}


def clash(remote_id: str, trace: str) -> dict[str, Any]:
    message = f"Contact already exists. Existing ID: {remote_id}"
    return error("CONFLICT", message, objectWriteTraceId=[trace])


async def created(canned: Canned, *emails: str) -> list[str | type[PlatformError]]:
    """Return the ids of the records, or the kinds of errors."""
    wanted = [NewContact(email=each) for each in emails]
    answers = await HubspotCreator(canned.account()).create_contacts(wanted)
    return [each.remote_id if isinstance(each, Contact) else _kind(each) for each in answers]


def _kind(outcome: Outcome) -> type[PlatformError]:
    assert outcome.error is not None
    return type(outcome.error)


async def test_a_batch_is_one_request_that_says_the_address_alone() -> None:
    canned = Canned([(201, rows(row("12", BOB), row("11", ANN)))])

    assert await created(canned, ANN, BOB) == ["11", "12"]

    (asked,) = canned.asked
    assert asked.path == "/crm/objects/2026-03/contacts/batch/create"
    assert asked.body["inputs"] == [
        {"properties": {"email": ANN}, "objectWriteTraceId": "0"},
        {"properties": {"email": BOB}, "objectWriteTraceId": "1"},
    ]


async def test_whoever_has_the_address_already_is_found_by_the_id_that_is_told() -> None:
    found = (200, rows(row("77", "old@mail.example.com", f"{BOB};x@mail.example.com")))
    nobody = (404, error("OBJECT_NOT_FOUND"))
    canned = Canned([(207, rows(row("11", ANN), errors=[clash("77", "1")])), found, nobody])

    assert await created(canned, ANN, BOB) == ["11", "77"]


async def test_whoever_has_the_address_already_is_found_by_it() -> None:
    refused = error("CONFLICT", "exists", objectWriteTraceId=["0"])
    canned = Canned([(207, rows(errors=[refused])), (200, rows(row("77", ANN)))])

    assert await created(canned, ANN) == ["77"]

    asked = canned.asked[1]
    assert asked.path.endswith("/contacts/batch/read")
    assert (asked.body["idProperty"], asked.body["inputs"]) == ("email", [{"id": ANN}])


async def test_one_who_is_there_does_not_keep_the_others_from_being_made() -> None:
    told = {"category": "CONFLICT", "message": "Contact already exists. Existing ID: 77"}
    canned = Canned(
        [
            (409, told),
            (200, rows(row("77", BOB))),
            (207, rows(row("77", BOB), row("78", CY))),
            (201, rows(row("11", ANN))),
        ]
    )

    assert await created(canned, ANN, BOB, CY) == ["11", "77", "78"]

    assert [each["properties"] for each in canned.asked[3].body["inputs"]] == [{"email": ANN}]


async def test_a_batch_refused_for_somebody_who_is_not_found_is_raised() -> None:
    canned = Canned([(409, error("CONFLICT", "exists")), (404, error("OBJECT_NOT_FOUND"))])

    with pytest.raises(RejectedByPlatform):
        await created(canned, ANN, BOB)


async def test_an_address_that_hubspot_refuses_costs_only_itself() -> None:
    refused = error(VALIDATION, f"Email address {BOB} is invalid", objectWriteTraceId=["1"])
    canned = Canned([(207, rows(row("11", ANN), errors=[refused]))])

    assert await created(canned, ANN, BOB) == ["11", RejectedByPlatform]


async def test_a_success_that_shows_nobody_made_nobody() -> None:
    canned = Canned([(201, rows())])

    assert await created(canned, ANN) == [UnexpectedAnswer]


async def test_a_row_of_somebody_else_is_not_taken_for_the_new_contact() -> None:
    other = {"objectWriteTraceId": "0", "id": "99", "properties": {"email": BOB}}
    canned = Canned([(201, {"results": [other]})])

    assert await created(canned, ANN) == [UnexpectedAnswer]
