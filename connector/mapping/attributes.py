"""From what platforms call things to our attributes: what to read, and which value wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from connector.domain.contacts import Reading
from connector.domain.instants import to_micros
from connector.domain.values import FieldType, Stored, to_stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from connector.domain.attributes import Attribute
    from connector.domain.contacts import Contact
    from connector.domain.records import Record

Reader: TypeAlias = "Callable[[Contact], Mapping[str, Stored]]"
"""From a contact of one platform to its values under our names."""

IDENTITY = "email"
"""The attribute that holds the address by which records are joined, when it is an e-mail."""


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
    the platform, such as those we write.
    """
    identity = identity_of(platform, attributes)
    fields = {
        each.sources[platform]: each.type
        for each in attributes.values()
        if platform in each.sources
    }
    return Reading(
        fields=dict(extra_fields or {}) | fields,
        email=identity.sources[platform] if identity else None,
        lists=frozenset(name for owner, name in lists if owner == platform),
    )


def reader_of(platform: str, attributes: Mapping[str, Attribute]) -> Reader:
    """Return what tells the values of a platform's contact under our names; NULLs are left out.

    Where the address is not among the fields, as with platforms that keep it apart, it is the
    contact's first one.
    """
    identity = identity_of(platform, attributes)
    identified = identity.name if identity else None
    sources = [
        (name, each.sources[platform])
        for name, each in attributes.items()
        if platform in each.sources
    ]

    def read(contact: Contact) -> Mapping[str, Stored]:
        values: dict[str, Stored] = {}
        for name, source in sources:
            value = contact.attributes.get(source)
            if value is None and name == identified:
                value = next(iter(contact.emails), None)
            if value is not None:
                values[name] = to_stored(value)
        return values

    return read


def winners(
    records: Iterable[Record], attributes: Mapping[str, Attribute], order: Sequence[str]
) -> Mapping[str, Stored]:
    """Return the value of each attribute that wins among all records of one person.

    A value of the preferred platform wins, else the one that changed last; of equals the one
    whose platform stands first in `order`, then the lowest record id. NULL never wins over a
    value, but where the attribute is copied: there a value that was cleared, when no preferred
    one is left, wins over what is older. An attribute without any value is left out.
    """
    known = list(records)
    if len(known) == 1:
        values = known[0].attributes
        return {name: values[name] for name in attributes if name in values}
    places = {platform: place for place, platform in enumerate(order)}
    found = {name: _winner(each, known, places) for name, each in attributes.items()}
    return {
        name: best.attributes[name]
        for name, best in found.items()
        if best and name in best.attributes
    }


def is_cleared(record: Record, name: str) -> bool:
    """Return whether a record held a value of a copied attribute, and was seen to lose it."""
    return name not in record.attributes and name in record.stamps


def date_of(record: Record, name: str) -> int:
    """Return when the value of an attribute changed, in microseconds since the epoch."""
    return record.stamps.get(name, to_micros(record.changed_at))


def _counts(record: Record, attribute: Attribute) -> bool:
    if record.attributes.get(attribute.name) is not None:
        return True
    return bool(attribute.sync) and is_cleared(record, attribute.name)


def _winner(
    attribute: Attribute, records: Sequence[Record], places: Mapping[str, int]
) -> Record | None:
    def rank(record: Record) -> tuple[int, int, str, str]:
        place = places.get(record.platform, len(places))
        return (-date_of(record, attribute.name), place, record.platform, record.remote_id)

    holders = [each for each in records if _counts(each, attribute)]
    preferred = [
        each
        for each in holders
        if each.platform == attribute.prefer and attribute.name in each.attributes
    ]
    return min(preferred or holders, key=rank, default=None)
