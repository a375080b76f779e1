"""A record against what was known of it; pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.domain.instants import to_micros
from connector.domain.records import Record, RecordChange
from connector.mapping.attributes import date_of
from connector.sync.records.partial import completed, is_outlived

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from connector.domain.attributes import Attribute
    from connector.domain.contacts import Contact
    from connector.domain.values import Stored
    from connector.mapping.attributes import Reader

UNASSIGNED = 0
"""The person of a record that was not joined to anybody yet."""

BEFORE_ITS_ORIGIN = 1
"""Microseconds by which a copy is dated before what it is a copy of."""
AT_ONCE = 1_000_000
"""What is dated less than these microseconds before what it replaces is not older for that."""
AFTER_ITS_ORIGIN = 2 * BEFORE_ITS_ORIGIN
"""By how many a change of it is later at least, and so later than the origin too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve:
    """Attributes of which what a contact shows is taken with reserve."""

    held: frozenset[str] = frozenset()
    """Those whose field cannot be believed: what was known of them stays."""
    renewed: frozenset[str] = frozenset()
    """Those read from another field than before: it is seen for the first time."""


NO_RESERVE = Reserve()


def revised(
    platform: str,
    contact: Contact,
    known: Mapping[str, Record],
    attributes: Mapping[str, Attribute],
    read: Reader,
    *,
    recorded_at: datetime,
    reserve: Reserve = NO_RESERVE,
) -> Record | None:
    """Return the record that `contact` makes as `read`, or None when all of it is known.

    A modified date alone is no change: platforms move it for reasons of their own.
    """
    before = known.get(contact.remote_id)
    if before is not None and is_outlived(contact, before):
        return None
    changed_at = to_micros(contact.modified_at or recorded_at)
    contact, values = completed(
        platform, contact, read(contact), before, attributes, recorded_at=recorded_at
    )
    values = _with_held(values, reserve.held, before)
    if before is None:
        return _first(platform, contact, values, recorded_at)
    emptied = _emptied(before, cleared(platform, contact, attributes), reserve)
    copied = {name for name, each in attributes.items() if each.sync} - reserve.renewed
    after = replace(
        before,
        emails=contact.emails,
        attributes=values,
        stamps=_stamps(before, values, emptied, copied, changed_at),
        created_at=contact.created_at or before.created_at,
        modified_at=contact.modified_at,
        removed_at=None,
        merged_into=None,
        opted_out=contact.opted_out,
    )
    if after == replace(before, modified_at=contact.modified_at):
        return None
    return replace(after, recorded_at=recorded_at)


def _with_held(
    values: Mapping[str, Stored], held: frozenset[str], before: Record | None
) -> Mapping[str, Stored]:
    """Return values as read, but those of `held` attributes as they were known."""
    if not held:
        return values
    known = before.attributes if before else {}
    read = {name: each for name, each in values.items() if name not in held}
    return read | {name: known[name] for name in held & known.keys()}


def _emptied(before: Record, empty: frozenset[str], reserve: Reserve) -> frozenset[str]:
    """Return the copied attributes that are `empty`, or were and may not be looked at."""
    was_empty = before.stamps.keys() - before.attributes.keys()
    return (empty - reserve.held - reserve.renewed) | (reserve.held & was_empty)


def cleared(platform: str, contact: Contact, attributes: Mapping[str, Attribute]) -> frozenset[str]:
    """Return the copied attributes that are empty on `contact`; what cannot be read is not."""
    return frozenset(
        name
        for name, each in attributes.items()
        if each.sync and platform in each.sources and _is_empty(contact, each.sources[platform])
    )


def _is_empty(contact: Contact, field: str) -> bool:
    return field in contact.attributes and contact.attributes[field] is None


def gone(
    platform: str,
    remote_id: str,
    before: Record | None,
    recorded_at: datetime,
    *,
    merged_into: str | None = None,
    removed_at: datetime | None = None,
) -> Record:
    """Return a record that its platform has no more; one never seen is known by its id alone.

    It is so since `removed_at`, by default since now.
    """
    known = before or Record(
        platform=platform,
        remote_id=remote_id,
        contact=UNASSIGNED,
        changed_at=recorded_at,
        recorded_at=recorded_at,
    )
    return replace(
        known,
        removed_at=removed_at or recorded_at,
        merged_into=merged_into,
        recorded_at=recorded_at,
    )


def changes_between(
    before: Record | None, after: Record, recorded_at: datetime
) -> Iterator[RecordChange]:
    """Yield what is to be remembered of a revision; a first sighting needs nothing."""
    if before is None:
        return

    def change(what: str, old: object, new: object, name: str = "") -> RecordChange:
        return RecordChange(
            platform=after.platform,
            remote_id=after.remote_id,
            what=what,  # type: ignore[arg-type]  # one of the four literals below
            name=name,
            before=None if old is None else json.dumps(old, ensure_ascii=False),
            after=None if new is None else json.dumps(new, ensure_ascii=False),
            recorded_at=recorded_at,
        )

    for name in sorted(before.attributes.keys() | after.attributes.keys()):
        old, new = before.attributes.get(name), after.attributes.get(name)
        if old != new:
            yield change("attribute", old, new, name)
    if before.emails != after.emails:
        yield change("emails", before.emails, after.emails)
    if before.contact != after.contact:
        yield change("contact", before.contact, after.contact)
    if (before.removed_at is None) != (after.removed_at is None):
        yield change("removed", before.removed_at is not None, after.removed_at is not None)


def _first(
    platform: str, contact: Contact, values: Mapping[str, Stored], recorded_at: datetime
) -> Record:
    return Record(
        platform=platform,
        remote_id=contact.remote_id,
        contact=UNASSIGNED,
        emails=contact.emails,
        attributes=values,
        changed_at=contact.modified_at or recorded_at,
        created_at=contact.created_at,
        modified_at=contact.modified_at,
        recorded_at=recorded_at,
        opted_out=contact.opted_out,
    )


def _stamps(
    before: Record,
    values: Mapping[str, Stored],
    emptied: frozenset[str],
    copied: Collection[str],
    changed_at: int,
) -> Mapping[str, int]:
    """Return when values changed; of a copied attribute that was cleared, when it was."""
    stamps = {
        name: stamp for name, stamp in before.stamps.items() if name in values or name in emptied
    }
    lost = emptied & before.attributes.keys()
    changed = {name for name, value in values.items() if before.attributes.get(name) != value}
    for name in changed | lost:
        stamps[name] = changed_at
        known = date_of(before, name)
        if name in copied and changed_at > known - AT_ONCE:
            # Whoever changes a value has seen it, and so is later than its origin.
            stamps[name] = max(changed_at, known + AFTER_ITS_ORIGIN)
    return stamps
