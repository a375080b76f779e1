"""Every endpoint once, and where each version has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from adapters.hubspot.simulator.handlers import (
    account,
    associations,
    batches,
    engagement,
    journal,
    lists,
    properties,
    records,
    searching,
    webhooks,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapters.hubspot.simulator.call import Call
    from adapters.simulation.messages import Reply


class Endpoint(NamedTuple):
    """Something that can be asked."""

    method: str
    path: str
    """Below the prefix of its area."""
    handler: Callable[[Call], Reply]
    scope: str = ""
    """What a token must be allowed; `{objectType}` is the type of the objects asked for."""


_READ = "crm.objects.{objectType}.read"
_WRITE = "crm.objects.{objectType}.write"
_SEE_PROPERTIES = "crm.schemas.{objectType}.read"
_MAKE_PROPERTIES = "crm.schemas.{objectType}.write"
_SEE_LISTS = "crm.lists.read"
_MAKE_LISTS = "crm.lists.write"
_WEBINARS = "crm.objects.marketing_events.read"
JOURNAL_SCOPE = "developer.webhooks_journal.read"

# Of several that fit a path the first one counts, so fixed words come before names.
AREAS: Mapping[str, tuple[Endpoint, ...]] = {
    "objects": (
        Endpoint("GET", "/{objectType}", records.list_records, _READ),
        Endpoint("POST", "/{objectType}", records.create_record, _WRITE),
        Endpoint("POST", "/{objectType}/search", searching.search_records, _READ),
        Endpoint("POST", "/{objectType}/merge", records.merge_records, _WRITE),
        Endpoint("POST", "/{objectType}/gdpr-delete", records.erase_contact, _WRITE),
        Endpoint("POST", "/{objectType}/batch/read", batches.read_batch, _READ),
        Endpoint("POST", "/{objectType}/batch/update", batches.update_batch, _WRITE),
        Endpoint("POST", "/{objectType}/batch/create", batches.create_batch, _WRITE),
        Endpoint("POST", "/{objectType}/batch/upsert", batches.upsert_batch, _WRITE),
        Endpoint("POST", "/{objectType}/batch/archive", batches.archive_batch, _WRITE),
        Endpoint("GET", "/{objectType}/{objectId}", records.read_record, _READ),
        Endpoint("PATCH", "/{objectType}/{objectId}", records.update_record, _WRITE),
        Endpoint("DELETE", "/{objectType}/{objectId}", records.archive_record, _WRITE),
    ),
    "associated objects": (
        Endpoint(
            "GET",
            "/{objectType}/{objectId}/associations/{toObjectType}",
            associations.read_associations_of,
            _READ,
        ),
        Endpoint(
            "PUT",
            "/{objectType}/{objectId}/associations/default/{toObjectType}/{toObjectId}",
            associations.associate_plainly,
            _WRITE,
        ),
    ),
    "associations": (
        Endpoint(
            "POST",
            "/{objectType}/{toObjectType}/batch/read",
            associations.read_associations,
            _READ,
        ),
        Endpoint(
            "POST", "/{objectType}/{toObjectType}/batch/create", associations.associate, _WRITE
        ),
    ),
    "properties": (
        Endpoint("GET", "/{objectType}", properties.list_properties, _SEE_PROPERTIES),
        Endpoint("POST", "/{objectType}", properties.create_property, _MAKE_PROPERTIES),
        Endpoint(
            "POST", "/{objectType}/batch/create", properties.create_properties, _MAKE_PROPERTIES
        ),
        Endpoint("POST", "/{objectType}/batch/read", properties.read_properties, _SEE_PROPERTIES),
        Endpoint("GET", "/{objectType}/groups", properties.list_groups, _SEE_PROPERTIES),
        Endpoint("POST", "/{objectType}/groups", properties.create_group, _MAKE_PROPERTIES),
        Endpoint("GET", "/{objectType}/groups/{groupName}", properties.read_group, _SEE_PROPERTIES),
        Endpoint("GET", "/{objectType}/{propertyName}", properties.read_property, _SEE_PROPERTIES),
        Endpoint(
            "PATCH", "/{objectType}/{propertyName}", properties.update_property, _MAKE_PROPERTIES
        ),
        Endpoint(
            "DELETE", "/{objectType}/{propertyName}", properties.archive_property, _MAKE_PROPERTIES
        ),
    ),
    "lists": (
        Endpoint("POST", "", lists.create_list, _MAKE_LISTS),
        Endpoint("GET", "", lists.read_lists, _SEE_LISTS),
        Endpoint("POST", "/search", lists.search_lists, _SEE_LISTS),
        Endpoint("GET", "/idmapping", lists.map_ids, _SEE_LISTS),
        Endpoint("POST", "/idmapping", lists.map_ids, _SEE_LISTS),
        Endpoint(
            "GET",
            "/object-type-id/{objectTypeId}/name/{listName}",
            lists.read_list_by_name,
            _SEE_LISTS,
        ),
        Endpoint(
            "GET",
            "/records/{objectTypeId}/{recordId}/memberships",
            lists.lists_of_record,
            _SEE_LISTS,
        ),
        Endpoint("GET", "/{listId}", lists.read_list, _SEE_LISTS),
        Endpoint("DELETE", "/{listId}", lists.delete_list, _MAKE_LISTS),
        Endpoint("PUT", "/{listId}/restore", lists.restore_list, _MAKE_LISTS),
        Endpoint("PUT", "/{listId}/update-list-name", lists.rename_list, _MAKE_LISTS),
        Endpoint("GET", "/{listId}/memberships", lists.read_members, _SEE_LISTS),
        Endpoint("DELETE", "/{listId}/memberships", lists.clear_members, _MAKE_LISTS),
        Endpoint("GET", "/{listId}/memberships/join-order", lists.read_members_by_time, _SEE_LISTS),
        Endpoint("PUT", "/{listId}/memberships/add", lists.add_members, _MAKE_LISTS),
        Endpoint("PUT", "/{listId}/memberships/remove", lists.remove_members, _MAKE_LISTS),
        Endpoint("PUT", "/{listId}/memberships/add-and-remove", lists.change_members, _MAKE_LISTS),
    ),
    "occurrences": (
        Endpoint("GET", "", engagement.read_occurrences, "behavioral_events.read"),
        Endpoint("GET", "/event-types", engagement.read_event_types, "behavioral_events.read"),
    ),
    "send events": (
        Endpoint("POST", "", engagement.send_event, "analytics.behavioral_events.send"),
        Endpoint("POST", "/batch", engagement.send_events, "analytics.behavioral_events.send"),
    ),
    "marketing events": (
        Endpoint("GET", "", engagement.list_webinars, _WEBINARS),
        Endpoint(
            "GET",
            "/participations/contacts/{contact}/breakdown",
            engagement.read_participations_of_contact,
            _WEBINARS,
        ),
        Endpoint(
            "GET",
            "/participations/{eventId}/breakdown",
            engagement.read_participations_of_event,
            _WEBINARS,
        ),
    ),
    "forms": (Endpoint("GET", "", engagement.list_forms, "forms"),),
    "single send": (Endpoint("POST", "", engagement.send_single, "transactional-email"),),
    "preferences": (
        Endpoint(
            "GET",
            "/statuses/{email}",
            engagement.read_preferences,
            "communication_preferences.read",
        ),
    ),
    "owners": (
        Endpoint("GET", "", account.list_owners, "crm.objects.owners.read"),
        Endpoint("GET", "/{ownerId}", account.read_owner, "crm.objects.owners.read"),
    ),
    "account": (
        Endpoint("GET", "/details", account.read_details),
        Endpoint("GET", "/api-usage/daily/private-apps", account.read_usage),
    ),
    "tokens": (Endpoint("POST", "/token", account.give_token),),
    "webhooks": (
        Endpoint("GET", "/{appId}/settings", webhooks.read_settings),
        Endpoint("PUT", "/{appId}/settings", webhooks.change_settings),
        Endpoint("DELETE", "/{appId}/settings", webhooks.clear_settings),
        Endpoint("GET", "/{appId}/subscriptions", webhooks.list_subscriptions),
        Endpoint("POST", "/{appId}/subscriptions", webhooks.subscribe),
        Endpoint("POST", "/{appId}/subscriptions/batch/update", webhooks.change_subscriptions),
        Endpoint("GET", "/{appId}/subscriptions/{subscriptionId}", webhooks.read_subscription),
        Endpoint("PATCH", "/{appId}/subscriptions/{subscriptionId}", webhooks.change_subscription),
        Endpoint("DELETE", "/{appId}/subscriptions/{subscriptionId}", webhooks.unsubscribe),
    ),
}

PREFIXES: Mapping[str, Mapping[str, str]] = {
    "v3": {
        "objects": "/crm/v3/objects",
        "associated objects": "/crm/v4/objects",
        "associations": "/crm/v4/associations",
        "properties": "/crm/v3/properties",
        "lists": "/crm/v3/lists",
        "occurrences": "/events/v3/events",
        "send events": "/events/v3/send",
        "marketing events": "/marketing/v3/marketing-events",
        "forms": "/marketing/v3/forms",
        "single send": "/marketing/v4/email/single-send",
        "preferences": "/communication-preferences/v4",
        "owners": "/crm/v3/owners",
        "account": "/account-info/v3",
        "tokens": "/oauth/v1",
        "webhooks": "/webhooks/v3",
    },
    "2026-03": {
        "objects": "/crm/objects/2026-03",
        "associated objects": "/crm/objects/2026-03",
        "associations": "/crm/associations/2026-03",
        "properties": "/crm/properties/2026-03",
        "lists": "/crm/lists/2026-03",
        "occurrences": "/events/event-occurrences/2026-03",
        "send events": "/events/2026-03/send",
        "marketing events": "/marketing/marketing-events/2026-03",
        "forms": "/marketing/forms/2026-03",
        "single send": "/marketing/email-campaigns/2026-03/single-send",
        "preferences": "/communication-preferences/2026-03",
        "owners": "/crm/owners/2026-03",
        "account": "/account-info/2026-03",
        "tokens": "/oauth/2026-03",
        "webhooks": "/webhooks/2026-03",
    },
    "2026-09": {
        "objects": "/crm/objects/2026-09",
        "associated objects": "/crm/objects/2026-09",
        "associations": "/crm/associations/2026-09",
        "properties": "/crm/properties/2026-09",
        "lists": "/crm/lists/2026-09",
        "occurrences": "/events/event-occurrences/2026-09",
        "send events": "/events/custom/2026-09/send",
        "marketing events": "/marketing/marketing-events/2026-09",
        "forms": "/marketing/forms/2026-09",
        "single send": "/marketing/email-campaigns/2026-09/single-send",
        "preferences": "/communication-preferences/2026-09",
        "owners": "/crm/owners/2026-09",
        "account": "/account-info/2026-09",
        "tokens": "/oauth/2026-09",
        "webhooks": "/app-webhooks/2026-09",
    },
}
"""Where each version has its areas; only v3 was tried with HubSpot's own client."""

