"""A call tells whether an equal one may say the same anew, and of whom it says something."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from adapters.webhook.config import WebhookConfig
from adapters.webhook.parser import WebhookToolParser
from connector.ports.webhook import DATED, Telling
from tests.unit.adapters.webhook.test_parser import HOUR, a_request, anything, parser, told

CONTACT = {"id": "id", "email": "email", "modified_at": "at"}
BY_ADDRESS = {"email": "email"}
VISIT = {"when": "page", "type": "'visit'", "contact": "id"}
LIST = {"when": "segment", "contact": "id", "list": "segment"}
REMOVAL = {"when": "gone", "contact": "id"}
AT = "2026-01-15T10:00:00Z"


def telling(body: object, **receives: Any) -> Telling:  # noqa: ANN401 - whatever an entry may say
    return parser(**receives).telling(a_request(body))


def test_a_contact_is_of_one_time_only_where_the_call_says_which() -> None:
    assert telling({"id": 1, "at": AT}, contacts=CONTACT).is_dated
    for at in (None, "", "soon", True):
        assert not telling({"id": 1, "at": at}, contacts=CONTACT).is_dated


def test_whoever_is_told_of_is_the_same_in_whatever_is_told() -> None:
    everything = {"contacts": CONTACT, "lists": LIST, "removals": REMOVAL}
    contact = telling({"id": 1, "x": 1}, **everything)
    member = telling({"id": " 1", "segment": "VIP"}, **everything)
    removal = telling({"id": "1", "gone": True}, **everything)

    assert contact == member == removal
    assert len(contact.about) == 1
    assert telling({"id": 2}, **everything).about != contact.about
    assert telling({"id": 1, "at": AT}, **everything).about == contact.about


def test_an_address_is_one_however_it_is_spelled() -> None:
    one, same = telling({"email": "A@x.org"}, contacts=BY_ADDRESS), {"email": " a@X.org"}

    assert one == telling(same, contacts=BY_ADDRESS)


def test_an_event_is_one_of_its_kind_by_an_id_or_a_time() -> None:
    item = {"page": "/", "id": 1}

    assert not telling(item, events=VISIT).is_dated
    assert telling({**item, "at": AT}, events={**VISIT, "occurred_at": "at"}).is_dated
    assert telling({**item, "number": 7}, events={**VISIT, "id": "number"}).is_dated
    assert telling(item, events=VISIT).about != telling({**item, "x": 1}, events=VISIT).about


def test_a_contact_told_with_an_event_of_one_time_is_of_that_time() -> None:
    event = {**VISIT, "occurred_at": "at"}

    assert telling({"id": 1, "page": "/", "at": AT}, contacts=CONTACT, events=event).is_dated


def test_what_nothing_is_found_in_is_known_by_all_of_it() -> None:
    found = telling({"x": 1}, contacts=CONTACT)

    assert (found.is_dated, len(found.about)) == (False, 1)
    assert found != telling({"x": 2}, contacts=CONTACT)


def test_of_several_items_one_without_a_date_is_enough() -> None:
    found = telling([{"id": 1, "at": AT}, {"id": 2}], contacts=CONTACT)

    assert (found.is_dated, len(found.about)) == (False, 2)


def test_a_key_of_the_configuration_tells_all_that_has_one_apart() -> None:
    body = [{"id": 1, "number": 7}]

    assert telling(body, contacts=CONTACT, key="number") == DATED
    assert not telling([{"id": 1}], contacts=CONTACT, key="number").is_dated


def test_standard_webhooks_are_told_apart_by_their_ids() -> None:
    config = WebhookConfig.model_validate(
        {"adapter": "webhook", "proof": "standard", "receives": {"contacts": CONTACT}}
    )
    assert config.receives is not None
    reader = WebhookToolParser(
        name="shop", config=config, receives=config.receives, secrets=[SecretStr("s" * 24)]
    )
    request = a_request({"id": 1})

    assert reader.telling(replace(request, headers={"webhook-id": "a"})) == DATED


def keyed(secret: str, **receives: Any) -> WebhookToolParser:  # noqa: ANN401 - as an entry has it
    config = WebhookConfig.model_validate(
        {"adapter": "webhook", "proof": "bearer", "receives": receives}
    )
    assert config.receives is not None
    return WebhookToolParser(
        name="shop", config=config, receives=config.receives, secrets=[SecretStr(secret)]
    )


def test_nobody_learns_from_a_key_whose_it_is_or_what_was_said() -> None:
    item = {"email": "a@x.org", "page": "/"}
    request = a_request(item)
    readers = [keyed(each, contacts=BY_ADDRESS, events=VISIT) for each in ("one", "another")]

    keys = [{*each.telling(request).about, *each.delivery_ids(request)} for each in readers]

    assert keys[0].isdisjoint(keys[1])
    assert [len(each) for each in keys] == [2, 2]


def test_what_counts_once_does_so_whatever_the_secret_is_by_then() -> None:
    before, after = (keyed(each, contacts=CONTACT, key="number") for each in ("one", "another"))
    request = a_request({"id": 1, "number": 7})

    assert before.delivery_ids(request) == after.delivery_ids(request)


def test_an_event_without_a_time_happened_when_the_call_came() -> None:
    first = a_request({"page": "/", "id": 1})
    later = replace(first, received_at=first.received_at + HOUR)
    reader = parser(events=VISIT)

    (one,), (other,) = (reader.parse(each).events for each in (first, later))

    assert (one.occurred_at, other.occurred_at) == (first.received_at, later.received_at)
    assert one.id != other.id
    assert told({"page": "/", "id": 1}, events=VISIT).events == (one,)


@given(body=anything | st.binary())
def test_no_body_is_too_odd(body: Any) -> None:  # noqa: ANN401 - any JSON
    found = telling(
        body,
        contacts={**CONTACT, "when": "values(@)"},
        events={**VISIT, "occurred_at": "max_by(@, &id)"},
        lists={**LIST, "contact": "to_string(@)"},
        removals=REMOVAL,
        key="sort(@)",
    )

    assert found.is_dated or found.about
