"""Contacts as answers and webhooks tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.mautic.simulator.fields import GROUPS, MAPPED
from adapters.mautic.simulator.values import at_text, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.contacts import Contact
    from adapters.mautic.simulator.fields import Field
    from adapters.mautic.simulator.tables import Row


def contact_told(
    account: Account,
    contact: Contact,
    *,
    in_list: bool = False,
    minimal: bool = False,
    selected: Collection[str] | None = None,
    blanked: Collection[str] | None = None,
) -> dict[str, Any]:
    """Return a contact with all of its fields, or those that were `selected` and Mautic names.

    `blanked` are the fields that were emptied just now, where it was edited: numbers among them are
    told as 0, and what is true as it was in the form.
    """
    told = _published(account, contact) | {
        "id": contact.id,
        "points": contact.points,
        "color": None,
        "fields": fields_told(
            account, contact, in_list=in_list, selected=selected, blanked=blanked
        ),
    }
    if not minimal:
        told |= _more(account, contact)
    if selected is not None:
        # What was not selected is not loaded, and nothing is left out where it is nothing.
        told = {key: each for key, each in told.items() if each is not None}
    return told


def _published(account: Account, contact: Contact) -> dict[str, Any]:
    return {
        "isPublished": True,
        "dateAdded": at_text(contact.added_at),
        "dateModified": at_text(contact.modified_at),
        "createdBy": contact.created_by,
        "createdByUser": account.name_of(contact.created_by),
        "modifiedBy": contact.modified_by,
        "modifiedByUser": account.name_of(contact.modified_by),
    }


def _more(account: Account, contact: Contact) -> dict[str, Any]:
    tags = [account.tag(each) for each in sorted(contact.tags)]
    return {
        "lastActive": at_text(contact.active_at),
        "owner": owner_told(account, contact.owner),
        "ipAddresses": [],
        "tags": [{name: each[name] for name in ("id", "tag", "description")} for each in tags],
        "utmtags": None,
        "stage": stage_told(account, contact.stage),
        "dateIdentified": at_text(contact.identified_at),
        "preferredProfileImage": None,
        "doNotContact": [dnc_told(row) for row in account.blocks(contact)],
        "frequencyRules": [],
    }


def fields_told(
    account: Account,
    contact: Contact,
    *,
    in_list: bool = False,
    selected: Collection[str] | None = None,
    blanked: Collection[str] | None = None,
) -> dict[str, Any]:
    """Return the fields of a contact by their groups, and all of them flat."""
    told: dict[str, Any] = {group: {} for group in GROUPS}
    flat: dict[str, Any] = {"id": contact.id}
    for field in account.fields.there(account.now()):
        if not field.is_published or (selected is not None and field.alias not in selected):
            continue
        value = shown(field, account.value_of(contact, field.alias), in_list=in_list)
        if selected is not None and (value is None or field.alias not in MAPPED):
            continue
        if blanked is not None:
            value = _edited(field, value, blanked)
        flat[field.alias] = value
        told[field.group][field.alias] = {
            "id": str(field.id),
            "label": field.label,
            "alias": field.alias,
            "type": field.type,
            "group": field.group,
            "object": "lead",
            "is_fixed": str(int(field.is_fixed)),
            "default_value": field.default,
            "value": value,
            "normalizedValue": value,
        }
    groups: dict[str, Any] = {group: each or [] for group, each in told.items()}
    return groups | {"all": flat}


def _edited(field: Field, value: object, blanked: Collection[str]) -> object:
    """Return a value as the answer to an edit tells it."""
    if field.type == "number" and field.alias in blanked:
        return 0
    return True if field.type == "boolean" and value else value


def owner_told(account: Account, user_id: int | None) -> Mapping[str, Any] | None:
    """Return the user who owns a contact."""
    user = account.keys.users.get(user_id or 0)
    if user is None:
        return None
    return {
        "id": user.id,
        "username": user.username,
        "firstName": user.first_name,
        "lastName": user.last_name,
    }


def stage_told(account: Account, stage_id: int | None) -> Mapping[str, Any] | None:
    """Return the stage of a contact."""
    stage = account.stages.get(stage_id or 0)
    if stage is None:
        return None
    return {name: stage[name] for name in ("id", "name", "category", "weight", "description")}


def dnc_told(row: Row) -> Mapping[str, Any]:
    """Return why one channel of a contact must not be used."""
    return {
        "id": row["id"],
        "dateAdded": at_text(row["date_added"]),
        "reason": row["reason"],
        "comments": row["comments"],
        "channel": row["channel"],
        "channelId": row["channel_id"],
    }
