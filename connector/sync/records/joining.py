"""Join records to persons, and events' subjects to those, inside the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connector.domain.identity import Claim, Household, RecordKey, households, person_key
from connector.domain.records import Person, Record
from connector.mapping.attributes import winners
from connector.sync.records.revision import UNASSIGNED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.domain.attributes import Attribute
    from connector.domain.records import Subject
    from connector.ports.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How values of platforms become attributes of persons."""

    attributes: Mapping[str, Attribute]
    order: tuple[str, ...]
    """Platforms, in the order in which they break ties."""
    ours: frozenset[str] = frozenset()
    """Platforms where what we write is ours alone."""
    sinks: frozenset[str] = frozenset()
    """Platforms where nobody has a record, and everybody is written to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What joining records did."""

    records: tuple[Record, ...]
    """As stored: those handed in, and those of others that moved to another person."""
    before: Mapping[RecordKey, Record]
    persons: frozenset[int]
    """Whose inputs changed."""
    newcomers: frozenset[int]
    """Those of them who were not known: whoever was never scored waits to be."""
    absorbed: Mapping[int, int] = field(default_factory=dict)
    """Persons of whom nothing is left, and whom they became."""


async def join(
    tx: Transaction,
    fresh: Sequence[Record],
    known: Mapping[str, Record],
    naming: Naming,
    recorded_at: datetime,
) -> Joined:
    """Store revised records with the persons they now make up."""
    relatives = await _relatives(tx, fresh, known)
    before = {_key(record): record for record in (*known.values(), *relatives)}
    pool = before | {_key(record): record for record in fresh}
    involved = {_key(record) for record in (*fresh, *relatives)}
    groups = households([_claim(pool[key]) for key in sorted(involved)])
    numbers, newcomers = await _numbers(tx, groups, pool, naming)
    revised = {_key(record) for record in fresh}
    stored: list[Record] = []
    absorbed: dict[int, int] = {}
    standing: dict[int, Sequence[Record]] = {}
    for group, number in zip(groups, numbers, strict=True):
        members = [_moved(pool[key], number, recorded_at) for key in group.keys]
        stored += [
            record
            for record in members
            if _key(record) in revised or record.contact != pool[_key(record)].contact
        ]
        absorbed |= dict.fromkeys(group.absorbed, number)
        if group.contact is not None:
            standing[number] = members
    await _save_persons(tx, standing, absorbed, naming)
    await tx.contacts.save_records(stored, new=revised - before.keys())
    return Joined(
        records=tuple(stored),
        before=before,
        persons=frozenset(numbers),
        newcomers=newcomers,
        absorbed=absorbed,
    )


def _moved(record: Record, contact: int, recorded_at: datetime) -> Record:
    if record.contact == contact:
        return record
    return replace(record, contact=contact, recorded_at=recorded_at)


async def relink(tx: Transaction, joined: Joined) -> None:
    """Say anew to whom the subjects belong that name what was joined: id first, then e-mail.

    An address that nobody carries any more keeps naming whom it named: people change addresses,
    and their past stays theirs.
    """
    moved = [
        record
        for record in joined.records
        if (before := joined.before.get(_key(record))) is None
        or (before.contact, before.emails) != (record.contact, record.emails)
    ]
    subjects = await tx.contacts.subjects_named(
        {_key(record) for record in moved},
        {email for record in moved for email in record.emails},
        joined.absorbed,
    )
    if not subjects:
        return
    links = await _owners(tx, subjects, joined.absorbed)
    changed = {
        subject.id: owner for subject in subjects if (owner := links[subject.id]) != subject.contact
    }
    await tx.contacts.link(changed)
    touched = {subject.contact for subject in subjects if subject.id in changed}
    await tx.contacts.touch({n for n in (touched | set(changed.values())) if n is not None})


async def _owners(
    tx: Transaction, subjects: Sequence[Subject], absorbed: Mapping[int, int]
) -> Mapping[int, int | None]:
    refs: dict[str, set[str]] = {}
    for subject in subjects:
        refs.setdefault(subject.platform, set()).add(subject.ref)
    named = {
        (platform, ref): contact
        for platform, wanted in refs.items()
        for ref, contact in (await tx.contacts.named(platform, wanted)).items()
    }
    carried = await tx.contacts.carrying({each.email for each in subjects if each.email})

    def owner(subject: Subject) -> int | None:
        present = subject.contact
        stays = absorbed.get(present, present) if present is not None else None
        return named.get((subject.platform, subject.ref), carried.get(subject.email or "", stays))

    return {subject.id: owner(subject) for subject in subjects}


