"""Whatever a call says, it becomes our words or a clear error: nothing else, and nothing unsafe."""

from __future__ import annotations

import json
from contextlib import suppress

from hypothesis import example, given
from hypothesis import strategies as st

from adapters.brevo.values import LONGEST
from adapters.brevo.webhooks.parser import BrevoWebhookParser
from connector.errors import ConnectorError
from connector.ports.webhook import Notification, WebhookRequest
from tests.unit.adapters.brevo.canned import AT

PARSER = BrevoWebhookParser("mail", ())

names = st.sampled_from(
    [
        "event",
        "email",
        "ts_event",
        "ts_epoch",
        "ts",
        "camp_id",
        "message-id",
        "link",
        "URL",
        "tags",
        "list_id",
        "amount",
        "x",
    ]
)
events = st.sampled_from(["opened", "click", "list_addition", "contact_deleted", "moonLanded"])
words = events | st.sampled_from(["a@x.org", "\0", "é"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
items = st.dictionaries(names, anything)
told = st.fixed_dictionaries(
    {
        "event": events,
        "email": st.just("ann@mail.example.com"),
        "ts_event": st.integers(1, 2**33),
    },
    optional={"list_id": anything, "camp_id": anything, "link": anything, "y": anything},
)


def parsed(body: bytes) -> Notification:
    request = WebhookRequest(method="POST", url="/", headers={}, body=body, received_at=AT)
    PARSER.delivery_ids(request)
    return PARSER.parse(request)


def is_safe(notification: Notification) -> bool:
    """Return whether every text can be kept by any database, and none is endless."""
    kept = [text for each in notification.events for text in (each.id, each.type, *each.fields)]
    kept += [
        value
        for each in notification.events
        for value in each.fields.values()
        if isinstance(value, str)
    ]
    return all(len(text) <= LONGEST and "\0" not in text and text.encode() for text in kept)


@given(st.binary() | st.builds(lambda each: json.dumps(each).encode(), anything))
@example(b"\xef\xbb\xbf{}")
def test_any_body_at_all_is_read_or_refused(body: bytes) -> None:
    with suppress(ConnectorError):
        assert is_safe(parsed(body))


@given(st.lists(items, max_size=3))
def test_any_items_are_read_or_refused(given_items: list[object]) -> None:
    with suppress(ConnectorError):
        assert is_safe(parsed(json.dumps(given_items).encode()))


@given(st.lists(told, min_size=1, max_size=3))
def test_items_with_their_essentials_are_always_read(given_items: list[object]) -> None:
    assert is_safe(parsed(json.dumps(given_items).encode()))
