"""A contact that is told in part, over what is known of it; pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.domain.instants import to_micros
from connector.mapping.attributes import date_of, identity_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from connector.domain.attributes import Attribute
    from connector.domain.contacts import Contact
    from connector.domain.records import Record
    from connector.domain.values import Stored

EMAILS, OPTED_OUT = "emails", "opted_out"
"""What `Contact.tells` may name."""


def is_outlived(contact: Contact, before: Record) -> bool:
    """Return whether what is told in part is older than the end of the record."""
    told_at, removed_at = contact.modified_at, before.removed_at
    if contact.tells is None or told_at is None or removed_at is None:
        return False
    return told_at < removed_at


def completed(
    platform: str,
    contact: Contact,
    values: Mapping[str, Stored],
    before: Record | None,
    attributes: Mapping[str, Attribute],
    *,
    recorded_at: datetime,
) -> tuple[Contact, Mapping[str, Stored]]:
    """Return a contact and its `values` as read with what is known besides, where it is a part.

    What is older than what it would replace is left out: calls come late, and in any order.
    """
    if contact.tells is None or before is None:
        return contact, values
    at = contact.modified_at or recorded_at
    fresh = {
        name
        for name in _told(platform, contact, attributes)
        if not _is_known(before, name) or to_micros(at) >= date_of(before, name)
    }
    known = {name: each for name, each in before.attributes.items() if name not in fresh}
    is_latest = before.modified_at is None or at >= before.modified_at
    takes = contact.tells if is_latest else frozenset()
    fields = {attributes[name].sources[platform] for name in fresh}
    whole = replace(
        contact,
        attributes={name: each for name, each in contact.attributes.items() if name in fields},
        emails=contact.emails if EMAILS in takes else before.emails,
        opted_out=contact.opted_out if OPTED_OUT in takes else before.opted_out,
        modified_at=at if is_latest else before.modified_at,
    )
    return whole, known | {name: each for name, each in values.items() if name in fresh}


def in_turns(contacts: Sequence[Contact]) -> Iterator[Sequence[Contact]]:
    """Yield `contacts` in turns, in order, so that parts of one contact are in different ones."""
    if all(each.tells is None for each in contacts):
        yield contacts
        return
    turn: dict[str, Contact] = {}
    for each in contacts:
        if each.remote_id in turn:
            yield list(turn.values())
            turn = {}
        turn[each.remote_id] = each
    yield list(turn.values())


def _told(platform: str, contact: Contact, attributes: Mapping[str, Attribute]) -> set[str]:
    """Return the attributes that a part tells, be it that they are empty."""
    told = {
        name
        for name, each in attributes.items()
        if platform in each.sources and each.sources[platform] in contact.attributes
    }
    identity = identity_of(platform, attributes)
    is_named = identity is not None and EMAILS in (contact.tells or ())
    return told | {identity.name} if identity and is_named else told


def _is_known(before: Record, name: str) -> bool:
    return name in before.attributes or name in before.stamps
