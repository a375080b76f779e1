"""The guard that holds every request of every test against what heatsync never says."""

from __future__ import annotations

import httpx
import pytest

from adapters.http import Call, HttpSession, Json, Plain
from connector.ports.budget import Unlimited
from tests.consent import ConsentTouched, objections


def a_call(method: str, path: str, body: Json = None) -> Call:
    return Call(operation="test", method=method, path=path, body=body)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/contacts/7", {"attributes": {"A": 1}, "emailBlacklisted": False}),
        ("PUT", "/contacts/7", {"attributes": {"EMAIL": "new@mail.example.com"}}),
        ("PUT", "/contacts/7", {"attributes": {"DOUBLE_OPT-IN": 1}}),
        ("POST", "/contacts/import", {"jsonBody": [{"attributes": {"SMS": "33612345678"}}]}),
        ("POST", "/contacts/import", {"jsonBody": [], "smsBlacklist": False}),
        ("POST", "/contacts", {"email": "a@mail.example.com", "forceMerge": True}),
        ("POST", "/smtp/blockedContacts", {}),
        ("POST", "/objects/contacts/batch/update", {"inputs": [{"properties": {"email": "x"}}]}),
        (
            "POST",
            "/objects/contacts/batch/create",
            {"inputs": [{"properties": {"hs_email_optout": "x"}}]},
        ),
        ("POST", "/communication-preferences/subscribe", {}),
        ("PATCH", "/api/contacts/batch/edit", [{"id": 7, "email": "x@mail.example.com"}]),
        ("PATCH", "/api/contacts/7/edit", {"email": "x@mail.example.com"}),
        ("PATCH", "/api/contacts/7/edit", {"doNotContact": []}),
        ("PUT", "/api/contacts/7/edit", {"score": 7}),
        ("POST", "/api/contacts/7/dnc/email/add", {}),
    ],
)
def test_a_request_that_touches_consent_or_an_address_is_objected_to(
    method: str, path: str, body: Json
) -> None:
    assert objections(a_call(method, path, body))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/contacts/ann%40mail.example.com", None),
        ("PUT", "/contacts/7", {"attributes": {"HEAT_SCORE": 7}}),
        ("PATCH", "/api/contacts/batch/edit", [{"id": 7, "score": 7, "tags": ["hot"]}]),
        ("POST", "/api/contacts/batch/new", [{"email": "a@mail.example.com"}]),
        ("POST", "/contacts", {"email": "a@mail.example.com", "updateEnabled": False}),
        ("POST", "/contacts/import", {"jsonBody": [{"email": "a", "attributes": {"A": 1}}]}),
        ("POST", "/objects/contacts/batch/create", {"inputs": [{"properties": {"email": "x"}}]}),
        ("POST", "/objects/contacts/batch/read", {"properties": ["email", "hs_email_optout"]}),
        ("POST", "/webhooks", {"events": ["unsubscribed"]}),
    ],
)
def test_a_request_that_does_neither_is_not(method: str, path: str, body: Json) -> None:
    assert objections(a_call(method, path, body)) == []


async def test_every_session_of_every_test_is_held_against_it() -> None:
    session = HttpSession(
        platform="mail",
        base_url="https://mail.example.com",
        budget=Unlimited(),
        headers={},
        dialect=Plain(),
        transport=httpx.MockTransport(lambda _: httpx.Response(204)),
    )

    with pytest.raises(ConsentTouched):
        await session.send(a_call("PUT", "/contacts/7", {"emailBlacklisted": True}))
