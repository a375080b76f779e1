"""What Mautic's calls tell, and what proves them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.mautic.webhooks.parser import MOST_ITEMS, MauticWebhookParser
from adapters.mautic.webhooks.signature import HEADER, sign
from connector.domain.contacts import Removal
from connector.domain.instants import iso
from connector.errors import BadSignature, TooLarge, UnexpectedAnswer
from connector.ports.webhook import Notification, WebhookRequest
from tests.conformance.webhook_suite import AT, NEW_SECRET, WebhookBasics, WebhookWorld

URL = "https://leads.example.com/webhooks/auto"
UPDATED = "mautic.lead_post_save_update"
DELETED = "mautic.lead_post_delete"
OPENED = "mautic.email_on_open"
HIT = "mautic.page_on_hit"
FILLED = "mautic.form_on_submit"
MINUTE = timedelta(minutes=1)


def request_of(body: bytes, secret: str = NEW_SECRET, at: datetime = AT) -> WebhookRequest:
    """Return a call as Mautic makes it."""
    headers = {HEADER: sign(secret, body).decode()}
    return WebhookRequest(method="POST", url=URL, headers=headers, body=body, received_at=at)


def parser_of(*secrets: str) -> MauticWebhookParser:
    return MauticWebhookParser("auto", tuple(map(SecretStr, secrets)))


def told(body: Mapping[str, Any]) -> Notification:
    return parser_of(NEW_SECRET).parse(request_of(json.dumps(body).encode()))


def keys_of(body: Mapping[str, Any]) -> list[str]:
    return list(parser_of(NEW_SECRET).delivery_ids(request_of(json.dumps(body).encode())))


def opened(count: int = 1, at: datetime = AT, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - of an item
    """Return an item that tells of an opening, with what matters of it."""
    stat = {
        "id": 7,
        "dateSent": iso(AT - timedelta(days=1)),
        "openCount": count,
        "lastOpened": iso(at),
        "source": "email",
        "lead": {"id": 47},
        "email": {"id": 3, "name": "Welcome"},
        **more,
    }
    return {"stat": stat, "timestamp": iso(at)}


def hit(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - of an item
    said = {"id": 9, "dateHit": iso(AT), "url": "https://www.example.com/", "lead": {"id": 47}}
    return {"hit": {**said, **more}, "timestamp": iso(AT)}


class _World:
    is_dated = False
    is_signed = True

    def parser(self, *secrets: str) -> MauticWebhookParser:
        return parser_of(*secrets)

    def call(self, body: bytes, secret: str, at: datetime) -> WebhookRequest:
        return request_of(body, secret, at)

    def event_body(self, kind: str, at: datetime) -> bytes:
        return json.dumps({OPENED: [opened(at=at)], f"mautic.{kind}": []}).encode()


class TestMautic(WebhookBasics):
    @pytest.fixture
    def webhooks(self) -> WebhookWorld:
        return _World()


def test_a_signature_is_that_of_mautics_own_client() -> None:
    # `printf "{}" | openssl dgst -sha256 -hmac key -binary | base64`
    assert sign("key", b"{}") == b"p3dyTZQ+tI3Gm8qKSm1XoE2z+ex+HeTlgehgJlvfMDI="


def test_a_call_without_a_signature_is_not_believed() -> None:
    request = WebhookRequest(method="POST", url=URL, headers={}, body=b"{}", received_at=AT)

    with pytest.raises(BadSignature):
        parser_of(NEW_SECRET).verify(request)


def test_whoever_changed_is_read_again() -> None:
    later = AT - MINUTE
    items = [
        {"contact": {"id": 47}, "timestamp": iso(AT - 2 * MINUTE)},
        {"contact": {"id": 47}, "timestamp": iso(later)},
    ]

    found = told({UPDATED: items})

    assert found.reread == ("47",)
    assert found.changed_at == {"47": later}


def test_whoever_is_gone_is_not_read_again() -> None:
    found = told(
        {
            DELETED: [{"id": 47, "contact": {"id": None}, "timestamp": iso(AT)}],
            UPDATED: [{"contact": {"id": 47}, "timestamp": iso(AT)}],
        }
    )

    assert found.removals == (Removal(remote_id="47"),)
    assert found.reread == ()


def test_an_opening_is_the_event_that_the_table_tells_of() -> None:
    (event,) = told({OPENED: [opened()]}).events

    assert event.id == f"email_stats:7:{int(AT.timestamp())}"
    assert (event.subject, event.type, event.occurred_at) == ("47", "email.opened", AT)
    assert event.fields == {
        "campaign_id": "3",
        "campaign_name": "Welcome",
        "message_id": "3",
        "message_kind": "marketing",
    }


@pytest.mark.parametrize("redirect", [{}, [], {"id": 5}])
def test_a_hit_is_a_page_or_a_link(redirect: object) -> None:
    click = hit(id=10, source="email", sourceId=3, redirect=redirect)

    events = told({HIT: [hit(), click]}).events

    assert [(each.id, each.type) for each in events] == [
        ("page_hits:9", "page.viewed"),
        ("page_hits:10", "email.clicked"),
    ]


def test_a_hit_that_other_rows_decide_on_is_read_by_and_by() -> None:
    found = told({HIT: [hit(source="email", sourceId=3, redirect=None)]})

    assert found == Notification()


def test_a_form_is_told_and_whoever_filled_it_in_is_read_again() -> None:
    said = {
        "id": 4,
        "dateSubmitted": iso(AT),
        "form": {"id": 2, "name": "Contact us"},
        "lead": {"id": 47},
        "referer": "https://www.example.com/contact",
    }

    found = told({FILLED: [{"submission": said, "timestamp": iso(AT)}]})

    assert [(each.id, each.fields["form_name"]) for each in found.events] == [
        ("form_submissions:4", "Contact us")
    ]
    assert found.reread == ("47",)


def test_one_item_may_come_alone() -> None:
    assert told({UPDATED: {"contact": {"id": 47}, "timestamp": iso(AT)}}).reread == ("47",)


def test_what_is_of_no_contact_tells_nothing() -> None:
    items = [hit(lead=None), hit(code=301)]
    found = told({"mautic.company_post_save": [{"company": {"id": 1}}], HIT: items})

    assert found == Notification()


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"contact": None},
        {"contact": {"id": "1; DROP TABLE"}},
        {"contact": {"id": {"id": 1}}},
        {"contact": {"id": 4.5}},
        {"contact": {"id": -1}},
    ],
)
def test_an_item_that_cannot_be_read_costs_itself_alone(item: dict[str, Any]) -> None:
    found = told({UPDATED: [item, {"contact": {"id": 47}, "timestamp": iso(AT)}]})

    assert found.reread == ("47",)
    with pytest.raises(UnexpectedAnswer):
        told({UPDATED: [item]})


def test_an_instant_of_the_future_is_that_of_the_call() -> None:
    item = {"contact": {"id": 47}, "timestamp": iso(AT + timedelta(days=400))}

    assert told({UPDATED: [item]}).changed_at == {"47": AT}


def test_far_too_many_items_are_refused() -> None:
    with pytest.raises(TooLarge):
        told({UPDATED: [{"contact": {"id": 1}}] * (MOST_ITEMS + 1)})


def test_an_item_that_comes_twice_has_one_key() -> None:
    again = {**opened(), "timestamp": iso(AT + MINUTE)}

    assert keys_of({OPENED: [opened()]}) == keys_of({OPENED: [again]})
    assert keys_of({OPENED: [opened()]}) != keys_of({OPENED: [opened(2, AT + MINUTE)]})


def test_a_contact_that_changes_again_has_another_key() -> None:
    first = {"contact": {"id": 47}, "timestamp": iso(AT)}
    then = {"contact": {"id": 47}, "timestamp": iso(AT + MINUTE)}

    assert len(set(keys_of({UPDATED: [first, then, first]}))) == 2
