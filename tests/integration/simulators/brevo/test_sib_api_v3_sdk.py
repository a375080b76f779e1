"""Brevo's own client of the years before is at home in the simulator, too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sib_api_v3_sdk as sib  # type: ignore[import-untyped] # it has no types
from sib_api_v3_sdk.rest import ApiException  # type: ignore[import-untyped] # neither

from adapters.brevo.simulator import BrevoSimulator
from tests.fakes import FakeClock


@pytest.fixture
def official(brevo: BrevoSimulator, url: str) -> Iterator[sib.ApiClient]:
    settings = sib.Configuration()
    settings.host = url
    settings.api_key["api-key"] = brevo.account.key
    client = sib.ApiClient(settings)
    yield client
    client.rest_client.pool_manager.clear()
    client.pool.close()
    client.pool.join()


def test_contacts_are_created_changed_and_listed(official: sib.ApiClient) -> None:
    contacts = sib.ContactsApi(official)

    made = contacts.create_contact(
        sib.CreateContact(email="ann@example.com", attributes={"FIRSTNAME": "Ann"})
    )
    contacts.update_contact(made.id, sib.UpdateContact(attributes={"LASTNAME": "Lee"}))
    listed = contacts.get_contacts(limit=1000, offset=0, sort="asc")

    (ann,) = listed.contacts
    assert ann["id"] == made.id
    assert ann["attributes"] == {"FIRSTNAME": "Ann", "LASTNAME": "Lee"}


def test_a_second_contact_with_the_same_address_is_refused(official: sib.ApiClient) -> None:
    contacts = sib.ContactsApi(official)
    contacts.create_contact(sib.CreateContact(email="ann@example.com"))

    with pytest.raises(ApiException) as caught:
        contacts.create_contact(sib.CreateContact(email="Ann@Example.com"))

    assert caught.value.status == 400
    assert "duplicate_parameter" in caught.value.body


def test_attributes_are_created_and_listed(official: sib.ApiClient) -> None:
    attributes = sib.ContactsApi(official)

    attributes.create_attribute("normal", "HEAT_GRADE", sib.CreateAttribute(type="text"))

    assert "HEAT_GRADE" in {each.name for each in attributes.get_attributes().attributes}


def test_adding_who_is_in_a_list_already_is_refused(
    official: sib.ApiClient, brevo: BrevoSimulator
) -> None:
    ann, hot = brevo.account.create("ann@example.com"), brevo.account.lists.add("Hot")
    contacts = sib.ContactsApi(official)

    done = contacts.add_contact_to_list(hot.id, sib.AddContactToList(ids=[ann.id]))
    with pytest.raises(ApiException) as caught:
        contacts.add_contact_to_list(hot.id, sib.AddContactToList(ids=[ann.id]))

    assert done.contacts.success == [str(ann.id)]
    assert "Contact already in list and/or does not exist" in caught.value.body


def test_an_import_runs_in_the_background(
    official: sib.ApiClient, brevo: BrevoSimulator, clock: FakeClock
) -> None:
    into = brevo.account.lists.add("imported")
    rows = [{"email": "new@example.com", "attributes": {"FIRSTNAME": "New"}}]

    process = sib.ContactsApi(official).import_contacts(
        sib.RequestContactImport(json_body=rows, list_ids=[into.id])
    )
    before = len(brevo.account.people)
    clock.advance(timedelta(minutes=1))
    sib.ProcessApi(official).get_processes(limit=10, offset=0)

    assert process.process_id in brevo.account.processes.by_id
    assert (before, len(brevo.account.people)) == (0, 1)


def test_webhooks_are_registered_and_removed(
    official: sib.ApiClient, brevo: BrevoSimulator
) -> None:
    webhooks = sib.WebhooksApi(official)

    made = webhooks.create_webhook(
        sib.CreateWebhook(url="https://us.example/brevo", events=["delivered"])
    )
    listed = webhooks.get_webhooks()
    webhooks.delete_webhook(made.id)

    assert [each["id"] for each in listed.webhooks] == [made.id]
    assert brevo.account.outbox.hooks == {}


def test_the_report_of_mail_is_read(official: sib.ApiClient, brevo: BrevoSimulator) -> None:
    mail = brevo.account.mail
    mail.happen("opened", mail.send("ann@example.com", subject="Hello"))

    report = sib.TransactionalEmailsApi(official).get_email_event_report(sort="asc")

    assert [each.event for each in report.events] == ["requests", "delivered", "opened"]


def test_a_wrong_key_is_refused(official: sib.ApiClient) -> None:
    official.configuration.api_key["api-key"] = "wrong"

    with pytest.raises(ApiException) as caught:
        sib.AccountApi(official).get_account()

    assert caught.value.status == 401
