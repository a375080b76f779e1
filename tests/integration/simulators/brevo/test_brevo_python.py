"""Brevo's own client of 2026 is at home in the simulator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from brevo import Brevo
from brevo.contacts import (
    AddContactToListRequestBodyIds,
    ImportContactsRequestJsonBodyItem,
    RemoveContactFromListRequestBodyIds,
)
from brevo.core.api_error import ApiError
from brevo.event import CreateEventRequestIdentifiers
from brevo.transactional_emails import SendTransacEmailRequestSender, SendTransacEmailRequestToItem

from adapters.brevo.simulator import BrevoSimulator
from adapters.brevo.simulator.attributes import Attribute
from tests.fakes import FakeClock


@pytest.fixture
def official(brevo: BrevoSimulator, url: str) -> Iterator[Brevo]:
    with httpx.Client() as connections:
        yield Brevo(api_key=brevo.account.key, base_url=url, httpx_client=connections)


def test_contacts_are_created_read_changed_and_deleted(official: Brevo) -> None:
    contacts = official.contacts

    made = contacts.create_contact(email="ann@example.com", attributes={"FIRSTNAME": "Ann"})
    contacts.update_contact("ann@example.com", attributes={"LASTNAME": "Lee"})
    found = contacts.get_contact_info("ann@example.com", identifier_type="email_id")
    contacts.delete_contact("ann@example.com", identifier_type="email_id")
    left = contacts.get_contacts(limit=1000, sort="asc")

    assert made is not None
    assert (found.id, found.email) == (made.id, "ann@example.com")
    assert found.attributes.model_dump() == {"FIRSTNAME": "Ann", "LASTNAME": "Lee"}
    assert (left.count, left.contacts) == (0, [])


def test_a_page_of_contacts_is_read_by_its_typed_fields(
    official: Brevo, brevo: BrevoSimulator
) -> None:
    people = [brevo.account.create(f"p{each}@example.com") for each in range(3)]

    page = official.contacts.get_contacts(limit=2, offset=1, sort="asc")
    some = official.contacts.get_contacts(ids=[people[0].id, people[2].id], sort="asc")

    assert (page.count, [each.id for each in page.contacts]) == (3, [people[1].id, people[2].id])
    assert [each.email for each in some.contacts] == ["p0@example.com", "p2@example.com"]


def test_what_is_not_there_is_the_clients_own_error(official: Brevo) -> None:
    with pytest.raises(ApiError) as caught:
        official.contacts.get_contact_info(404, identifier_type="contact_id")

    assert caught.value.status_code == 404


def test_attributes_are_created_and_listed(official: Brevo, brevo: BrevoSimulator) -> None:
    brevo.account.define(Attribute(name="LANGUAGE", category="category", labels={"en": "English"}))

    official.contacts.create_attribute("normal", "HEAT_SCORE", type="float")
    listed = {each.name: each for each in official.contacts.get_attributes().attributes}

    options = listed["LANGUAGE"].enumeration or []
    assert listed["HEAT_SCORE"].type == "float"
    # A value that is no number is told as 0, and as itself beside it.
    assert [(each.value, each.value_str) for each in options] == [(0, "en")]


def test_lists_take_contacts_in_and_let_them_go(official: Brevo, brevo: BrevoSimulator) -> None:
    ann = brevo.account.create("ann@example.com")
    contacts = official.contacts
    folder = contacts.get_folders(limit=10, offset=0).folders or []

    made = contacts.create_list(name="Hot", folder_id=folder[0].id)
    added = contacts.add_contact_to_list(
        made.id, request=AddContactToListRequestBodyIds(ids=[ann.id])
    )
    inside = contacts.get_contacts_from_list(made.id)
    contacts.remove_contact_from_list(
        made.id, request=RemoveContactFromListRequestBodyIds(ids=[ann.id])
    )
    after = contacts.get_contacts_from_list(made.id)

    assert added.contacts is not None
    assert added.contacts.success == [ann.id]
    assert (inside.count, after.count) == (1, 0)


def test_an_import_is_done_when_its_process_says_so(
    official: Brevo, brevo: BrevoSimulator, clock: FakeClock
) -> None:
    ann = brevo.account.create("ann@example.com")
    into = brevo.account.lists.add("imported")
    row = ImportContactsRequestJsonBodyItem(
        email="ann@example.com", attributes={"FIRSTNAME": "Ann"}
    )

    started = official.contacts.import_contacts(json_body=[row], list_ids=[into.id])
    statuses = []
    for _ in range(3):
        statuses.append(official.process.get_process(started.process_id).status)
        clock.advance(timedelta(seconds=8))

    assert statuses == ["queued", "in_process", "completed"]
    assert (ann.values, ann.list_ids) == ({"FIRSTNAME": "Ann"}, {into.id})


def test_webhooks_are_registered_listed_and_removed(official: Brevo) -> None:
    webhooks = official.webhooks

    made = webhooks.create_webhook(
        url="https://us.example/brevo",
        type="marketing",
        events=["opened", "click", "contactDeleted"],
        batched=True,
        auth={"type": "bearer", "token": "s3cret"},
    )
    listed = webhooks.get_webhooks().webhooks or []
    webhooks.delete_webhook(made.id)

    assert [(each.id, each.type, each.batched) for each in listed] == [(made.id, "marketing", True)]
    assert webhooks.get_webhooks().webhooks == []


def test_events_are_reported_and_read_back(official: Brevo, brevo: BrevoSimulator) -> None:
    ann = brevo.account.create("ann@example.com")

    official.event.create_event(
        event_name="demo_booked",
        identifiers=CreateEventRequestIdentifiers(email_id="ann@example.com"),
        event_properties={"seats": 3},
    )
    found = official.event.get_events(contact_id=[ann.id], event_name=["demo_booked"])

    events = found.events or []
    assert [(each.contact_id, each.event_properties) for each in events] == [(ann.id, {"seats": 3})]


def test_mail_is_sent_once_and_its_events_are_reported(
    official: Brevo, brevo: BrevoSimulator
) -> None:
    mail = official.transactional_emails

    sent = [
        mail.send_transac_email(
            sender=SendTransacEmailRequestSender(email="us@example.com"),
            to=[SendTransacEmailRequestToItem(email="ann@example.com")],
            subject="Hello",
            html_content="<p>Hello</p>",
            headers={"idempotencyKey": "once"},
        )
        for _ in range(2)
    ]
    report = mail.get_email_event_report(sort="asc")

    assert sent[0].message_id == sent[1].message_id
    assert [each.event for each in report.events or []] == ["requests", "delivered"]


def test_what_campaigns_did_to_a_contact_is_read(official: Brevo, brevo: BrevoSimulator) -> None:
    ann = brevo.account.create("ann@example.com")
    campaigns = brevo.account.campaigns
    news = campaigns.add("News")
    for event in ("sent", "opened", "opened"):
        campaigns.happen(event, ann, news)

    found = official.contacts.get_contact_stats(ann.id)
    listed = official.email_campaigns.get_email_campaigns(status="sent")

    assert [(each.campaign_id, each.count) for each in found.opened or []] == [(news.id, 2)]
    assert [each.id for each in listed.campaigns or []] == [news.id]
