"""A call is read where the configuration says, and nothing in it is more than a problem."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from adapters.webhook.config import WebhookConfig
from adapters.webhook.parser import MOST_ITEMS, WebhookToolParser
from connector.domain.contacts import Reading
from connector.domain.values import FieldType
from connector.errors import ConnectorError, UnexpectedAnswer
from connector.ports.webhook import Notification, WebhookRequest
from tests.builders import T

EVENT = {"type": "type", "contact": "contact", "occurred_at": "at"}
CONTACT = {"id": "id", "email": "email", "attributes": {"country": "country", "age": "age"}}
READING = Reading(fields={"country": FieldType.TEXT, "age": FieldType.NUMBER})
HOUR = timedelta(hours=1)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def parser(reading: Reading | None = READING, **receives: object) -> WebhookToolParser:
    config = WebhookConfig.model_validate(
        {"adapter": "webhook", "proof": "bearer", "receives": receives}
    )
    assert config.receives is not None
    secrets = [SecretStr("secret")]
    return WebhookToolParser(
        name="shop", config=config, receives=config.receives, secrets=secrets, reading=reading
    )


def a_request(body: object) -> WebhookRequest:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    url = "https://heat.example.com/webhooks/shop"
    return WebhookRequest(method="POST", url=url, headers={}, body=raw, received_at=T)


def told(body: object, reading: Reading | None = READING, **receives: object) -> Notification:
    return parser(reading, **receives).parse(a_request(body))


def test_an_event_takes_its_columns_by_type_and_all_else_as_it_is() -> None:
    fields = {"amount": "total", "url": "page", "color": "color", "is_new": "new"}
    body = {"type": "order.placed", "contact": "Ann@X.org ", "at": T.timestamp()}

    (event,) = told(
        {**body, "total": "12.50", "page": 7, "color": "red", "new": True},
        events={**EVENT, "fields": fields},
    ).events

    assert (event.subject, event.type, event.occurred_at) == ("ann@x.org", "order.placed", T)
    assert event.fields == {"amount": 12.5, "url": "7", "color": "red", "is_new": True}


def test_equal_events_without_ids_are_one_event() -> None:
    body = {"type": "visited", "contact": 7, "at": "2026-01-15"}

    first, second = told([body, dict(reversed(body.items()))], events=EVENT).events

    assert first == second
    assert (first.type, first.subject) == ("custom.visited", "7")


def test_a_contact_tells_only_what_is_there_and_what_is_read() -> None:
    mapping = {**CONTACT, "opted_out": "no_mail", "modified_at": "at"}
    body = {"id": 7, "country": "FR", "age": None, "at": (T - HOUR).isoformat()}

    (contact,) = told(body, contacts=mapping).contacts
    (other,) = told(
        {"id": "8", "email": "", "no_mail": "yes", "age": ""}, contacts=mapping
    ).contacts
    (third,) = told(body, Reading(), contacts=mapping).contacts

    assert (contact.remote_id, contact.tells, contact.modified_at) == ("7", frozenset(), T - HOUR)
    assert contact.attributes == {"country": "FR"}
    assert (other.tells, other.opted_out) == (frozenset({"emails", "opted_out"}), True)
    assert (other.attributes, other.modified_at) == ({"age": None}, T)
    assert third.attributes == {}


def test_an_address_alone_is_name_enough() -> None:
    (contact,) = told({"mail": "Ann@X.org"}, contacts={"email": "mail"}).contacts

    assert (contact.remote_id, contact.emails) == ("ann@x.org", ("ann@x.org",))


def test_what_does_not_fit_costs_itself_alone_and_is_told() -> None:
    good = {"type": "visited", "contact": "1", "at": T.isoformat()}
    bad = [{**good, "at": "yesterday"}, {**good, "contact": {}}, {**good, "n": "many"}]

    found = told([*bad, good], events={**EVENT, "when": "type", "fields": {"amount": "n"}})

    assert len(found.events) == 2
    assert [each.path for each in found.problems] == ["platforms.shop.receives"] * 3
    first, second, third = (each.message for each in found.problems)
    assert first.startswith("item 1: `occurred_at` is not an instant")
    assert second == "item 2: `contact` is neither a text nor a whole number"
    assert third == "item 3: `amount` is not a number"


def test_an_item_that_was_asked_for_and_lacks_a_name_is_told() -> None:
    asked = told({"kind": "x"}, contacts={**CONTACT, "when": "kind == 'x'"})

    assert [each.message for each in asked.problems] == ["item 1: it has not an id"]


def test_an_item_in_which_nothing_is_found_is_told() -> None:
    found = told({"kind": "x", "contact": "1"}, contacts=CONTACT, events=EVENT)

    assert [each.message for each in found.problems] == [
        "item 1: it has not an id",
        "item 1: it has not a type",
    ]


def test_what_an_item_of_another_kind_lacks_is_not_told() -> None:
    one = {"type": "visited", "contact": "1", "at": T.isoformat()}

    found = told([one, {"id": 7}], contacts=CONTACT, events=EVENT)

    assert (len(found.contacts), len(found.events), found.problems) == (1, 1, ())


def test_an_item_that_is_left_out_is_not_told() -> None:
    found = told({"kind": "x"}, contacts={**CONTACT, "when": "kind == 'y'"})

    assert (found.contacts, found.problems) == ((), ())


def test_an_expression_that_means_nothing_here_is_told() -> None:
    found = told({"type": 7}, events={**EVENT, "type": "join(' ', type)"})

    assert [each.message for each in found.problems] == [
        "item 1: `join(' ', type)` cannot be applied to it"
    ]


@pytest.mark.parametrize("name", ["\x00", "\ud800", " ", "x" * 600, 10**30])
def test_a_name_that_cannot_be_kept_is_refused(name: object) -> None:
    found = told({"id": name}, contacts=CONTACT)

    assert (found.contacts, len(found.problems)) == ((), 1)


def test_items_stand_where_the_configuration_says() -> None:
    body = {"orders": [{"lines": [{"id": 1}, {"id": 2}]}, {"lines": [{"id": 3}]}]}

    found = told(body, items="orders[].lines[]", contacts=CONTACT)

    assert [each.remote_id for each in found.contacts] == ["1", "2", "3"]
    assert told(body, items="nothing", contacts=CONTACT) == Notification()


def test_more_items_than_anybody_needs_are_refused() -> None:
    with pytest.raises(UnexpectedAnswer, match="more than 10,000 items"):
        told([{"id": 1}] * (MOST_ITEMS + 1), contacts=CONTACT)


def test_repeats_are_known_by_key_else_by_content() -> None:
    by_key, by_content = parser(contacts=CONTACT, key="id"), parser(contacts=CONTACT)
    one, same = {"id": 1, "x": 1, "y": 2}, {"y": 2, "x": 1, "id": 1}

    def keys(of: WebhookToolParser, *items: object) -> list[str]:
        return [*of.delivery_ids(a_request(list(items)))]

    assert keys(by_key, one) == keys(by_key, {"id": 1}) != keys(by_key, {"id": "1"})
    assert keys(by_content, one) == keys(by_content, same) != keys(by_content, {"id": 1})
    assert len(keys(by_content, b"no JSON".decode(), 7)) == 2
    assert len([*by_content.delivery_ids(a_request(b"no JSON"))]) == 1


@given(body=anything | st.binary())
def test_no_body_is_more_than_a_clear_error(body: Any) -> None:  # noqa: ANN401 - any JSON
    reader = parser(
        contacts={**CONTACT, "created_at": "created_at", "opted_out": "values(@)"},
        events={**EVENT, "when": "contact || at", "fields": {"amount": "max_by(@, &id)"}},
        removals={"contact": "to_string(@)", "erased": "erased"},
        key="sort(@)",
    )
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()

    assert reader.delivery_ids(a_request(raw))
    try:
        found = reader.parse(a_request(raw))
    except ConnectorError:
        return
    assert found == reader.parse(a_request(raw))


@given(values=st.dictionaries(st.sampled_from(["id", "email", "type", "contact", "at"]), anything))
def test_no_value_is_more_than_a_problem(values: dict[str, Any]) -> None:
    found = told([values], contacts=CONTACT, events=EVENT)

    assert all(each.remote_id.strip() for each in found.contacts)
    assert all(each.subject.strip() and each.type for each in found.events)


def test_members_of_lists_come_and_go() -> None:
    mapping = {"contact": "id", "list": "segment", "is_member": "entered"}
    body = [{"id": 1, "segment": "VIP", "entered": each} for each in (True, "no", None)]

    found = told(body, lists=mapping)

    assert [(each.list_name, each.remote_id) for each in found.memberships] == [("VIP", "1")] * 2
    assert [each.is_member for each in found.memberships] == [True, False]
    assert [each.message for each in found.problems] == [
        "item 3: `is_member` is neither true nor false"
    ]
