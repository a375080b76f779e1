"""Events that somebody hands over, such as those of a trade show: read whole, or not at all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.domain.emails import BadEmail, read_email
from connector.domain.written_events import (
    CONTACT,
    HANDED_OVER,
    PLATFORM,
    NoEvent,
    read_event,
)
from connector.errors import NotTaken, Problem
from connector.sync.records.ingest import ingest_events

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from connector.domain.events import Event
    from connector.domain.values import FieldType
    from connector.ports.store import Transaction
    from connector.sync.workspace import Workspace

PROPERTIES = "properties"
"""Properties may stand beside the other fields, or below this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """What became of events that were handed over."""

    received: int
    stored: int
    """Those that were new, or told anew what was known of them."""
    unknown: int
    """Those of contacts nobody knows yet: they wait until one by that name appears."""


async def take_over(workspace: Workspace, entries: Sequence[Mapping[str, object]]) -> TakenOver:
    """Store the events in `entries`; their persons become stale.

    Each names its `contact` by an address, by our id or as ``<platform>:<id>``, its `type`, when it
    `occurred_at`, and whatever properties it has. Raises NotTaken with every problem of every
    entry, and stores nothing then.
    """
    properties = workspace.configuration.model.properties
    events = _read(entries, properties, workspace.platforms)
    named = _by_platform(events, workspace.platforms)
    recorded_at = workspace.clock.now()
    stored = unknown = 0
    async with workspace.state.write() as tx:
        await _introduce(tx, {each.subject for each in named.get(HANDED_OVER, ())})
        for platform, group in named.items():
            stored += await ingest_events(tx, platform, group, recorded_at, told_by=HANDED_OVER)
            subjects = await tx.contacts.subjects(platform, {each.subject for each in group})
            strangers = {each.ref for each in subjects.values() if each.contact is None}
            unknown += sum(each.subject in strangers for each in group)
    return TakenOver(received=len(entries), stored=stored, unknown=unknown)


def _read(
    entries: Sequence[Mapping[str, object]],
    properties: Mapping[str, FieldType],
    platforms: Collection[str],
) -> Sequence[Event]:
    events: list[Event] = []
    problems: list[Problem] = []
    for index, entry in enumerate(entries):
        problems += _amiss(index, entry, platforms)
        try:
            event, found = read_event(properties, _flat(entry))
        except NoEvent as error:
            problems.append(_problem(index, error.column, error.message))
            continue
        problems += [_problem(index, each.path, each.message) for each in found]
        events.append(event)
    if problems:
        raise NotTaken(problems)
    return events


def _flat(entry: Mapping[str, object]) -> Mapping[str, object]:
    """Return the fields of an entry with those of its `properties` beside them."""
    nested = entry.get(PROPERTIES)
    if not isinstance(nested, dict):
        return entry
    rest = {name: value for name, value in entry.items() if name != PROPERTIES}
    return {**nested, **rest}


def _amiss(
    index: int, entry: Mapping[str, object], platforms: Collection[str]
) -> Iterator[Problem]:
    """Yield what would make an event wait for ever, or come from somewhere else."""
    if entry.get(PLATFORM) not in (None, "", HANDED_OVER):
        text = f"events that are handed over are events of `{HANDED_OVER}`"
        yield _problem(index, PLATFORM, text)
    contact = _flat(entry).get(CONTACT)
    if not isinstance(contact, str):
        return
    platform, colon, remote_id = contact.strip().partition(":")
    if colon and not (remote_id and platform in platforms):
        yield _problem(index, CONTACT, "names no platform that is configured, with an id there")
    elif "@" in contact and not colon:
        try:
            read_email(contact)
        except BadEmail as error:
            yield _problem(index, CONTACT, str(error))


def _problem(index: int, name: str | None, message: str) -> Problem:
    place = f"[{index}].{name}" if name else f"[{index}]"
    return Problem(message=message, path=place)


def _by_platform(
    events: Sequence[Event], platforms: Collection[str]
) -> Mapping[str, Sequence[Event]]:
    """Return the events by whose names their subjects are, each as that platform names it."""
    named: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        platform, colon, remote_id = event.subject.partition(":")
        if colon and remote_id and platform in platforms:
            named[platform].append(replace(event, subject=remote_id))
        else:
            named[HANDED_OVER].append(event)
    return named


async def _introduce(tx: Transaction, refs: Collection[str]) -> None:
    """Say of whom those are that name a person by our id."""
    known = await tx.contacts.subjects(HANDED_OVER, refs)
    owned = {ref for ref, subject in known.items() if subject.contact is not None}
    wanted = [ref for ref in refs if "@" not in ref and ref not in owned]
    found = {ref: person.contact for ref in wanted if (person := await tx.contacts.find(ref))}
    if not found:
        return
    missing = [(ref, None, number) for ref, number in found.items() if ref not in known]
    await tx.contacts.add_subjects(HANDED_OVER, missing)
    await tx.contacts.link({known[ref].id: number for ref, number in found.items() if ref in known})
