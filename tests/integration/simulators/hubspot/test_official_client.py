"""HubSpot's own client understands the simulator, and the simulator understands it."""

from __future__ import annotations

from typing import Any

import pytest
from hubspot.crm.contacts import ApiException  # type: ignore[import-untyped]

from tests.integration.simulators.hubspot.conftest import LAG, Official


def _filtered(name: str, operator: str, value: str) -> dict[str, Any]:
    filters = [{"propertyName": name, "operator": operator, "value": value}]
    return {"filterGroups": [{"filters": filters}], "limit": 10}


def test_a_contact_is_made_read_changed_and_deleted(official: Official) -> None:
    contacts = official.client.crm.contacts.basic_api
    made = contacts.create({"properties": {"email": "Ann@Example.com", "firstname": "Ann"}})

    contacts.update(made.id, {"properties": {"firstname": "Anna"}})
    read = contacts.get_by_id("ann@example.com", id_property="email", properties=["firstname"])
    contacts.archive(made.id)

    assert (read.id, read.properties["firstname"]) == (made.id, "Anna")
    assert [each.id for each in contacts.get_page(archived=True).results] == [made.id]
    assert contacts.get_page().results == []


def test_all_contacts_are_walked_page_by_page(official: Official) -> None:
    official.simulator.account.seed_contacts(250)

    found = official.client.crm.contacts.get_all()

    assert [each.id for each in found] == official.simulator.account.ids()


def test_a_search_finds_a_contact_once_the_index_knows_it(official: Official) -> None:
    client = official.client.crm.contacts
    made = client.basic_api.create({"properties": {"email": "ann@example.com"}})
    wanted = _filtered("email", "EQ", "ann@example.com")

    at_once = client.search_api.do_search(wanted)
    official.clock.advance(LAG)
    later = client.search_api.do_search(wanted)

    assert (at_once.total, later.total) == (0, 1)
    assert later.results[0].id == made.id


def test_a_batch_half_succeeds(official: Official) -> None:
    ann = official.simulator.account.add(email="ann@example.com")
    inputs = [
        {"id": ann, "properties": {"firstname": "Ann"}, "objectWriteTraceId": "first"},
        {"id": "7", "properties": {"firstname": "Nobody"}, "objectWriteTraceId": "second"},
    ]

    answer = official.client.crm.contacts.batch_api.update({"inputs": inputs})

    assert [each.object_write_trace_id for each in answer.results] == ["first"]
    assert (answer.num_errors, answer.errors[0].category) == (1, "OBJECT_NOT_FOUND")
    assert answer.errors[0].context["objectWriteTraceId"] == ["second"]


def test_batches_make_read_change_and_delete(official: Official) -> None:
    batches = official.client.crm.contacts.batch_api
    made = batches.create({"inputs": [{"properties": {"email": "ann@example.com"}}]})
    upserted = batches.upsert(
        {
            "inputs": [
                {"id": each, "idProperty": "email", "properties": {"city": "Lyon"}}
                for each in ("ann@example.com", "ben@example.com")
            ]
        }
    )
    wanted = {
        "idProperty": "email",
        "inputs": [{"id": "ben@example.com"}],
        "properties": ["city"],
        "propertiesWithHistory": [],
    }
    read = batches.read(wanted)
    batches.archive({"inputs": [{"id": made.results[0].id}]})

    assert {each.new for each in upserted.results} == {True, False}
    assert read.results[0].properties["city"] == "Lyon"
    assert official.simulator.account.ids() == [read.results[0].id]


def test_two_contacts_are_merged(official: Official) -> None:
    account = official.simulator.account
    ann, old = account.add(email="ann@example.com"), account.add(email="old@example.com")
    contacts = official.client.crm.contacts.basic_api

    contacts.merge({"primaryObjectId": ann, "objectIdToMerge": old})
    merged = contacts.get_by_id(
        ann, properties=["hs_merged_object_ids", "hs_additional_emails", "email"]
    )

    assert merged.properties["hs_merged_object_ids"] == old
    assert merged.properties["hs_additional_emails"] == "old@example.com"
    with pytest.raises(ApiException, match="404"):
        contacts.get_by_id(old)


def test_a_contact_is_erased(official: Official) -> None:
    ann = official.simulator.account.add(email="ann@example.com")

    official.client.crm.contacts.basic_api.purge({"objectId": ann})

    assert official.simulator.account.ids() == []


def test_properties_and_groups_are_made_and_read(official: Official) -> None:
    properties = official.client.crm.properties
    properties.groups_api.create("contacts", {"name": "heat", "label": "Heat"})
    field = {"label": "Heat", "type": "number", "fieldType": "number", "groupName": "heat"}

    made = properties.core_api.create("contacts", {"name": "heat_score", **field})
    many = properties.batch_api.create("contacts", {"inputs": [{"name": "heat_grade", **field}]})
    read = properties.core_api.get_by_name("contacts", "heat_score")
    everything = properties.core_api.get_all("contacts").results

    assert (made.type, read.group_name, read.hubspot_defined) == ("number", "heat", False)
    assert many.results[0].name == "heat_grade"
    assert {"email", "heat_score", "heat_grade"} <= {each.name for each in everything}
    assert "heat" in {each.name for each in properties.groups_api.get_all("contacts").results}


