"""What Brevo tells webhooks, and when it gives up."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from adapters.brevo.simulator import BrevoSimulator
from adapters.brevo.simulator.outbox import Delivery
from tests.fakes import FakeClock

TEN_MINUTES = timedelta(minutes=10)
ALL_OF_MAIL = [
    "request",
    "delivered",
    "opened",
    "uniqueOpened",
    "click",
    "hardBounce",
    "softBounce",
    "spam",
    "unsubscribed",
    "blocked",
    "invalid",
    "deferred",
]


class Listener:
    """Notes every call, and answers as it is told."""

    def __init__(self, status: int | None = 200) -> None:
        self.status = status
        self.calls: list[Delivery] = []

    async def post(self, delivery: Delivery) -> int | None:
        self.calls.append(delivery)
        return self.status

    def bodies(self) -> list[Any]:
        return [json.loads(each.body) for each in self.calls]


async def _register(client: httpx.AsyncClient, **told: object) -> int:
    answer = await client.post("/webhooks", json={"url": "https://us.example/brevo", **told})
    made: int = answer.json()["id"]
    return made


async def test_changes_of_contacts_are_told_under_other_names_than_they_are_subscribed_with(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    events = ["contactUpdated", "contactDeleted", "listAddition"]
    await _register(client, type="marketing", events=events)
    ann, hot = brevo.account.create("ann@example.com"), brevo.account.lists.add("Hot")
    listener = Listener()

    await client.put(f"/contacts/{ann.id}", json={"attributes": {"FIRSTNAME": "Ann"}})
    brevo.account.lists.put_in(hot, [ann])
    await client.delete(f"/contacts/{ann.id}")
    await brevo.deliver(listener.post)

    told = {each["event"]: each for each in listener.bodies()}
    assert list(told) == ["contact_updated", "list_addition", "contact_deleted"]
    assert told["contact_updated"]["content"] == [{"FIRSTNAME": "Ann"}]
    assert told["list_addition"]["list_id"] == [hot.id]
    assert told["contact_deleted"]["list_id"] == [hot.id]


async def test_every_event_of_mail_has_its_own_name(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    await _register(client, type="transactional", events=ALL_OF_MAIL)
    message = brevo.account.mail.send("ann@example.com", subject="Hello", template_id=3)
    for event in ("opened", "opened", "clicks", "hardBounces", "softBounces", "spam"):
        brevo.account.mail.happen(event, message)
    for event in ("unsubscribed", "blocked", "invalid", "deferred", "loadedByProxy"):
        brevo.account.mail.happen(event, message)
    listener = Listener()

    await brevo.deliver(listener.post)

    assert [each["event"] for each in listener.bodies()] == [
        "request",
        "delivered",
        "opened",
        "unique_opened",
        "opened",
        "click",
        "hard_bounce",
        "soft_bounce",
        "complaint",
        "unsubscribed",
        "blocked",
        "invalid_email",
        "deferred",
        "proxy_open",
        "unique_proxy_open",
    ]


async def test_of_the_clocks_of_a_call_only_two_are_right(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock
) -> None:
    hook = await _register(client, type="transactional", events=["opened"])
    brevo.account.mail.happen("opened", brevo.account.mail.send("ann@example.com"))
    listener = Listener()

    await brevo.deliver(listener.post)

    (told,) = listener.bodies()
    right = int(clock.now().timestamp())
    assert (told["ts_event"], told["ts_epoch"]) == (right, right * 1000)
    assert (told["ts"] - right, told["date"]) == (3600, "2026-11-22 09:00:00")
    # The only id is that of the webhook.
    assert told["id"] == hook


async def test_a_report_of_spam_leaves_fields_out(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    await _register(client, type="transactional", events=["spam"])
    brevo.account.mail.happen("spam", brevo.account.mail.send("ann@example.com"))
    listener = Listener()

    await brevo.deliver(listener.post)

    (told,) = listener.bodies()
    assert {"ts_epoch", "subject", "tags"}.isdisjoint(told)


async def test_events_of_campaigns_name_the_campaign(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    await _register(client, type="marketing", events=["click", "unsubscribed", "hardBounce"])
    ann, news = brevo.account.create("ann@example.com"), brevo.account.campaigns.add("News")
    brevo.account.campaigns.happen("click", ann, news, url="https://example.com/a")
    brevo.account.campaigns.happen("hardBounce", ann, news)
    brevo.account.campaigns.happen("unsubscribed", ann, news, list_ids=[7])
    listener = Listener()

    await brevo.deliver(listener.post)

    click, bounce, left = listener.bodies()
    assert (click["camp_id"], click["campaign name"]) == (news.id, "News")
    assert click["URL"] == "https://example.com/a"
    assert (bounce["event"], left["event"]) == ("hard_bounce", "unsubscribe")
    assert (left["list_id"], ann.is_email_blocked) == ([7], True)


async def test_batched_events_come_together_after_five_minutes(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock
) -> None:
    await _register(client, type="marketing", events=["opened"], batched=True)
    ann, news = brevo.account.create("ann@example.com"), brevo.account.campaigns.add("News")
    for _ in range(501):
        brevo.account.campaigns.happen("opened", ann, news)
    clock.advance(timedelta(minutes=5))
    listener = Listener()

    await brevo.deliver(listener.post)

    assert [len(each) for each in listener.bodies()] == [500, 1]


async def test_a_call_carries_the_proof_it_was_registered_with(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    await _register(
        client,
        type="marketing",
        events=["contactUpdated"],
        auth={"type": "bearer", "token": "s3cret"},
        headers=[{"key": "X-Proof", "value": "other"}],
    )
    brevo.account.write(brevo.account.create("ann@example.com"), {"FIRSTNAME": "Ann"})
    listener = Listener()

    await brevo.deliver(listener.post)

    (call,) = listener.calls
    assert call.headers["authorization"] == "Bearer s3cret"
    assert call.headers["x-proof"] == "other"


@pytest.mark.parametrize(
    "status", [pytest.param(429, id="too-many"), pytest.param(None, id="none")]
)
async def test_a_call_that_came_too_soon_is_made_four_times_more(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock, status: int | None
) -> None:
    await _register(client, type="marketing", events=["contactUpdated"])
    brevo.account.write(brevo.account.create("ann@example.com"), {"FIRSTNAME": "Ann"})
    listener = Listener(status)
    began = clock.now()

    calls = []
    while clock.now() - began < timedelta(days=1):
        if await brevo.deliver(listener.post):
            calls.append(clock.now() - began)
        clock.advance(TEN_MINUTES)

    assert calls == [timedelta(minutes=each) for each in (0, 10, 70, 190, 670)]
    assert len(brevo.account.outbox.lost) == 1


@pytest.mark.parametrize("status", [500, 503, 404])
async def test_any_other_refusal_loses_the_call(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock, status: int
) -> None:
    await _register(client, type="marketing", events=["contactUpdated"])
    brevo.account.write(brevo.account.create("ann@example.com"), {"FIRSTNAME": "Ann"})
    listener = Listener(status)

    await brevo.deliver(listener.post)
    clock.advance(timedelta(days=1))
    await brevo.deliver(listener.post)

    assert (len(listener.calls), len(brevo.account.outbox.lost)) == (1, 1)


async def test_an_account_has_forty_webhooks_at_most(client: httpx.AsyncClient) -> None:
    body = {"url": "https://us.example/brevo", "events": ["opened"]}

    statuses = [(await client.post("/webhooks", json=body)).status_code for _ in range(41)]

    assert statuses == [201] * 40 + [400]