async def _relatives(
    tx: Transaction, fresh: Sequence[Record], known: Mapping[str, Record]
) -> Sequence[Record]:
    """Return every record of every person that `fresh` may touch."""
    emails = {
        email
        for record in fresh
        if (before := known.get(record.remote_id)) is None or before.emails != record.emails
        for email in record.emails
    }
    carriers = await tx.contacts.records_by_email(emails) if emails else ()
    winners = await _winners(tx, fresh)
    contacts = {record.contact for record in (*fresh, *carriers, *winners)} - {UNASSIGNED}
    return await tx.contacts.records_of(contacts) if contacts else ()


async def _winners(tx: Transaction, fresh: Sequence[Record]) -> Sequence[Record]:
    """Return the known records into which some of `fresh` were merged."""
    wanted: dict[str, set[str]] = {}
    for record in fresh:
        if record.merged_into is not None:
            wanted.setdefault(record.platform, set()).add(record.merged_into)
    return [
        record
        for platform, ids in wanted.items()
        for record in (await tx.contacts.records(platform, ids)).values()
    ]


async def _numbers(
    tx: Transaction,
    groups: Sequence[Household],
    pool: Mapping[RecordKey, Record],
    naming: Naming,
) -> tuple[Sequence[int], frozenset[int]]:
    """Return the person of each group by number, new ones made, and which ones those are."""
    founded = {
        group.keys[0]: await _newcomer(tx, group, pool, naming)
        for group in groups
        if group.contact is None
    }
    made = await tx.contacts.create(list(founded.values()))
    number_of = dict(zip(founded, made, strict=True))
    return [
        number_of[group.keys[0]] if group.contact is None else group.contact for group in groups
    ], frozenset(made)


async def _newcomer(
    tx: Transaction, group: Household, pool: Mapping[RecordKey, Record], naming: Naming
) -> Person:
    """Return the person that a group of records founds; the number is still to be given."""
    key = await _free_key(tx, group, pool)
    return person_of(UNASSIGNED, key, [pool[each] for each in group.keys], naming)


async def _save_persons(
    tx: Transaction,
    standing: Mapping[int, Sequence[Record]],
    absorbed: Mapping[int, int],
    naming: Naming,
) -> None:
    """Save what the records of known persons make of them, and who became of those absorbed."""
    if not standing:
        return
    before = await tx.contacts.persons({*standing, *absorbed})
    persons = [
        person_of(number, before[number].key, members, naming)
        for number, members in standing.items()
    ]
    persons += [replace(before[old], merged_into=new) for old, new in absorbed.items()]
    await tx.contacts.save_persons(persons)


async def _free_key(tx: Transaction, group: Household, pool: Mapping[RecordKey, Record]) -> str:
    """Return an id nobody has; only a person split off from another can meet a taken one."""
    founder = group.keys[0]
    key = person_key(founder)
    if all(pool[each].contact == UNASSIGNED for each in group.keys):
        return key
    ordinal = 0
    while await tx.contacts.find(key):
        ordinal += 1
        key = person_key(founder, ordinal)
    return key


def person_of(number: int, key: str, members: Sequence[Record], naming: Naming) -> Person:
    """Return the person that these records make up."""
    live = [record for record in members if record.removed_at is None] or list(members)
    first = sorted(
        live, key=lambda record: (_rank(record.platform, naming.order), record.remote_id)
    )
    created = [record.created_at for record in members if record.created_at]
    return Person(
        contact=number,
        key=key,
        email=next((email for record in first for email in record.emails), None),
        attributes=winners(live, naming.attributes, naming.order),
        created_at=min(created, default=None),
    )


def _rank(platform: str, order: tuple[str, ...]) -> int:
    return order.index(platform) if platform in order else len(order)


def _key(record: Record) -> RecordKey:
    return (record.platform, record.remote_id)


def _claim(record: Record) -> Claim:
    merged = (record.platform, record.merged_into) if record.merged_into else None
    return Claim(
        key=_key(record),
        emails=record.emails,
        contact=record.contact or None,
        merged_into=merged,
    )
