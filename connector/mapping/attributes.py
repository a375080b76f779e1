"""From what platforms call things to our attributes: what to read, and which value wins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.domain.contacts import Reading
from connector.domain.instants import to_micros
from connector.domain.values import FieldType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from connector.domain.attributes import Attribute
    from connector.domain.contacts import Contact
    from connector.domain.values import Value

IDENTITY = "email"
"""The attribute that holds the address by which records are joined, when it is an e-mail."""

_OLDEST = 1 << 63


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one record of a person holds, under our names."""

    platform: str
    remote_id: str
    values: Mapping[str, Value | None]
    changed_at: Mapping[str, datetime] = field(default_factory=dict)
    """When each value last changed; what is not in it counts as older than all others."""


def identity_of(platform: str, attributes: Mapping[str, Attribute]) -> Attribute | None:
    """Return the attribute whose field on `platform` holds the e-mail address of a contact.

    It is the one called `email`, else the first of type e-mail that the platform has.
    """
    candidates = [
        each
        for each in attributes.values()
        if each.type is FieldType.EMAIL and platform in each.sources
    ]
    named = [each for each in candidates if each.name == IDENTITY]
    return next(iter(named or candidates), None)


def reading_for(
    platform: str,
    attributes: Mapping[str, Attribute],
    lists: Iterable[tuple[str, str]] = (),
    extra_fields: Mapping[str, FieldType] | None = None,
) -> Reading:
    """Return what to read of each contact of `platform`.

    `lists` are platform and name of all lists that matter; `extra_fields` are further fields of
    the platform, such as those we write. The field of the address is asked for as such only.
    """
    identity = identity_of(platform, attributes)
    fields = {
        each.sources[platform]: each.type
        for each in attributes.values()
        if platform in each.sources and each is not identity
    }
    return Reading(
        fields=dict(extra_fields or {}) | fields,
        email=identity.sources[platform] if identity else None,
        lists=frozenset(name for owner, name in lists if owner == platform),
    )


def ours(
    platform: str, attributes: Mapping[str, Attribute], contact: Contact
) -> dict[str, Value | None]:
    """Return the values of `contact` under our names, for each attribute its platform has."""
    identity = identity_of(platform, attributes)
    values = {
        name: contact.attributes.get(each.sources[platform])
        for name, each in attributes.items()
        if platform in each.sources
    }
    if identity:
        values[identity.name] = next(iter(contact.emails), None)
    return values


def winners(
    attributes: Mapping[str, Attribute], records: Iterable[Record], platforms: Sequence[str]
) -> dict[str, Value | None]:
    """Return the value of each attribute that wins among all `records` of one person.

    The preferred platform wins when it has a value, else the value that changed last; of equals
    the one whose platform stands first in `platforms`, then the lowest record id.
    """
    known = list(records)
    order = {name: place for place, name in enumerate(platforms)}
    return {name: _winner(each, known, order) for name, each in attributes.items()}


def _winner(
    attribute: Attribute, records: Sequence[Record], order: Mapping[str, int]
) -> Value | None:
    holders = [each for each in records if each.values.get(attribute.name) is not None]
    preferred = [each for each in holders if each.platform == attribute.prefer]
    best = min(
        preferred or holders, key=lambda each: _rank(each, attribute.name, order), default=None
    )
    return best.values[attribute.name] if best else None


def _rank(record: Record, name: str, order: Mapping[str, int]) -> tuple[int, int, str, str]:
    changed_at = record.changed_at.get(name)
    newest_first = -to_micros(changed_at) if changed_at else _OLDEST
    return (
        newest_first,
        order.get(record.platform, len(order)),
        record.platform,
        record.remote_id,
    )
