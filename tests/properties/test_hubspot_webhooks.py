"""Whatever a call to the webhook of HubSpot holds: it is read, or refused in plain words."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from adapters.hubspot.webhooks.parser import HubspotWebhookParser
from adapters.hubspot.webhooks.signature import SIGNATURE, TIMESTAMP
from connector.errors import ConnectorError, UnexpectedAnswer, WebhookRefused
from connector.ports.webhook import WebhookRequest

SECRET = "the-secret"
PARSER = HubspotWebhookParser("crm", (SecretStr(SECRET),))
NAMES = (
    *("subscriptionType", "objectId", "objectTypeId", "occurredAt", "eventId", "portalId"),
    *("primaryObjectId", "mergedObjectIds", "newObjectId", "propertyName", "attemptNumber"),
)
KINDS = [
    f"{kind}.{action}"
    for kind in ("contact", "object", "deal")
    for action in ("creation", "deletion", "merge", "restore", "privacyDeletion", "propertyChange")
]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
items = st.dictionaries(
    st.sampled_from(NAMES), anything | st.sampled_from(KINDS) | st.integers(1, 5)
).flatmap(lambda item: st.sampled_from(KINDS).map(lambda kind: {**item, "subscriptionType": kind}))
bodies = (
    st.binary(max_size=200)
    | anything.map(lambda each: json.dumps(each).encode())
    | st.lists(items, max_size=5).map(lambda each: json.dumps(each).encode())
)


def request_of(body: bytes, headers: dict[str, str] | None = None) -> WebhookRequest:
    return WebhookRequest(
        method="POST",
        url="https://leads.example.com/webhooks/crm",
        headers=headers or {},
        body=body,
        received_at=datetime(2026, 1, 15, 10, 30, tzinfo=UTC),
    )


def refusal(read: Callable[[WebhookRequest], object], body: bytes) -> str | None:
    """Return why a body is not read; anything but a refusal fails the test."""
    try:
        read(request_of(body))
    except UnexpectedAnswer as error:
        return str(error)
    return None


@given(bodies)
def test_a_body_is_read_or_refused(body: bytes) -> None:
    told = {refusal(read, body) for read in (PARSER.parse, PARSER.delivery_ids)}

    assert told <= {None, "crm: the body of a webhook cannot be read"}


@given(bodies)
def test_what_is_told_are_ids_and_nobody_is_both_gone_and_to_be_read(body: bytes) -> None:
    try:
        told = PARSER.parse(request_of(body))
    except ConnectorError:
        return

    gone = {each.remote_id for each in told.removals}
    assert all(each.isdecimal() for each in (*told.reread, *gone))
    assert gone.isdisjoint(told.reread)


@given(st.text(), st.text(), st.binary(max_size=50))
def test_no_proof_but_the_true_one_passes(signature: str, timestamp: str, body: bytes) -> None:
    request = request_of(body, {SIGNATURE: signature, TIMESTAMP: timestamp})

    try:
        PARSER.verify(request)
    except WebhookRefused:
        return
    raise AssertionError(signature)
