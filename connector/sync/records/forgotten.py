"""Who was forgotten stays so: nothing that platforms hand over of them is taken in.

Whoever carries the name of somebody forgotten beside another (an address added, a record merged)
is left as they were known: what is new of them may be about the one who is to be forgotten.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.domain.emails import BadEmail, read_email
from connector.domain.forgetting import Traces, anywhere
from connector.domain.instants import to_micros
from connector.sync.records.leftovers import let_go

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from connector.domain.contacts import Contact, Membership, Removal
    from connector.domain.forgetting import Name
    from connector.ports.store import State, Transaction

EXPUNGING = "expunging"
"""The note of who was erased lately, and when: the copy of events may still hold theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased of persons."""

    traces: Traces
    counts: Mapping[str, int]
    """How many rows are gone, by kind."""


async def erase(tx: Transaction, traces: Traces, at: datetime) -> Erased:
    """Erase persons, and everybody merged with them, inside the caller's transaction.

    The copy of events is rewritten later, outside of it: that it has to be is noted.
    """
    for platform in {name for name, _ in traces.records}:
        await let_go(tx, platform, traces.ids_on(platform))
    counts = await tx.forgotten.erase(traces, at)
    pending = await expunging(tx)
    fresh = dict.fromkeys(traces.contacts, to_micros(at))
    await note_expunging(tx, {**pending, **fresh})
    return Erased(traces=traces, counts=counts)


async def expunging(tx: Transaction) -> dict[int, int]:
    """Return whose events the copy may still hold, and the microseconds of their erasure."""
    known: dict[str, int] = json.loads(await tx.notes.get(EXPUNGING) or "{}")
    return {int(contact): since for contact, since in known.items()}


async def lately_erased(state: State) -> Collection[int]:
    """Return who was erased within the last day: what is under way for them is let be."""
    async with state.read() as tx:
        return (await expunging(tx)).keys()


async def note_expunging(tx: Transaction, pending: Mapping[int, int]) -> None:
    """Remember whose events the copy may still hold."""
    if pending or await tx.notes.get(EXPUNGING) is not None:
        await tx.notes.put(EXPUNGING, json.dumps(pending))


async def erase_removed(
    tx: Transaction, platform: str, removals: Sequence[Removal], at: datetime
) -> int:
    """Erase whom a platform has erased for privacy, and remember them; return how many they are.

    They have asked for it once; that other platforms know them too makes no difference.
    """
    ids = [each.remote_id for each in removals if each.erased]
    if not ids:
        return 0
    people = {*(await tx.contacts.named(platform, ids)).values()}
    traces = await tx.forgotten.traces(people)
    everything = Traces(
        contacts=traces.contacts,
        records=traces.records | {(platform, each) for each in ids},
        emails=traces.emails,
        keys=traces.keys,
    )
    await erase(tx, everything, at)
    return len(people)


async def remembered_contacts(
    tx: Transaction, platform: str, contacts: Sequence[Contact]
) -> Sequence[Contact]:
    """Return those of `contacts` who do not carry the name of somebody forgotten."""
    if not await tx.forgotten.anybody():
        return contacts
    names = {id(each): _names_of(platform, each) for each in contacts}
    forgotten = await tx.forgotten.known({name for some in names.values() for name in some})
    return [each for each in contacts if forgotten.isdisjoint(names[id(each)])]


async def remembered_removals(
    tx: Transaction, platform: str, removals: Sequence[Removal]
) -> Sequence[Removal]:
    """Return the removals that name nobody who was forgotten."""
    named = {each.remote_id for each in removals}
    named.update(each.merged_into for each in removals if each.merged_into is not None)
    forgotten = await forgotten_refs(tx, platform, named)
    return [
        each
        for each in removals
        if each.remote_id not in forgotten and each.merged_into not in forgotten
    ]


async def remembered_memberships(
    tx: Transaction, platform: str, items: Sequence[Membership]
) -> Sequence[Membership]:
    """Return the memberships of those who were not forgotten."""
    forgotten = await forgotten_refs(tx, platform, {each.remote_id for each in items})
    return [each for each in items if each.remote_id not in forgotten] if forgotten else items


async def forgotten_refs(tx: Transaction, platform: str, refs: Collection[str]) -> frozenset[str]:
    """Return those of `refs`, ids or addresses, that are somebody's who was forgotten."""
    if not refs or not await tx.forgotten.anybody():
        return frozenset()
    names = {ref: {(platform, ref), anywhere(ref), *_as_address(ref)} for ref in refs}
    forgotten = await tx.forgotten.known({name for some in names.values() for name in some})
    return frozenset(ref for ref, some in names.items() if not forgotten.isdisjoint(some))


def _names_of(platform: str, contact: Contact) -> set[Name]:
    ids = (contact.remote_id, *contact.merged_ids)
    return {*((platform, each) for each in ids), *map(anywhere, contact.emails)}


def _as_address(ref: str) -> Iterable[Name]:
    try:
        return (anywhere(read_email(ref)),) if "@" in ref else ()
    except BadEmail:
        return ()
