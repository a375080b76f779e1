"""How many requests Brevo takes, from whom, and what it says of that."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from adapters.brevo.simulator import BrevoSimulator
from tests.fakes import FakeClock


@pytest.fixture
def brevo(clock: FakeClock) -> BrevoSimulator:
    return BrevoSimulator(now=clock.now)


async def test_an_eleventh_contact_in_a_second_is_one_too_many(
    client: httpx.AsyncClient, clock: FakeClock
) -> None:
    statuses = [(await client.get("/contacts")).status_code for _ in range(11)]
    clock.advance(timedelta(seconds=1))
    statuses.append((await client.get("/contacts")).status_code)

    assert statuses == [*[200] * 10, 429, 200]


async def test_a_refusal_says_in_seconds_how_long_to_wait_and_nothing_else(
    client: httpx.AsyncClient, clock: FakeClock
) -> None:
    clock.advance(timedelta(minutes=20))
    for _ in range(100):
        last = await client.get("/account")

    refusal = await client.get("/account")

    assert last.headers["x-sib-ratelimit-remaining"] == "0"
    assert refusal.status_code == 429
    assert refusal.headers["x-sib-ratelimit-limit"] == "100"
    assert refusal.headers["x-sib-ratelimit-reset"] == str(40 * 60)
    assert "retry-after" not in refusal.headers


@pytest.mark.parametrize(
    ("method", "path", "bucket"),
    [
        pytest.param("GET", "/contacts/7", "contacts", id="contacts"),
        pytest.param("POST", "/contacts/import", "contacts", id="import"),
        pytest.param("GET", "/smtp/statistics/events", "statistics", id="statistics"),
        pytest.param("GET", "/smtp/emails", "emails", id="emails"),
        pytest.param("GET", "/smtp/blockedContacts", "sending", id="blocked"),
        pytest.param("POST", "/events", "sending_events", id="reporting-events"),
        pytest.param("GET", "/events", "general", id="reading-events"),
        pytest.param("POST", "/orders/status", "orders", id="reporting-orders"),
        pytest.param("GET", "/orders", "general", id="reading-orders"),
        pytest.param("GET", "/processes/7", "general", id="processes"),
        pytest.param("GET", "/webhooks", "general", id="webhooks"),
    ],
)
async def test_a_request_counts_in_the_limit_of_what_it_asks(
    brevo: BrevoSimulator, method: str, path: str, bucket: str
) -> None:
    transport = httpx.ASGITransport(app=brevo.app)
    headers = {"api-key": brevo.account.key}
    async with httpx.AsyncClient(transport=transport, headers=headers) as client:
        await client.request(method, f"https://brevo.test/v3{path}")

    assert [each.buckets for each in brevo.trace] == [(bucket,)]


async def test_lists_of_contacts_may_count_as_all_the_rest(clock: FakeClock) -> None:
    brevo = BrevoSimulator(now=clock.now, is_listing_quick=False)
    transport = httpx.ASGITransport(app=brevo.app)
    headers = {"api-key": brevo.account.key}
    async with httpx.AsyncClient(transport=transport, headers=headers) as client:
        for path in ("/contacts", "/contacts/lists/1/contacts", "/contacts/7"):
            await client.get(f"https://brevo.test/v3{path}")

    assert [each.buckets for each in brevo.trace] == [("general",), ("general",), ("contacts",)]


async def test_a_stranger_is_refused_without_a_word_of_limits(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    wrong_key = await client.get("/account", headers={"api-key": "wrong"})
    brevo.account.is_address_blocked = True
    wrong_network = await client.get("/account")

    for answer in (wrong_key, wrong_network):
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
        assert not [name for name in answer.headers if name.startswith("x-sib-")]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/v3/people", 404, id="unknown"),
        pytest.param("PUT", "/v3/contacts/import", 404, id="somebody-called-import"),
        pytest.param("DELETE", "/v3/contacts", 405, id="wrong-method"),
    ],
)
async def test_what_is_not_served_is_refused_in_brevos_words(
    brevo: BrevoSimulator, method: str, path: str, status: int
) -> None:
    transport = httpx.ASGITransport(app=brevo.app)
    headers = {"api-key": brevo.account.key}
    async with httpx.AsyncClient(transport=transport, headers=headers) as client:
        answer = await client.request(method, f"https://brevo.test{path}")

    assert answer.status_code == status
    assert set(answer.json()) == {"code", "message"}
