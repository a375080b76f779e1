"""Take in what a platform handed over: records, persons, events, and who is whom.

Every function works inside the caller's transaction, so that a page is stored together with its
cursor. Nothing here scores: persons whose inputs changed are marked stale, and that is all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.domain.emails import BadEmail, read_email
from connector.mapping.attributes import reader_of
from connector.sync.records.echoes import without_echoes
from connector.sync.records.following import follow
from connector.sync.records.forgotten import (
    erase_removed,
    forgotten_refs,
    remembered_contacts,
    remembered_memberships,
    remembered_removals,
)
from connector.sync.records.joining import Naming, join, relink
from connector.sync.records.overtaken import is_overtaken
from connector.sync.records.partial import in_turns
from connector.sync.records.revision import changes_between, gone, revised
from connector.sync.records.sources import sources_of
from connector.sync.records.strangers import welcome

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from connector.domain.contacts import Contact, Membership, Removal
    from connector.domain.events import Event
    from connector.domain.records import Record, Subject
    from connector.ports.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What contacts that were just read came to."""

    fresh: int
    """How many brought something new."""
    known: Collection[str]
    """The ids of those of whom something was known before."""
    forgotten: int = 0
    """How many are not taken in, since they were forgotten on request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departed:
    """What it came to that contacts are gone from a platform."""

    fresh: int
    """How many brought something new."""
    erased: int
    """How many persons are erased here, since the platform erased them for privacy."""


async def ingest_contacts(
    tx: Transaction,
    platform: str,
    contacts: Sequence[Contact],
    naming: Naming,
    recorded_at: datetime,
    *,
    since: datetime | None = None,
) -> Ingested:
    """Store contacts as just read.

    Among several of one id the last counts, unless they are parts of a contact: of each all that
    is newer counts. A contact equal to what is known causes no work. `since` is when reading them
    began: what was stored after that may be newer than they are.
    """
    fresh, known = 0, set[str]()
    remembered = await remembered_contacts(tx, platform, contacts)
    for turn in in_turns(remembered):
        done = await _ingest_turn(tx, platform, turn, naming, recorded_at, since=since)
        fresh += done.fresh
        known.update(done.known)
    return Ingested(fresh=fresh, known=known, forgotten=len(contacts) - len(remembered))


async def _ingest_turn(
    tx: Transaction,
    platform: str,
    contacts: Sequence[Contact],
    naming: Naming,
    recorded_at: datetime,
    *,
    since: datetime | None,
) -> Ingested:
    """Store contacts, of those of one id the last."""
    latest = {contact.remote_id: contact for contact in contacts}
    # A record that was handed over as well is there, whatever another says of it.
    merged = {
        old: new for new, each in latest.items() for old in each.merged_ids if old not in latest
    }
    known = await tx.contacts.records(platform, [*latest, *merged])
    latest = {name: each for name, each in latest.items() if not is_overtaken(each, known, since)}
    fresh = await _revised(tx, platform, latest.values(), known, naming, recorded_at=recorded_at)
    done = Ingested(fresh=len(fresh), known=known.keys() & latest.keys())
    if not known and not merged and fresh and await welcome(tx, platform, fresh):
        return done
    fresh = [*await without_echoes(tx, platform, fresh, known, naming.attributes, since=since)]
    fresh += [
        record
        for old, new in merged.items()
        if (record := _taken_over(platform, old, new, known, recorded_at)) is not None
    ]
    await _store(tx, fresh, known, naming, recorded_at)
    return replace(done, fresh=len(fresh))


async def ingest_removals(
    tx: Transaction,
    platform: str,
    removals: Sequence[Removal],
    naming: Naming,
    recorded_at: datetime,
) -> Departed:
    """Record that contacts are gone from a platform.

    Whom the platform erased for privacy is erased here as well. Of a merge of somebody known both
    records are kept: events may name the one that is gone, and the winner may be read later than
    it is named here.
    """
    erased = await erase_removed(tx, platform, removals, recorded_at)
    into: dict[str, str | None] = {}
    since = {each.remote_id: each.removed_at for each in removals}
    for each in await remembered_removals(tx, platform, removals):
        # Who was merged away may be told to be deleted as well: in whom they live on still counts.
        into[each.remote_id] = each.merged_into or into.get(each.remote_id)
    winners = {new for new in into.values() if new is not None}
    known = await tx.contacts.records(platform, [*into, *winners])
    ours = _linked(known.keys(), into)
    fresh = [
        gone(platform, old, known.get(old), recorded_at, merged_into=new, removed_at=since[old])
        for old, new in into.items()
        if old != new and old in ours and _is_news(known, old, new)
    ]
    unseen = sorted((winners & ours) - known.keys() - into.keys())
    unread = [gone(platform, new, None, recorded_at) for new in unseen]
    await _store(tx, [*fresh, *unread], known, naming, recorded_at)
    return Departed(fresh=len(fresh), erased=erased)


async def ingest_memberships(
    tx: Transaction, platform: str, items: Sequence[Membership], asked_for: Collection[str]
) -> int:
    """Store memberships; return how many brought something new.

    `asked_for` are lists that scoring looks at.
    """
    items = await remembered_memberships(tx, platform, items)
    news = await tx.contacts.save_memberships(platform, items)
    moved = {each.remote_id for each in news if each.list_name in asked_for}
    records = await tx.contacts.records(platform, moved)
    await tx.contacts.touch({record.contact for record in records.values()})
    return len(news)


async def ingest_events(
    tx: Transaction,
    platform: str,
    events: Sequence[Event],
    recorded_at: datetime,
    *,
    keep_later: bool = False,
    told_by: str | None = None,
) -> int:
    """Store events; return how many were new or corrected. Their persons become stale.

    Those of people who were forgotten are left out. With `keep_later` they may come in any order:
    of what is told of one event, what occurred last counts. `platform` is whose names the subjects
    are; `told_by` where the events come from, when that is another.
    """
    if keep_later:
        events = sorted(events, key=lambda each: each.occurred_at)
    subjects = await _subjects(tx, platform, {event.subject for event in events})
    numbered = [
        (subjects[event.subject].id, event) for event in events if event.subject in subjects
    ]
    source = told_by or platform
    saved = await tx.events.save(source, numbered, recorded_at, keep_later=keep_later)
    # A correction may have taken an event from a contact whom this page does not name.
    touched = await tx.contacts.subjects_by_id(saved.subjects)
    await tx.contacts.touch({each.contact for each in touched if each.contact is not None})
    return saved.new + saved.corrected


async def _revised(
    tx: Transaction,
    platform: str,
    contacts: Iterable[Contact],
    known: Mapping[str, Record],
    naming: Naming,
    *,
    recorded_at: datetime,
) -> list[Record]:
    """Return the records that contacts just read make, where anything of them is new."""
    attributes = naming.attributes
    read = reader_of(platform, attributes)
    reserve = (await sources_of(tx, platform)).reserve(platform, attributes)
    found = (
        revised(platform, each, known, attributes, read, recorded_at=recorded_at, reserve=reserve)
        for each in contacts
    )
    return [record for record in found if record is not None]


def _linked(known: Collection[str], into: Mapping[str, str | None]) -> set[str]:
    """Return the ids of `known` records, and those that merges link to one of them."""
    linked = set(known)
    while (
        more := {
            each
            for old, new in into.items()
            if new is not None and (old in linked) != (new in linked)
            for each in (old, new)
        }
        - linked
    ):
        linked |= more
    return linked


def _taken_over(
    platform: str, old: str, new: str, known: Mapping[str, Record], recorded_at: datetime
) -> Record | None:
    """Return record `old` as that of `new`, which was just read; None when all of it is known.

    It has no address any more: the platform gave them to `new`, and where one is not there it was
    taken off since, and is of whoever carries it.
    """
    before = known.get(old)
    if _is_news(known, old, new):
        after = gone(platform, old, before, recorded_at, merged_into=new)
    elif before is not None and before.emails:
        after = replace(before, recorded_at=recorded_at)
    else:
        return None
    return replace(after, emails=())


def _is_news(known: Mapping[str, Record], old: str, merged_into: str | None) -> bool:
    """Return whether that record `old` is gone, and into which one, is not known yet."""
    before = known.get(old)
    if before is None or before.removed_at is None:
        return True
    return merged_into is not None and _end(known, old) != _end(known, merged_into)


def _end(known: Mapping[str, Record], remote_id: str) -> str:
    """Return the record in which all merges known of that of `remote_id` end."""
    passed = {remote_id}
    while (record := known.get(remote_id)) and record.merged_into is not None:
        remote_id = record.merged_into
        if remote_id in passed:
            # Merges in a circle: any of them will do, when it is the same for all.
            return min(passed)
        passed.add(remote_id)
    return remote_id


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
    await follow(tx, joined, naming)
    await tx.contacts.touch(joined.persons - joined.newcomers)


async def _subjects(tx: Transaction, platform: str, refs: set[str]) -> Mapping[str, Subject]:
    """Return the subjects by ref, those not yet known made and resolved: id first, then e-mail.

    Who was forgotten is not among them.
    """
    known = await tx.contacts.subjects(platform, refs)
    unknown = refs - known.keys()
    missing = sorted(unknown - await forgotten_refs(tx, platform, unknown))
    if not missing:
        return known
    named = await tx.contacts.named(platform, missing)
    emails = {ref: email for ref in missing if (email := _address(ref))}
    carrying = await tx.contacts.carrying(set(emails.values()))
    made = await tx.contacts.add_subjects(
        platform,
        [
            (
                ref,
                emails.get(ref),
                named.get(ref, carrying.get(emails.get(ref, ""))),
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
