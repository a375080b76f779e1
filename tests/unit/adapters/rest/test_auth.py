"""Requests prove who asks as the entry says, and no secret comes to light."""

from __future__ import annotations

import asyncio
import base64
import json
import logging

import httpx
import pytest

from connector.domain.contacts import Reading
from connector.errors import AccessRefused, PlatformError, RateLimited
from tests.builders import T
from tests.fakes import FakeClock
from tests.unit.adapters.rest.entries import KEY, SECRETS, Answer, Service, a_platform, items_of

CONTACTS = "contacts: {path: /contacts, items: data, record: {id: id}}\n"
EMPTY: dict[str, list[object]] = {"data": []}
BASIC = base64.b64encode(b"ann:p4ss-of-ann").decode()


async def read(auth: str, answer: Answer) -> None:
    source = a_platform(f"auth: {auth}\n{CONTACTS}", answer).contacts
    assert source is not None
    await items_of(source.contacts(Reading(), None))


@pytest.mark.parametrize(
    ("auth", "name", "value"),
    [
        ("{type: bearer}", "authorization", f"Bearer {KEY}"),
        ("{type: header, name: X-Api-Key}", "x-api-key", KEY),
        ("{type: header, name: Authorization, prefix: 'Key '}", "authorization", f"Key {KEY}"),
        ("{type: basic}", "authorization", f"Basic {BASIC}"),
    ],
)
async def test_a_header_proves_it(auth: str, name: str, value: str) -> None:
    service = Service([EMPTY])

    await read(auth, service)

    assert service.asked[0].headers[name] == value


async def test_a_key_may_be_a_parameter() -> None:
    service = Service([EMPTY])

    await read("{type: param, name: 'auth[key]'}", service)

    assert service.asked[0].url.params["auth[key]"] == KEY


async def test_without_a_proof_nothing_is_said_of_who_asks() -> None:
    service = Service([EMPTY])

    await read("{type: none}", service)

    assert "authorization" not in service.asked[0].headers
    assert KEY not in str(service.asked[0].url)


class Tokens:
    """Gives tokens, of which the first one is refused once it was used."""

    def __init__(self) -> None:
        self.given = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        if request.url.path == "/v1/oauth/token":
            assert b"scope=contacts" in request.content
            self.given += 1
            return httpx.Response(200, json={"access_token": f"t{self.given}", "expires_in": 3600})
        is_good = request.headers["authorization"] == "Bearer t2"
        return httpx.Response(200 if is_good else 401, json=EMPTY)


async def test_a_token_that_is_refused_is_asked_for_once_more_for_all() -> None:
    tokens = Tokens()
    auth = "{type: oauth2, path: /oauth/token, more: {scope: contacts}}"
    source = a_platform(f"auth: {auth}\n{CONTACTS}", tokens).contacts  # type: ignore[arg-type]
    assert source is not None

    await asyncio.gather(*(items_of(source.contacts(Reading(), None)) for _ in range(4)))

    assert tokens.given == 2


@pytest.mark.parametrize(
    "auth",
    [
        "{type: bearer}",
        "{type: header, name: X-Api-Key}",
        "{type: param, name: key}",
        "{type: basic}",
    ],
)
async def test_no_secret_is_in_an_error_or_a_repr(
    auth: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = [*SECRETS.values(), *([BASIC] if "basic" in auth else [])]
    told = f"wrong: {' '.join(secrets)}"
    platform = a_platform(
        f"auth: {auth}\n{CONTACTS}", Service([httpx.Response(401, json={"message": told})])
    )
    source = platform.contacts
    assert source is not None

    with pytest.raises(AccessRefused) as caught:
        await items_of(source.contacts(Reading(), None))

    shown = [str(caught.value), repr(caught.value), repr(platform), repr(source), caplog.text]
    assert not any(each in "".join(shown) for each in secrets)


@pytest.mark.parametrize(
    ("body", "entry", "said"),
    [
        ({"error": {"message": "too odd"}}, "", "too odd"),
        ({"errors": [{"detail": "too odd"}]}, "", "too odd"),
        ({"faults": ["too odd"]}, "answers: {message: 'faults[0]'}\n", "too odd"),
        ({"faults": [7]}, "answers: {message: 'faults[0]'}\n", "answered 422"),
        ([], "", "answered 422"),
    ],
)
async def test_an_error_says_what_the_answer_does(body: object, entry: str, said: str) -> None:
    source = a_platform(entry + CONTACTS, Service([httpx.Response(422, json=body)])).contacts
    assert source is not None

    with pytest.raises(PlatformError, match=said):
        await items_of(source.contacts(Reading(), None))


@pytest.mark.parametrize(
    ("headers", "entry", "seconds"),
    [
        ({"retry-after": "7"}, "", 7),
        ({"retry-after": "Thu, 15 Jan 2026 10:00:30 GMT"}, "", 30),
        ({"retry-after": "Thu, 15 Jan 2026 09:00:00 GMT"}, "", 0),
        ({"x-reset": "9", "retry-after": "7"}, "answers: {wait: X-Reset}\n", 9),
    ],
)
async def test_a_refusal_says_when_to_come_back(
    headers: dict[str, str], entry: str, seconds: int
) -> None:
    answer = httpx.Response(429, headers=headers)
    source = a_platform(entry + CONTACTS, Service([answer]), FakeClock(T)).contacts
    assert source is not None

    with pytest.raises(RateLimited) as caught:
        await items_of(source.contacts(Reading(), None))

    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == seconds


async def test_settings_are_taken_in_everywhere() -> None:
    entry = """
settings: {tenant: Plant & Co, region: eu, gone: null}
headers: {X-Tenant: "{{ settings.tenant }}"}
contacts:
  path: "/{{ settings.region }}/contacts"
  params: {of: "{{ settings.tenant }}", at: "{{ now }}", gone: "{{ settings.gone }}"}
  headers: {X-Region: "{{ settings.region }}"}
  method: POST
  body: {deep: ["{{ settings.region }}"]}
  items: data
  record: {id: id}
"""
    service = Service([EMPTY])
    source = a_platform(entry, service).contacts
    assert source is not None

    await items_of(source.contacts(Reading(), None))

    (asked,) = service.asked
    assert asked.url.path == "/v1/eu/contacts"
    assert dict(asked.url.params) == {"of": "Plant & Co", "at": "2026-01-15T10:00:00Z"}
    assert (asked.headers["x-tenant"], asked.headers["x-region"]) == ("Plant & Co", "eu")
    assert json.loads(asked.content) == {"deep": ["eu"]}


async def test_a_header_of_the_entry_takes_the_place_of_ours() -> None:
    service = Service([EMPTY])
    source = a_platform(f"headers: {{Accept: application/xml+json}}\n{CONTACTS}", service).contacts
    assert source is not None

    await items_of(source.contacts(Reading(), None))

    assert service.asked[0].headers.get_list("accept") == ["application/xml+json"]
