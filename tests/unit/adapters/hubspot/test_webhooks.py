"""Calls of HubSpot: what proves them, and what they tell."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.hubspot.webhooks.parser import HubspotWebhookParser
from adapters.hubspot.webhooks.signature import SIGNATURE, TIMESTAMP, sign
from connector.domain.contacts import Removal
from connector.errors import BadSignature, TooOld, UnexpectedAnswer
from connector.ports.webhook import WebhookRequest
from tests.conformance.webhook_suite import AT, NEW_SECRET, WebhookBasics, WebhookWorld

URL = "https://www.example.com/webhook_uri"


def request_of(
    body: bytes, secret: str = NEW_SECRET, at: datetime = AT, url: str = URL
) -> WebhookRequest:
    """Return a call as HubSpot makes it."""
    timestamp = str(round(at.timestamp() * 1000))
    bare = WebhookRequest(method="POST", url=url, headers={}, body=body, received_at=at)
    headers = {SIGNATURE: sign(secret, bare, timestamp).decode(), TIMESTAMP: timestamp}
    return WebhookRequest(method="POST", url=url, headers=headers, body=body, received_at=at)


def parser_of(*secrets: str) -> HubspotWebhookParser:
    return HubspotWebhookParser("crm", tuple(map(SecretStr, secrets)))


def item(kind: str, object_id: object = 101, **more: object) -> dict[str, object]:
    """Return an item with all that HubSpot sends."""
    return {
        "eventId": 100,
        "subscriptionId": 1,
        "portalId": 62515,
        "appId": 9,
        "occurredAt": 1_768_473_000_000,
        "subscriptionType": kind,
        "attemptNumber": 0,
        "objectId": object_id,
        "changeSource": "CRM_UI",
        **more,
    }


def call(*items: object) -> WebhookRequest:
    return request_of(json.dumps(items).encode())


class _World:
    is_dated = True
    is_signed = True

    def parser(self, *secrets: str) -> HubspotWebhookParser:
        return parser_of(*secrets)

    def call(self, body: bytes, secret: str, at: datetime) -> WebhookRequest:
        return request_of(body, secret, at)

    def event_body(self, kind: str, at: datetime) -> bytes:
        return json.dumps([item("contact.propertyChange", propertyName=kind)]).encode()


class TestHubspot(WebhookBasics):
    @pytest.fixture
    def webhooks(self) -> WebhookWorld:
        return _World()


def _vendor_example(signature: str) -> WebhookRequest:
    return WebhookRequest(
        method="POST",
        url=URL,
        headers={SIGNATURE: signature, TIMESTAMP: "1693657560000"},
        body=b"{'example_field':'example_value'}",
        received_at=datetime(2023, 9, 2, 12, 28, tzinfo=UTC),
    )


def test_the_example_of_the_documentation_passes() -> None:
    request = _vendor_example("K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=")

    parser_of("yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy").verify(request)


@pytest.mark.parametrize("what", ["", f"POST{URL}"], ids=["version 1", "version 2"])
def test_signatures_of_older_versions_prove_nothing(what: str) -> None:
    secret = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
    content = f"{secret}{what}{{'example_field':'example_value'}}"
    request = _vendor_example(hashlib.sha256(content.encode()).hexdigest())

    with pytest.raises(BadSignature):
        parser_of(secret).verify(request)


@pytest.mark.parametrize(
    ("escape", "character"),
    [
        *(("%3A", ":"), ("%2F", "/"), ("%3F", "?"), ("%40", "@"), ("%21", "!"), ("%24", "$")),
        *(("%27", "'"), ("%28", "("), ("%29", ")"), ("%2A", "*"), ("%2C", ","), ("%3B", ";")),
    ],
)
def test_twelve_escapes_are_signed_as_what_they_stand_for(escape: str, character: str) -> None:
    address = "https://example.com/hook?to={}x"
    signed = request_of(b"[]", url=address.format(character))

    called = WebhookRequest(
        method="POST",
        url=address.format(escape),
        headers=signed.headers,
        body=b"[]",
        received_at=AT,
    )

    parser_of(NEW_SECRET).verify(called)


@pytest.mark.parametrize("escape", ["%20", "%26", "%23", "%C3%A9", "%3a"])
def test_other_escapes_are_signed_as_they_are(escape: str) -> None:
    request = request_of(b"[]", url=f"https://example.com/hook?to={escape}")

    assert escape in request.url
    parser_of(NEW_SECRET).verify(request)


def test_the_address_is_the_public_one_and_not_that_behind_a_proxy() -> None:
    outside = request_of(b"[]", url="https://leads.example.com/webhooks/crm")
    inside = WebhookRequest(
        method="POST",
        url="http://10.0.0.7:8000/webhooks/crm",
        headers=outside.headers,
        body=b"[]",
        received_at=AT,
    )

    with pytest.raises(BadSignature):
        parser_of(NEW_SECRET).verify(inside)


@pytest.mark.parametrize("late", [timedelta(minutes=5), timedelta(minutes=-5)], ids=str)
def test_five_minutes_are_not_too_late(late: timedelta) -> None:
    signed = request_of(b"[]")
    request = WebhookRequest(
        method="POST", url=URL, headers=signed.headers, body=b"[]", received_at=AT + late
    )

    parser_of(NEW_SECRET).verify(request)


@pytest.mark.parametrize("late", [timedelta(minutes=5, seconds=1), timedelta(minutes=-6)], ids=str)
def test_an_old_call_and_one_from_the_future_are_refused(late: timedelta) -> None:
    signed = request_of(b"[]")
    request = WebhookRequest(
        method="POST", url=URL, headers=signed.headers, body=b"[]", received_at=AT + late
    )

    with pytest.raises(TooOld):
        parser_of(NEW_SECRET).verify(request)


@pytest.mark.parametrize("timestamp", ["9" * 15, "9" * 200, "-5", "1e12", "²"])
def test_a_proved_call_of_an_impossible_time_is_refused(timestamp: str) -> None:
    bare = WebhookRequest(method="POST", url=URL, headers={}, body=b"[]", received_at=AT)
    proof = sign(NEW_SECRET, bare, timestamp).decode()
    headers = {SIGNATURE: proof, TIMESTAMP: timestamp}
    request = WebhookRequest(method="POST", url=URL, headers=headers, body=b"[]", received_at=AT)

    with pytest.raises((BadSignature, TooOld)):
        parser_of(NEW_SECRET).verify(request)


def test_the_number_of_the_attempt_is_no_part_of_a_key() -> None:
    first, second = (
        call(item("contact.creation", attemptNumber=0)),
        call(item("contact.creation", attemptNumber=3)),
    )

    assert parser_of().delivery_ids(first) == parser_of().delivery_ids(second)


@pytest.mark.parametrize(
    "other",
    [
        {"portalId": 1},
        {"objectId": 102},
        {"occurredAt": 1},
        {"eventId": 7},
        {"propertyName": "jobtitle"},
        {"subscriptionType": "contact.restore"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_an_event_id_alone_is_no_key(other: dict[str, object]) -> None:
    request = call(item("contact.propertyChange"), {**item("contact.propertyChange"), **other})

    assert len(set(parser_of().delivery_ids(request))) == 2


@pytest.mark.parametrize("kind", ["creation", "propertyChange", "restore"])
def test_whoever_changed_is_read_again_once(kind: str) -> None:
    request = call(item(f"contact.{kind}", 7), item(f"contact.{kind}", "7", eventId=2))

    told = parser_of().parse(request)

    assert (told.reread, told.removals) == (("7",), ())


def test_the_latest_change_of_a_contact_is_told_where_its_instant_is_one() -> None:
    at = 1_768_473_000_000
    items = [item("contact.creation", 101, occurredAt=at + 1000), item("contact.creation", 101)]
    strange = item("contact.creation", 102, occurredAt=10**20)

    told = parser_of(NEW_SECRET).parse(call(*items, strange))

    assert told.reread == ("101", "102")
    assert told.changed_at == {"101": datetime.fromtimestamp(at / 1000 + 1, UTC)}


def test_which_properties_changed_is_told_of_whoever_is_read_again() -> None:
    kind = "contact.propertyChange"
    items = [item(kind, 7, propertyName=name) for name in ("jobtitle", "phone")]
    others = [item("contact.creation", 8), item(kind, 9), item("contact.deletion", 9)]

    told = parser_of().parse(call(*items, *others))

    assert told.fields == {"7": {"jobtitle", "phone"}}


def test_a_deleted_contact_is_removed_and_not_read_again() -> None:
    request = call(item("contact.propertyChange", 7), item("contact.deletion", 7, occurredAt=2**41))

    told = parser_of().parse(request)

    assert (told.reread, told.removals) == ((), (Removal(remote_id="7"),))


@pytest.mark.parametrize("step", [1, -1], ids=["in order", "backwards"])
def test_a_restored_contact_is_read_again_in_whatever_order_it_is_told(step: int) -> None:
    deleted = item("contact.deletion", 7, occurredAt=1_000)
    restored = item("contact.restore", 7, occurredAt=2_000)

    told = parser_of().parse(call(*[deleted, restored][::step]))

    assert (told.reread, told.removals) == (("7",), ())


@pytest.mark.parametrize("is_first", [True, False])
def test_an_erased_contact_is_told_of_twice_and_erased(is_first: bool) -> None:
    both = [item("contact.privacyDeletion", 7), item("contact.deletion", 7)]

    told = parser_of().parse(call(*(both if is_first else both[::-1])))

    assert told.removals == (Removal(remote_id="7", erased=True),)


def test_a_merge_may_end_in_an_id_that_neither_had() -> None:
    merge = item("contact.merge", 3, primaryObjectId=1, mergedObjectIds=[2], newObjectId=3)

    told = parser_of().parse(call(merge))

    assert {each.remote_id: each.merged_into for each in told.removals} == {"1": "3", "2": "3"}
    assert told.reread == ("3",)


def test_a_merge_without_a_new_id_ends_in_the_primary_record() -> None:
    merge = item("contact.merge", 1, primaryObjectId=1, mergedObjectIds=[2, 5])

    told = parser_of().parse(call(merge))

    assert {each.remote_id: each.merged_into for each in told.removals} == {"2": "1", "5": "1"}
    assert told.reread == ("1",)


def test_records_of_other_types_are_left_out() -> None:
    request = call(
        item("deal.creation", 1),
        item("object.creation", 2, objectTypeId="0-3"),
        item("object.creation", 3, objectTypeId="0-1"),
        item("moon.landing", 4),
    )

    assert parser_of().parse(request).reread == ("3",)


@pytest.mark.parametrize(
    "body",
    [
        [item("contact.creation", "1; DROP")],
        [item("contact.creation", None)],
        [item("contact.creation", [1])],
        [item("contact.creation", "٣")],
        [item("contact.merge", 1, primaryObjectId=1, mergedObjectIds="2")],
        [1],
        [item("contact.creation")] * 101,
    ],
    ids=["text", "null", "list", "not ascii", "merged is no list", "number", "more than 100"],
)
def test_a_body_of_another_shape_is_refused(body: list[Any]) -> None:
    request = request_of(json.dumps(body).encode())

    with pytest.raises(UnexpectedAnswer):
        parser_of(NEW_SECRET).parse(request)


def test_an_item_that_cannot_be_read_costs_only_itself() -> None:
    request = call(
        item("contact.creation", "1; DROP"),
        item("contact.merge", 1, primaryObjectId=1, mergedObjectIds="2"),
        item("contact.privacyDeletion", 3),
    )

    told = parser_of().parse(request)

    assert (told.removals, told.reread) == ((Removal(remote_id="3", erased=True),), ())


def test_hubspot_is_asked_to_come_again() -> None:
    assert parser_of().unavailable_status == 503
