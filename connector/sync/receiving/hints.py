"""Who is to be read again because of calls, and who is not: our own writes come back as calls too.

A hint says that something of a record is otherwise, not what. All hints of one turn are merged. One
at a record that we were writing to at that time is left to the next pull: else each write would
cause a request, and each request find nothing but what was written. Where a call tells which field
changed, and it is one that we read and never write, it is nobody's echo.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.domain.emails import BadEmail, read_email
from connector.domain.outbound import DeliveryState
from connector.mapping.attributes import reading_for

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from connector.domain.contacts import Removal
    from connector.domain.outbound import Outbound
    from connector.ports.store import Transaction
    from connector.sync.receiving.hearing import Heard
    from connector.sync.workspace import Workspace

BEFORE, BEHIND = timedelta(minutes=2), timedelta(seconds=30)
"""How long before and behind the confirmation of a write what changes then is taken for it."""
MOST_STRANGERS = 50
"""Asked for at once: of people nobody knows, each takes a request where addresses name them."""
OUR_DOING = frozenset({"contact.created", "list.subscribed", "list.unsubscribed"})
"""Events that our own writes cause as well."""


@dataclass(slots=True, kw_only=True)
class Hints:
    """What the calls of one turn hint at."""

    changed: dict[str, datetime] = field(default_factory=dict)
    """Whom something is said of, by id or address, with when it happened at the latest."""
    removals: dict[str, list[Removal]] = field(default_factory=dict)
    acted: set[str] = field(default_factory=set)
    """Of whom something is told that we never do."""
    strangers: set[str] = field(default_factory=set)
    """Whom events name, and nobody knows."""
    foreign: frozenset[str] = frozenset()
    """The fields that we read and never write."""

    def __len__(self) -> int:
        """Return how many people they are about, as far as they have one name each."""
        return len(self.changed.keys() | self.strangers)

    def add(self, heard: Iterable[Heard]) -> None:
        """Take note of what calls hint at."""
        for each in heard:
            for hint in each.hints:
                at = each.changed_at(hint)
                self.changed[hint] = max(at, self.changed.get(hint, at))
            for removal in each.told.removals:
                self.removals.setdefault(removal.remote_id, []).append(removal)
            self.acted |= {it.subject for it in each.told.events if it.type not in OUR_DOING}
            self.acted |= {
                name for name, fields in each.told.fields.items() if fields & self.foreign
            }


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be asked for."""

    ids: tuple[str, ...]
    """Of records, and addresses of those of whom no record is known."""
    of: Mapping[str, Collection[str]]
    """Which of them each hint is about."""
    removals: Mapping[str, Collection[Removal]]
    """What was told of the end of each."""
    echoes: int
    """Records that are not asked for, since what changed is what we wrote."""
    left: int
    """Strangers beyond those that are asked for at once."""

    @property
    def erased(self) -> frozenset[str]:
        """Return those of whom it was told that they were erased: no pull can tell that."""
        told = self.removals.items()
        return frozenset(name for name, some in told if any(each.erased for each in some))


def foreign_fields(workspace: Workspace, platform: str) -> frozenset[str]:
    """Return the fields of a platform that we read and never write."""
    configuration = workspace.configuration
    reading = reading_for(platform, configuration.attributes)
    target = configuration.model.targets.get(platform)
    # By which field a platform keeps its own stage only its adapter knows.
    if target is not None and target.stage is not None:
        return frozenset()
    written = {reading.email}
    if target is not None:
        written |= {each.field for each in target.attributes}
        written |= {each.field for each in target.copies}
    return frozenset(reading.fields.keys() - written)


async def wanted(tx: Transaction, platform: str, hints: Hints) -> Wanted:
    """Return what `hints` are about, as far as it is known, without what we wrote ourselves."""
    of = await records_named(tx, platform, {*hints.changed, *hints.strangers})
    unknown = {*hints.changed, *hints.strangers} - of.keys()
    addresses = {name for name in unknown if _address(name) is not None}
    # Of whom nobody knows, and who is gone, there is nothing to be asked.
    of |= dict.fromkeys(addresses & hints.removals.keys(), ())
    gone = hints.removals.keys() | of.keys()
    strangers = sorted((addresses | (unknown & hints.strangers)) - gone)
    of |= dict.fromkeys(strangers[MOST_STRANGERS:], ())
    of |= {name: (name,) for name in unknown - of.keys()}
    echoes = await _echoes(tx, platform, hints, of)
    ids = {each for found in of.values() for each in found} - echoes
    return Wanted(
        ids=tuple(sorted(ids)),
        of=of,
        removals={
            each: hints.removals[name]
            for name, found in of.items()
            if name in hints.removals
            for each in found
        },
        echoes=len(echoes),
        left=len(strangers[MOST_STRANGERS:]),
    )


async def records_named(
    tx: Transaction, platform: str, names: Collection[str]
) -> dict[str, Collection[str]]:
    """Return the known records that names mean: by id, else those that carry it as an address."""
    found: dict[str, Collection[str]] = {
        name: (name,) for name in await tx.contacts.named(platform, names)
    }
    addresses = {name: email for name in names - found.keys() if (email := _address(name))}
    carrying: dict[str, list[str]] = {}
    for record in await tx.contacts.records_by_email({*addresses.values()}) if addresses else ():
        if record.platform == platform and record.removed_at is None:
            for email in record.emails:
                carrying.setdefault(email, []).append(record.remote_id)
    return found | {name: carrying[email] for name, email in addresses.items() if email in carrying}


async def _echoes(
    tx: Transaction, platform: str, hints: Hints, of: Mapping[str, Collection[str]]
) -> set[str]:
    """Return the records of which nothing is told but what we were writing then."""
    told: dict[str, datetime] = {}
    others: set[str] = set()
    for name, ids in of.items():
        is_own = name in hints.changed and not (name in hints.removals or name in hints.acted)
        for each in ids:
            if is_own:
                told[each] = max(hints.changed[name], told.get(each, hints.changed[name]))
            else:
                others.add(each)
    rows = await written_to(tx, platform, told.keys() - others)
    return {each for each, row in rows.items() if was_written(row, told[each])}


async def written_to(
    tx: Transaction, platform: str, records: Collection[str]
) -> Mapping[str, Outbound]:
    """Return what we know of our writes to those of the records that we write to."""
    contacts = await tx.contacts.named(platform, records)
    rows = await tx.outbox.rows(platform, {*contacts.values()}) if contacts else {}
    return {row.remote_id: row for row in rows.values() if row.remote_id in contacts}


def was_written(row: Outbound, at: datetime) -> bool:
    """Return whether a record may have been written to by us at that time."""
    if row.state is DeliveryState.IN_FLIGHT and row.decided_at is not None:
        return at >= row.decided_at - BEHIND
    confirmed = row.confirmed_at
    return confirmed is not None and confirmed - BEFORE <= at <= confirmed + BEHIND


def _address(name: str) -> str | None:
    try:
        return read_email(name) if "@" in name else None
    except BadEmail:
        return None