APART: tuple[Endpoint, ...] = (
    Endpoint("GET", "/email/public/v1/events", engagement.read_mail_events, "content"),
    Endpoint("GET", "/email/public/v1/campaigns/{campaignId}", engagement.read_campaign, "content"),
    Endpoint(
        "GET",
        "/form-integrations/v1/submissions/forms/{formId}",
        engagement.read_submissions,
        "forms",
    ),
    Endpoint("POST", "/webhooks-journal/subscriptions/2026-03", journal.subscribe, JOURNAL_SCOPE),
    Endpoint(
        "GET", "/webhooks-journal/subscriptions/2026-03", journal.list_subscriptions, JOURNAL_SCOPE
    ),
    Endpoint(
        "DELETE",
        "/webhooks-journal/subscriptions/2026-03/{subscriptionId}",
        journal.unsubscribe,
        JOURNAL_SCOPE,
    ),
    Endpoint(
        "GET",
        "/webhooks-journal/journal-local/2026-03/earliest",
        journal.read_earliest,
        JOURNAL_SCOPE,
    ),
    Endpoint(
        "GET", "/webhooks-journal/journal-local/2026-03/latest", journal.read_latest, JOURNAL_SCOPE
    ),
    Endpoint(
        "GET",
        "/webhooks-journal/journal-local/2026-03/offset/{offset}/next",
        journal.read_next,
        JOURNAL_SCOPE,
    ),
    Endpoint(
        "GET",
        "/webhooks-journal/journal-local/2026-03/batch/{offset}/next/{count}",
        journal.read_batch,
        JOURNAL_SCOPE,
    ),
    Endpoint("GET", "/journal-files/{offset}", journal.read_file),
)
"""What exists in one version only: the legacy interfaces, and the journal."""
