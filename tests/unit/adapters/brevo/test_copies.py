"""Brevo tells one event in several places, without an id: whichever copy comes, it is the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.brevo.account import Account
from adapters.brevo.events.marketing import Marketing
from adapters.brevo.events.statistics import statistics
from adapters.brevo.webhooks.parser import BrevoWebhookParser
from connector.domain.events import Event
from connector.ports.webhook import WebhookRequest
from tests.unit.adapters.brevo.canned import AT, Answer, Asked, Canned, contact_row

SECOND = 1_768_470_600
"""2026-01-15 09:50:00 UTC."""


def called(**item: object) -> list[Event]:
    """Return what a webhook's call tells."""
    body = json.dumps({"id": 26224, "date": "2026-01-15 10:50:00", **item}).encode()
    request = WebhookRequest(method="POST", url="/", headers={}, body=body, received_at=AT)
    return list(BrevoWebhookParser("mail", ()).parse(request).events)


def call_of_message(event: str, **item: object) -> list[Event]:
    return called(
        event=event,
        email="ann@mail.example.com",
        ts=SECOND + 3,
        ts_event=SECOND,
        **{"message-id": "<2026.1@smtp.example.com>"},
        **item,
    )


def call_of_campaign(event: str, **item: object) -> list[Event]:
    return called(
        event=event,
        email="ann@mail.example.com",
        camp_id=21,
        ts_event=SECOND,
        **{"campaign name": "Spring"},
        **item,
    )


async def polled_message(**row: object) -> list[Event]:
    """Return what the statistics of transactional mail tell."""
    told = {
        "date": "2026-01-15T10:50:00.000+01:00",
        "email": "Ann@mail.example.com",
        "messageId": "<2026.1@smtp.example.com>",
        **row,
    }
    canned = Canned(lambda asked: (200, {"events": asked.page_of([told])}))
    return [
        each
        async for batch in statistics(canned.account()).read({"since": "2026-01-14"})
        for each in batch.events
    ]


async def polled_campaign(told: dict[str, Any]) -> list[Event]:
    """Return what the statistics of a contact tell."""
    account = account_with_campaign(told)
    return [each async for batch in Marketing(account=account).read({}) for each in batch.events]


def account_with_campaign(told: dict[str, Any]) -> Account:
    campaign = {"id": 21, "name": "Spring", "recipients": {"lists": [4]}, "statistics": {}}

    def answer(asked: Asked) -> Answer:
        if asked.path == "/emailCampaigns":
            return 200, {"campaigns": asked.page_of([campaign]), "count": 1}
        if asked.path == "/contacts":
            return 200, {
                "contacts": asked.page_of([contact_row(1, "ann@mail.example.com")]),
                "count": 1,
            }
        return 200, told

    return Canned(answer).account()


@pytest.mark.parametrize(
    ("called_as", "polled_as", "kind"),
    [
        ("request", "requests", "email.sent"),
        ("delivered", "delivered", "email.delivered"),
        ("opened", "opened", "email.opened"),
        ("unique_opened", "opened", "email.opened"),
        ("proxy_open", "loadedByProxy", "email.opened"),
        ("unique_proxy_open", "loadedByProxy", "email.opened"),
        ("click", "clicks", "email.clicked"),
        ("hard_bounce", "hardBounces", "email.bounced"),
        ("soft_bounce", "softBounces", "email.bounced"),
        ("invalid_email", "invalid", "email.bounced"),
        ("spam", "spam", "email.complained"),
        ("complaint", "spam", "email.complained"),
        ("unsubscribed", "unsubscribed", "email.unsubscribed"),
        ("hardBounce", "hardBounces", "email.bounced"),
        ("uniqueOpened", "opened", "email.opened"),
    ],
)
async def test_the_copies_of_what_happened_to_a_message_are_equal(
    called_as: str, polled_as: str, kind: str
) -> None:
    link = {"link": "https://www.example.com/prices"}

    (one,) = call_of_message(called_as, subject="Your order", tag="Order", **link)
    (other,) = await polled_message(event=polled_as, subject="Your order", tag="Order", **link)

    assert one == other
    assert (one.type, one.occurred_at) == (kind, datetime(2026, 1, 15, 9, 50, tzinfo=UTC))


