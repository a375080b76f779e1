"""Take in what a platform handed over: records, persons, events, and who is whom.

Every function works inside the caller's transaction, so that a page is stored together with its
cursor. Nothing here scores: persons whose inputs changed are marked stale, and that is all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.domain.emails import BadEmail, read_email
from connector.sync.joining import Naming, join, relink
from connector.sync.revision import changes_between, revised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.domain.contacts import Contact, Removal
    from connector.domain.events import Event
    from connector.domain.records import Record, Subject
    from connector.ports.store import Transaction


async def ingest_contacts(
    tx: Transaction,
    platform: str,
    contacts: Sequence[Contact],
    naming: Naming,
    recorded_at: datetime,
) -> int:
    """Store contacts as just read; return how many brought something new.

    Among several of one id the last counts. A contact equal to what is known causes no work.
    """
    latest = {contact.remote_id: contact for contact in contacts}
    merged = {old: new for new, each in latest.items() for old in each.merged_ids}
    known = await tx.contacts.records(platform, [*latest, *merged])
    fresh = [
        record
        for contact in latest.values()
        if (record := revised(platform, contact, known, naming.attributes, recorded_at))
    ]
    fresh += [
        replace(before, removed_at=recorded_at, merged_into=new, recorded_at=recorded_at)
        for old, new in merged.items()
        if (before := known.get(old)) and before.merged_into != new
    ]
    await _store(tx, fresh, known, naming, recorded_at)
    return len(fresh)


async def ingest_removals(
    tx: Transaction,
    platform: str,
    removals: Sequence[Removal],
    naming: Naming,
    recorded_at: datetime,
) -> int:
    """Record that contacts are gone from a platform; return how many were known to be there."""
    known = await tx.contacts.records(platform, [removal.remote_id for removal in removals])
    gone = [
        replace(
            before,
            removed_at=recorded_at,
            merged_into=removal.merged_into,
            recorded_at=recorded_at,
        )
        for removal in removals
        if (before := known.get(removal.remote_id)) and before.removed_at is None
    ]
    await _store(tx, gone, known, naming, recorded_at)
    return len(gone)


async def ingest_events(
    tx: Transaction, platform: str, events: Sequence[Event], recorded_at: datetime
) -> int:
    """Store events; return how many were new or corrected. Their persons become stale."""
    subjects = await _subjects(tx, platform, {event.subject for event in events})
    numbered = [(subjects[event.subject].id, event) for event in events]
    saved = await tx.events.save(platform, numbered, recorded_at)
    owners = {subject.id: subject.contact for subject in subjects.values()}
    await tx.contacts.touch(
        {contact for each in saved.subjects if (contact := owners[each]) is not None}
    )
    return saved.new + saved.corrected


async def _store(
    tx: Transaction,
    fresh: Sequence[Record],
    known: Mapping[str, Record],
    naming: Naming,
    recorded_at: datetime,
) -> None:
    if not fresh:
        return
    joined = await join(tx, fresh, known, naming, recorded_at)
    await tx.contacts.log(
        [
            change
            for record in joined.records
            for change in changes_between(
                joined.before.get((record.platform, record.remote_id)), record, recorded_at
            )
        ]
    )
    await relink(tx, joined)
    await tx.contacts.touch(joined.persons)


async def _subjects(tx: Transaction, platform: str, refs: set[str]) -> Mapping[str, Subject]:
    """Return the subjects by ref, those not yet known made and resolved: id first, then e-mail."""
    known = await tx.contacts.subjects(platform, refs)
    missing = sorted(refs - known.keys())
    if not missing:
        return known
    named = await tx.contacts.records(platform, missing)
    emails = {ref: email for ref in missing if (email := _address(ref))}
    carriers = await tx.contacts.records_by_email(set(emails.values()))
    owner = {email: record.contact for record in carriers for email in record.emails}
    made = await tx.contacts.add_subjects(
        platform,
        [
            (
                ref,
                emails.get(ref),
                named[ref].contact if ref in named else owner.get(emails.get(ref, "")),
            )
            for ref in missing
        ],
    )
    return {**known, **made}


def _address(ref: str) -> str | None:
    try:
        return read_email(ref) if "@" in ref else None
    except BadEmail:
        return None