def test_lists_are_made_found_and_filled(official: Official) -> None:
    ann = official.simulator.account.add(email="ann@example.com")
    lists, members = official.client.crm.lists.lists_api, official.client.crm.lists.memberships_api
    wanted = {"name": "Hot leads", "objectTypeId": "0-1", "processingType": "MANUAL"}
    made = lists.create(wanted).list

    added = members.add(made.list_id, [ann, "7"])
    page = members.get_page(made.list_id)
    of_ann = members.get_lists("0-1", ann)
    removed = members.add_and_remove(
        made.list_id, {"recordIdsToAdd": [], "recordIdsToRemove": [ann]}
    )

    assert lists.get_by_name("Hot leads", "0-1").list.list_id == made.list_id
    found = lists.do_search({"query": "hot", "additionalProperties": ["hs_list_size"]})
    assert [each.list_id for each in found.lists] == [made.list_id]
    assert (added.records_ids_added, added.record_ids_missing) == ([ann], ["7"])
    assert [each.record_id for each in page.results] == [ann]
    assert [each.list_id for each in of_ann.results] == [made.list_id]
    assert removed.record_ids_removed == [ann]


def test_ids_of_old_lists_are_mapped(official: Official) -> None:
    made = official.simulator.account.add_list("Hot leads")

    mapped = official.client.crm.lists.mapping_api.translate_legacy_list_id_to_list_id_batch(
        [made.legacy_id, "1"]
    )

    assert mapped.legacy_list_ids_to_ids_mapping[0].list_id == made.id
    assert mapped.missing_legacy_list_ids == ["1"]


def test_owners_are_listed(official: Official) -> None:
    owners = official.client.crm.owners.owners_api.get_page()

    assert [each.email for each in owners.results] == ["ann@example.com", "ben@example.com"]


def test_notes_are_made_for_a_contact_and_found_through_it(official: Official) -> None:
    ann = official.simulator.account.add(email="ann@example.com")
    tie = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}
    wanted = {
        "properties": {"hs_note_body": "Hot!", "hs_timestamp": "2026-11-02T09:00:00Z"},
        "associations": [{"to": {"id": ann}, "types": [tie]}],
    }

    made = official.client.crm.objects.notes.basic_api.create(wanted)
    found = official.client.crm.associations.v4.batch_api.get_page(
        "contacts", "notes", {"inputs": [{"id": ann}]}
    )

    assert [str(each.to_object_id) for each in found.results[0].to] == [made.id]


def test_webhooks_are_set_up_changed_and_removed(official: Official) -> None:
    client, app = official.developer.webhooks, official.simulator.account.app_id
    target = {"targetUrl": "https://example.com/hook", "throttling": {"maxConcurrentRequests": 10}}
    client.settings_api.configure(app, target)
    made = client.subscriptions_api.create(app, {"eventType": "contact.creation", "active": False})

    client.subscriptions_api.update(int(made.id), app, {"active": True})
    switched = client.subscriptions_api.update_batch(
        app, {"inputs": [{"id": int(made.id), "active": True}, {"id": 999, "active": True}]}
    )
    every = client.subscriptions_api.get_all(app)
    client.subscriptions_api.archive(int(made.id), app)

    assert client.settings_api.get_all(app).target_url == "https://example.com/hook"
    assert [each.active for each in every.results] == [True]
    assert switched.num_errors == 1
    assert client.subscriptions_api.get_all(app).results == []


def test_events_of_a_contact_are_read(official: Official) -> None:
    account = official.simulator.account
    ann = account.add(email="ann@example.com")
    visit = account.engagement.occur("e_visited_page", "contact", ann, account.now_ms(), {"a": "1"})

    found = official.client.events.events_api.get_page(object_type="contact", object_id=int(ann))

    assert [each.id for each in found.results] == [visit["id"]]


def test_forms_and_webinars_are_read(official: Official) -> None:
    account = official.simulator.account
    ann = account.add(email="ann@example.com")
    webinar = account.engagement.hold_webinar("Heat pumps", account.now_ms())
    row = (webinar, ann, "ann@example.com", "REGISTERED", account.now_ms())
    account.engagement.participate(*row)

    marketing = official.client.marketing
    found = marketing.events.retrieve_participant_state_api
    breakdown = found.get_participations_breakdown_by_contact_id("ann@example.com")

    assert [each.properties.attendance_state for each in breakdown.results] == ["REGISTERED"]


def test_an_error_is_told_in_the_words_that_the_client_expects(official: Official) -> None:
    official.simulator.account.add(email="ann@example.com")

    with pytest.raises(ApiException) as raised:
        official.client.crm.contacts.basic_api.create({"properties": {"email": "ann@example.com"}})

    assert raised.value.status == 409
    assert "Contact already exists. Existing ID: 951" in raised.value.body
