"""Store what calls tell by themselves, inside the caller's transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connector.sync.outbox.drift import notice_members
from connector.sync.outbox.just_read import Taken, take_contacts, watched
from connector.sync.receiving.hints import records_named, was_written, written_to
from connector.sync.receiving.undated import not_late
from connector.sync.records.echoes import MOVES, without_our_lists
from connector.sync.records.forgotten import (
    remembered_contacts,
    remembered_memberships,
    remembered_removals,
)
from connector.sync.records.ingest import ingest_events, ingest_memberships, ingest_removals

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from connector.domain.contacts import Contact, Membership, Removal
    from connector.domain.events import Event
    from connector.ports.store import Transaction
    from connector.sync.receiving.hearing import Heard
    from connector.sync.workspace import Workspace


THERE = ""
"""The list in which all contacts are that a platform has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What came of a portion of calls."""

    events: int
    """How many were new or corrected."""
    drift: Counter[str]
    erased: int = 0
    """Persons who are erased here, since the platform erased them for privacy."""
    strangers: Collection[str] = frozenset()
    """Whom events name, and nobody knows: to be asked for."""
    open: Sequence[Heard] = field(default=())
    """The calls because of which contacts are to be read again; the others are done."""


async def store(
    tx: Transaction, workspace: Workspace, name: str, portion: Sequence[Heard]
) -> Stored:
    """Store what calls of the platform `name` tell; those that hint at nothing are done.

    What they say of contacts is believed only where the platform cannot be asked for them.
    """
    now = workspace.clock.now()
    can_ask = workspace.platforms[name].lookup is not None
    drift, erased = await _store_memberships(tx, workspace, name, portion), 0
    if not can_ask:
        taken = await _store_contacts(tx, workspace, name, portion)
        drift, erased = drift + taken.drift, taken.erased
    subjects = {ref for each in portion for ref in each.subjects}
    known = await tx.contacts.subjects(name, subjects)
    events = await _without_echoes(tx, workspace, name, portion)
    count = await ingest_events(tx, name, events, now, keep_later=True)
    strangers = await _strangers(tx, name, subjects) if can_ask else set()
    # Who was asked for in vain is not asked for again with each event of theirs. But of a call
    # that comes again nobody can tell how far it was taken in.
    again = {ref for each in portion if each.call.fence > 1 for ref in each.subjects}
    strangers &= (subjects - known.keys()) | again
    is_open = [bool(can_ask and (each.hints or each.subjects & strangers)) for each in portion]
    done = [each.call for each, is_kept in zip(portion, is_open, strict=True) if not is_kept]
    await tx.inbound.done(done, now=now)
    kept = [each for each, is_kept in zip(portion, is_open, strict=True) if is_kept]
    return Stored(events=count, drift=drift, erased=erased, strangers=strangers, open=kept)


async def _without_echoes(
    tx: Transaction, workspace: Workspace, name: str, portion: Sequence[Heard]
) -> Sequence[Event]:
    """Return the events without those that say that a contact is in a list, when we put it there.

    Most name a list by an id that nobody here knows, so the time of our write has to tell.
    """
    told = (each for heard in portion for each in heard.told.events)
    events = without_our_lists(told, workspace.configuration.model.targets.get(name))
    moves = {each.subject for each in events if each.type in MOVES}
    if not moves:
        return events
    records = await records_named(tx, name, moves)
    rows = await written_to(tx, name, {each for found in records.values() for each in found})

    def is_ours(event: Event) -> bool:
        ours = [rows[each] for each in records.get(event.subject, ()) if each in rows]
        return event.type in MOVES and any(
            row.desired.lists and was_written(row, event.occurred_at) for row in ours
        )

    return [each for each in events if not is_ours(each)]


async def _store_memberships(
    tx: Transaction, workspace: Workspace, name: str, portion: Sequence[Heard]
) -> Counter[str]:
    """Store memberships in the lists that matter; return what is not as we wrote it.

    They have no date of their own: what reached us last is so, whenever it is taken in.
    """
    lists = {each for owner, each in workspace.configuration.watched_lists if owner == name}
    latest: dict[tuple[str, str], Membership] = {}
    told_at: dict[tuple[str, str], datetime] = {}
    for heard in sorted(portion, key=lambda each: each.call.received_at):
        for each in heard.told.memberships:
            if each.list_name in lists:
                move = (each.list_name, each.remote_id)
                latest[move], told_at[move] = each, heard.call.received_at
    # Of who was forgotten not even the hash is kept.
    latest = {
        (each.list_name, each.remote_id): each
        for each in await remembered_memberships(tx, name, [*latest.values()])
    }
    if not latest:
        return Counter()
    now = workspace.clock.now()
    moves = {move: told_at[move] for move in latest}
    late = await tx.inbound.overtaken(name, moves, now=now)
    items = [each for move, each in latest.items() if move not in late]
    await ingest_memberships(tx, name, items, workspace.scored_lists(name))
    target = watched(workspace, name)
    return await notice_members(tx, target, items, now) if target else Counter()


async def _store_contacts(
    tx: Transaction, workspace: Workspace, name: str, portion: Sequence[Heard]
) -> Taken:
    """Store contacts as told, and who is gone unless a later call tells of them again."""
    now = workspace.clock.now()
    contacts = await _alive(tx, name, portion, now)
    taken = await take_contacts(tx, workspace, name, contacts)
    gone = await _ended(tx, name, portion)
    told_at = {
        (THERE, each.remote_id): each.removed_at
        for each in await remembered_removals(tx, name, gone)
        if each.removed_at and not each.erased
    }
    late = await tx.inbound.overtaken(name, told_at, now=now) if told_at else ()
    gone = [each for each in gone if each.erased or (THERE, each.remote_id) not in late]
    if not gone:
        return taken
    departed = await ingest_removals(tx, name, gone, workspace.naming, now)
    return replace(taken, erased=departed.erased)


async def _alive(
    tx: Transaction, name: str, portion: Sequence[Heard], now: datetime
) -> Sequence[Contact]:
    """Return the contacts as told, without those whose end was told later, before they were known.

    Of the end of somebody known the record tells.
    """
    told = [(each, heard.call.received_at) for heard in portion for each in heard.told.contacts]
    remembered = {*map(id, await remembered_contacts(tx, name, [each for each, _ in told]))}
    told = [pair for pair in told if id(pair[0]) in remembered]
    if not told:
        return []
    moves = {(THERE, each.remote_id): at for each, at in told}
    late = {remote_id for _, remote_id in await tx.inbound.overtaken(name, moves, now=now)}
    known = await tx.contacts.records(name, late) if late else {}
    contacts = await not_late(tx, name, told, now)
    return [each for each in contacts if each.remote_id not in late or each.remote_id in known]


async def _ended(tx: Transaction, name: str, portion: Sequence[Heard]) -> Sequence[Removal]:
    """Return whose end is told and of whom no later call tells again, by the ids of records."""
    ended: dict[str, list[Removal]] = {}
    for heard in portion:
        for contact in heard.told.contacts:
            before = ended.pop(contact.remote_id, ())
            if erased := [each for each in before if each.erased]:
                ended[contact.remote_id] = erased
        for removal in heard.told.removals:
            told = replace(removal, removed_at=heard.call.received_at)
            ended.setdefault(removal.remote_id, []).append(told)
    records = await records_named(tx, name, ended) if ended else {}
    return [
        replace(each, remote_id=remote_id)
        for told, removals in ended.items()
        for each in removals
        for remote_id in records.get(told, (told,))
    ]


async def _strangers(tx: Transaction, name: str, subjects: Collection[str]) -> set[str]:
    """Return those of the subjects who belong to nobody; who was forgotten is no subject."""
    found = await tx.contacts.subjects(name, subjects)
    return {ref for ref, subject in found.items() if subject.contact is None}
