"""Calls of Brevo: whoever carries the token is believed, and what is told becomes our words."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.brevo.webhooks.parser import MOST_ITEMS, BrevoWebhookParser
from adapters.brevo.webhooks.proof import MOST_BYTES
from connector.domain.contacts import Removal
from connector.errors import BadSignature, ConnectorError, TooLarge, UnexpectedAnswer
from connector.ports.webhook import Notification, WebhookRequest
from tests.conformance.webhook_suite import AT, WebhookConformance, WebhookWorld

TOKEN = "a-long-token"
SECOND = int(AT.timestamp())
ANN = "ann@mail.example.com"
NAMES = {"email.opened": "opened"}


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


class BrevoCalls:
    """How Brevo calls us: with the token, over a body that nobody signed."""

    is_dated = False
    is_signed = False

    def parser(self, *secrets: str) -> BrevoWebhookParser:
        return BrevoWebhookParser("mail", tuple(map(SecretStr, secrets)))

    def call(self, body: bytes, secret: str, at: datetime) -> WebhookRequest:
        headers = {"authorization": f"Bearer {secret}"}
        url = "https://heat.example.com/webhooks/mail"
        return WebhookRequest(method="POST", url=url, headers=headers, body=body, received_at=at)

    def event_body(self, kind: str, at: datetime) -> bytes:
        item = {"event": NAMES.get(kind, kind), "email": ANN, "ts_event": int(at.timestamp())}
        return json.dumps({"id": 5, "camp_id": 21, **item}).encode()


class TestBrevoWebhooks(WebhookConformance):
    @pytest.fixture
    def webhooks(self) -> WebhookWorld:
        return BrevoCalls()


def request_with(headers: Mapping[str, str], body: bytes = b"{}") -> WebhookRequest:
    return replace(BrevoCalls().call(body, TOKEN, AT), headers=headers)


def told_by(*items: Mapping[str, Any]) -> Notification:
    """Return what a call with these items tells."""
    given = [{"email": ANN, "ts_event": SECOND, **item} for item in items]
    body = json.dumps(given[0] if len(given) == 1 else given).encode()
    return BrevoCalls().parser().parse(BrevoCalls().call(body, TOKEN, AT))


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": f"Bearer {TOKEN}"},
        {"authorization": f"bearer  {TOKEN}"},
        {"authorization": basic(f"heatsync:{TOKEN}")},
        {"x-webhook-token": TOKEN},
    ],
    ids=["bearer", "bearer in small letters", "basic", "fixed header"],
)
def test_every_way_to_carry_the_token_proves_a_call(headers: Mapping[str, str]) -> None:
    BrevoCalls().parser(TOKEN).verify(request_with(headers))


def test_a_token_may_be_name_and_password() -> None:
    request = request_with({"authorization": basic("name:pass:word")})

    BrevoCalls().parser("name:pass:word").verify(request)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": TOKEN},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": basic(TOKEN[:-1])},
        {"authorization": "Basic é"},
        {"x-webhook-token": ""},
        {"x-webhook-token": TOKEN[:-1]},
        {"x-another": TOKEN},
    ],
    ids=str,
)
def test_anything_else_proves_nothing(headers: Mapping[str, str]) -> None:
    with pytest.raises(BadSignature):
        BrevoCalls().parser(TOKEN).verify(request_with(headers))


def test_a_body_that_is_too_large_is_refused() -> None:
    request = request_with({"x-webhook-token": TOKEN}, b" " * (MOST_BYTES + 1))

    with pytest.raises(TooLarge):
        BrevoCalls().parser(TOKEN).verify(request)


def test_whoever_cannot_store_a_call_answers_what_makes_brevo_call_again() -> None:
    assert BrevoCalls().parser().unavailable_status == 429


def test_a_batch_tells_what_its_items_tell() -> None:
    told = told_by({"event": "opened", "camp_id": 1}, {"event": "click", "camp_id": 1})

    assert [each.type for each in told.events] == ["email.opened", "email.clicked"]


def test_items_of_a_batch_have_keys_of_their_own_that_do_not_change() -> None:
    parser, one, two = BrevoCalls().parser(), {"event": "opened"}, {"event": "click"}
    batch, alone = json.dumps([one, two]).encode(), json.dumps(two).encode()

    keys = parser.delivery_ids(BrevoCalls().call(batch, TOKEN, AT))

    assert len(set(keys)) == 2
    assert keys[1:] == parser.delivery_ids(BrevoCalls().call(alone, TOKEN, AT))


def test_an_addition_to_lists_is_an_event_each_and_a_reason_to_look_again() -> None:
    told = told_by({"event": "list_addition", "list_id": [7, 8], "ts_event": None, "ts": SECOND})

    assert [(each.type, each.fields) for each in told.events] == [
        ("list.subscribed", {"list_id": "7"}),
        ("list.subscribed", {"list_id": "8"}),
    ]
    assert told.reread == (ANN,)


def test_a_change_of_a_contact_is_only_a_reason_to_look_again() -> None:
    told = told_by({"event": "contact_updated", "key": "x", "content": [{"AGE": 44}]})

    assert told == Notification(reread=(ANN,), changed_at={ANN: AT})


def test_a_deleted_contact_is_gone() -> None:
    told = told_by({"event": "contact_deleted", "list_id": []})

    assert told == Notification(removals=(Removal(remote_id=ANN),))


@pytest.mark.parametrize("event", ["unsubscribe", "unsubscribed", "spam", "hard_bounce"])
def test_what_may_close_an_address_is_a_reason_to_look_again(event: str) -> None:
    told = told_by({"event": event, "camp_id": 21})

    assert len(told.events) == 1
    assert told.reread == (ANN,)


@pytest.mark.parametrize("event", ["deferred", "blocked", "error", "inboundEmailProcessed"])
def test_what_a_mail_server_did_is_no_event(event: str) -> None:
    assert told_by({"event": event, "message-id": "<1@x>"}) == Notification()


def test_an_unknown_event_keeps_what_it_says_and_not_where_it_came_from() -> None:
    told = told_by({"event": "moonLanded", "id": 5, "crater": "Tycho", "ip": "10.0.0.1"})

    (event,) = told.events
    assert (event.type, event.fields) == ("custom.moon_landed", {"crater": "Tycho"})


def test_of_several_clocks_the_one_in_milliseconds_counts() -> None:
    item = {"event": "opened", "ts_epoch": (SECOND + 60) * 1000, "ts_event": SECOND, "ts": 1}

    (event,) = told_by(item).events

    assert event.occurred_at.timestamp() == SECOND + 60


def test_a_clock_that_may_be_local_never_tells_of_the_future() -> None:
    item = {"event": "list_addition", "list_id": [7], "ts_event": None}

    (early,) = told_by({**item, "ts": SECOND - 60}).events
    (late,) = told_by({**item, "ts": SECOND + 3600}).events

    assert early.occurred_at.timestamp() == SECOND - 60
    assert late.occurred_at == AT


def test_an_item_that_cannot_be_read_costs_only_itself() -> None:
    told = told_by(
        {"event": "opened", "ts_event": "later"}, {"event": "opened"}, {"event": 5, "email": 1}
    )

    assert len(told.events) == 1


@pytest.mark.parametrize(
    "item",
    [
        {"event": None},
        {"email": "nobody at home"},
        {"email": {"$ne": 1}},
        {"ts_event": None},
        {"ts_event": "1e400"},
        {"ts_event": 10**40},
        {"ts_event": [SECOND]},
    ],
    ids=str,
)
def test_a_call_in_which_nothing_can_be_read_is_a_clear_error(item: Mapping[str, Any]) -> None:
    with pytest.raises(UnexpectedAnswer) as caught:
        told_by({"event": "opened", **item})

    assert ANN not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b'[{"event": "opened"}, 5]',
        b'{"event": "opened", "email": "ann@mail.example.com", "ts_event": NaN}',
        b'{"event": "opened", "email": "ann@mail.example.com", "ts_event": Infinity}',
        b"1" * 5000,
    ],
    ids=["not objects", "no number", "no end", "too many digits"],
)
def test_hostile_numbers_and_shapes_are_a_clear_error(body: bytes) -> None:
    with pytest.raises(ConnectorError):
        BrevoCalls().parser().parse(BrevoCalls().call(body, TOKEN, AT))


def test_a_batch_larger_than_any_of_brevo_is_refused() -> None:
    body = json.dumps([{"event": "opened"}] * (MOST_ITEMS + 1)).encode()

    with pytest.raises(TooLarge):
        BrevoCalls().parser().delivery_ids(BrevoCalls().call(body, TOKEN, AT))


def test_texts_are_cut_and_cleaned_before_they_are_kept() -> None:
    item = {
        "event": "moon",
        "note": "a\0b" + "x" * 10_000,
        "deep": json.loads("[" * 500 + "]" * 500),
    }

    (event,) = told_by(item).events

    note = event.fields["note"]
    assert isinstance(note, str)
    assert note.startswith("abx")
    assert len(note) <= 4096