@pytest.mark.parametrize(
    ("called_as", "told", "kind"),
    [
        ("delivered", {"delivered": [{"campaignId": 21}]}, "email.delivered"),
        ("opened", {"opened": [{"campaignId": 21, "count": 2}]}, "email.opened"),
        ("hard_bounce", {"hardBounces": [{"campaignId": 21}]}, "email.bounced"),
        ("soft_bounce", {"softBounces": [{"campaignId": 21}]}, "email.bounced"),
        ("spam", {"complaints": [{"campaignId": 21}]}, "email.complained"),
        (
            "unsubscribe",
            {"unsubscriptions": {"userUnsubscription": [{"campaignId": 21}]}},
            "email.unsubscribed",
        ),
    ],
)
async def test_the_copies_of_what_a_campaign_did_are_equal(
    called_as: str, told: dict[str, Any], kind: str
) -> None:
    timed = json.loads(
        json.dumps(told).replace(
            '{"campaignId"', '{"eventTime": "2026-01-15T09:50:00Z", "campaignId"'
        )
    )

    (one,) = call_of_campaign(called_as)
    (other,) = await polled_campaign(timed)

    assert one == other
    assert one.type == kind
    assert one.fields["campaign_name"] == "Spring"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.com/prices?uid=ann&utm_source=brevo",
        "http://WWW.example.com/prices/",
        "https://www.example.com/pric%65s#top",
    ],
)
async def test_the_copies_of_a_click_are_one_however_the_link_is_written(url: str) -> None:
    links = [
        {"eventTime": "2026-01-15T09:50:00Z", "url": "https://www.example.com/prices?uid={EMAIL}"}
    ]

    (one,) = call_of_campaign("click", URL=url)
    (other,) = await polled_campaign({"clicked": [{"campaignId": 21, "links": links}]})

    assert one.id == other.id


def test_milliseconds_and_seconds_are_one_instant() -> None:
    (one,) = call_of_message("opened")
    (other,) = call_of_message("opened", ts_epoch=SECOND * 1000 + 999)

    assert one == other


def test_brackets_around_the_id_of_a_message_mean_nothing() -> None:
    (one,) = call_of_message("opened")
    (other,) = called(
        event="opened",
        email="ANN@mail.example.com ",
        ts_event=SECOND,
        **{"message-id": "2026.1@smtp.example.com"},
    )

    assert one == other


def test_a_delivery_told_twice_a_moment_apart_is_one() -> None:
    (one,) = call_of_message("delivered")
    (other,) = call_of_message("delivered", ts_epoch=(SECOND + 60) * 1000)

    assert one.id == other.id


@pytest.mark.parametrize("event", ["opened", "click", "soft_bounce"])
def test_what_happens_again_later_is_another_event(event: str) -> None:
    (one,) = call_of_message(event)
    (other,) = call_of_message(event, ts_epoch=(SECOND + 60) * 1000)

    assert one.id != other.id


def test_clicks_on_two_links_in_one_second_are_two() -> None:
    (one,) = call_of_message("click", link="https://www.example.com/prices")
    (other,) = call_of_message("click", link="https://www.example.com/contact")

    assert one.id != other.id


def test_an_opening_by_a_machine_is_another_one_than_a_person_s() -> None:
    (one,) = call_of_message("opened")
    (other,) = call_of_message("proxy_open")

    assert one.id != other.id
    assert (one.fields.get("is_machine"), other.fields["is_machine"]) == (None, True)


def test_what_a_message_and_a_campaign_tell_is_never_mixed_up() -> None:
    (one,) = call_of_message("opened")
    (other,) = call_of_campaign("opened")

    assert one.id != other.id
    assert one.fields["message_kind"] == "transactional"
    assert other.fields["message_kind"] == "marketing"


def test_unsubscribing_twice_without_a_message_is_two() -> None:
    (one,) = called(event="unsubscribe", email="ann@mail.example.com", ts_event=SECOND)
    (other,) = called(event="unsubscribe", email="ann@mail.example.com", ts_event=SECOND + 900)

    assert one.id != other.id
    assert one.type == "email.unsubscribed"
