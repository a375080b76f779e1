"""Notice what somebody changed of ours on a platform, and repair it or let it be.

What comes back from a platform is compared with what is confirmed, by its meaning. A value we
wrote that is another now is drift: it is written again, or stays until ours is another. A copied
attribute that is another is no drift but news, which the next decision takes up.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.domain.instants import iso
from connector.domain.outbound import AWAITED, DeliveryState, Desired, Outbound, overruled_key
from connector.domain.sameness import as_seen, means
from connector.domain.values import FieldType, as_written, to_stored
from connector.sync.outbox.difference import difference, is_work
from connector.sync.records.echoes import SLACK
from connector.sync.records.overtaken import may_lack_our_write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.domain.contacts import Contact, Membership
    from connector.domain.values import Value, Written
    from connector.ports.store import Transaction
    from connector.scoring.model import Target, TargetCopy

REPAIRED, KEPT = "repaired", "kept"
MOST_REPAIRS = 5
"""Repairs in a row that do not last, after which the other value is let be: it would never end."""


def fields_of(target: Target) -> Mapping[str, FieldType]:
    """Return the fields of ours to be read back, as texts: whatever somebody typed can be."""
    return {each.field: FieldType.TEXT for each in target.attributes}


async def doubtful(tx: Transaction, target: Target, contacts: Sequence[Contact]) -> list[str]:
    """Return the ids of those that are otherwise than confirmed and may be older than our write.

    The index of a platform may lag behind its records.
    """
    latest = {each.remote_id: each for each in contacts}
    rows = await _rows(tx, target.platform, latest)
    return [
        remote_id
        for remote_id, row in rows.items()
        if _may_be_before(latest[remote_id], row) and _is_otherwise(latest[remote_id], row, target)
    ]


async def notice_values(
    tx: Transaction,
    target: Target,
    contacts: Sequence[Contact],
    at: datetime,
    *,
    since: datetime | None = None,
) -> Counter[str]:
    """Compare the fields of contacts just read with what is confirmed; return the drift.

    `since` is when reading them began.
    """
    if not contacts:
        return Counter()
    latest = {each.remote_id: each for each in contacts}
    looks = {
        remote_id: _Look(row=row, target=target)
        for remote_id, row in (await _rows(tx, target.platform, latest)).items()
    }
    for remote_id, look in looks.items():
        if not may_lack_our_write(latest[remote_id].modified_at, look.row, since):
            look.at(latest[remote_id])
    return await _record(tx, target, list(looks.values()), at)


async def notice_members(
    tx: Transaction, target: Target, memberships: Sequence[Membership], at: datetime
) -> Counter[str]:
    """Compare memberships just read with those confirmed; return the drift."""
    ours = {each.name for each in target.lists}
    latest = {
        (each.remote_id, each.list_name): each.is_member
        for each in memberships
        if each.list_name in ours
    }
    rows = await _rows(tx, target.platform, {remote_id for remote_id, _ in latest})
    looks = {remote_id: _Look(row=row, target=target) for remote_id, row in rows.items()}
    for (remote_id, name), is_member in latest.items():
        if remote_id in looks:
            looks[remote_id].at_member(name, is_member=is_member)
    return await _record(tx, target, list(looks.values()), at)


async def drift_of(tx: Transaction, platform: str) -> Mapping[str, object]:
    """Return what was noticed on a platform so far: repaired, kept, and when last."""
    known: dict[str, object] = json.loads(await tx.notes.get(_note(platform)) or "{}")
    return known


@dataclass(slots=True, kw_only=True)
class _Look:
    """One row, and what its record shows."""

    row: Outbound
    target: Target
    found: Counter[str] = field(default_factory=Counter)
    confirmed: Desired = field(init=False)
    desired: Desired = field(init=False)

    def __post_init__(self) -> None:
        self.confirmed, self.desired = self.row.confirmed, self.row.desired

    def at(self, contact: Contact) -> None:
        """Compare the fields of the record."""
        seen = contact.attributes
        modified, known = contact.modified_at, self.row.confirmed_at
        is_before = modified is not None and known is not None and modified < known
        for copy in self.target.copies:
            if copy.field in seen:
                self._at_copy(copy, seen[copy.field], is_before=is_before)
        # What the platform read out before our last write reached its index tells nothing.
        if modified is not None and known is not None and modified < known - SLACK:
            return
        for name in (each.field for each in self.target.attributes):
            if name in seen and name in self.confirmed.attributes:
                self._at_value(name, seen[name])

    def at_member(self, name: str, *, is_member: bool) -> None:
        """Compare one membership."""
        is_own = any(each.own for each in self.target.lists if each.name == name)
        wanted = self.desired.lists.get(name, False)
        # Of a list that is all ours we know that whoever was never put into it is not in it.
        known = self.confirmed.lists.get(name, False if is_own else None)
        if known is None or known is is_member:
            self._forget(_repairs("list", name))
            return
        is_drift = is_member is not wanted and known is wanted
        if is_drift and is_member and not is_own:
            return
        if is_drift:
            self._drifted("list", name, known)
        elif is_member is wanted:
            self._stands("list", name)
        self.confirmed = replace(self.confirmed, lists={**self.confirmed.lists, name: is_member})
        self.desired = replace(self.desired, lists={**self.desired.lists, name: wanted})

    def changed(self) -> Outbound | None:
        """Return the row as it is now, None when nothing is new."""
        row = replace(self.row, confirmed=self.confirmed, desired=self.desired)
        if row == self.row:
            return None
        state = DeliveryState.PENDING if is_work(row, self.target) else DeliveryState.CLEAN
        is_dead = row.state is DeliveryState.DEAD
        return replace(row, state=row.state if is_dead else state, revision=row.revision + 1)

    def _at_copy(self, copy: TargetCopy, seen: Value | None, *, is_before: bool) -> None:
        """Call off a copy where something new stands now: the next decision says what wins.

        Once it was read back how it is spelled is known, but not from what `is_before` our write.
        """
        name, known, wanted = copy.field, self.confirmed.attributes, self.desired.attributes
        is_ours = name in known and means(seen, known[name])
        if is_ours or not is_before:
            self._forget(overruled_key(AWAITED, name))
        if name not in wanted or is_ours:
            return
        value = None if seen is None else as_written(to_stored(seen), copy.type)
        self.confirmed = replace(self.confirmed, attributes={**known, name: value})
        if not means(seen, wanted[name]):
            self.desired = replace(self.desired, attributes={**wanted, name: value})

    def _at_value(self, name: str, seen: Value | None) -> None:
        known, wanted = self.confirmed.attributes, self.desired.attributes
        if means(seen, known[name]):
            self._forget(_repairs("attribute", name))
            return
        present: dict[str, Written] = {**known, name: as_seen(seen, known[name])}
        if name in wanted and means(seen, wanted[name]):
            present[name] = wanted[name]
            self._stands("attribute", name)
        elif name in wanted and not self.confirmed.is_overruled("attribute", name, wanted[name]):
            self._drifted("attribute", name, known[name])
        self.confirmed = replace(self.confirmed, attributes=present)
        if self.target.repairs_drift and not self._is_repaired(name):
            # It moved by less than is worth a write of ours, but it was not we who moved it.
            rest = {each: value for each, value in present.items() if each != name}
            self.confirmed = replace(self.confirmed, attributes=rest)

    def _is_repaired(self, name: str) -> bool:
        """Return whether what is confirmed makes a write of the field, if one is due."""
        value = self.desired.attributes.get(name)
        if value is None or self.confirmed.is_overruled("attribute", name, value):
            return True
        present = replace(self.row, confirmed=self.confirmed, desired=self.desired)
        is_right = self.confirmed.attributes[name] == value
        return is_right or name in difference(present, self.target).attributes

    def _drifted(self, kind: str, name: str, ours: Written) -> None:
        overruled = dict(self.confirmed.overruled)
        times = Decimal(str(overruled.pop(_repairs(kind, name), 0))) + 1
        is_repaired = self.target.repairs_drift and times <= MOST_REPAIRS
        self.found[REPAIRED if is_repaired else KEPT] += 1
        if is_repaired:
            overruled[_repairs(kind, name)] = times
        else:
            overruled[overruled_key(kind, name)] = ours
        self.confirmed = replace(self.confirmed, overruled=overruled)

    def _stands(self, kind: str, name: str) -> None:
        """Take note that ours stands there again."""
        self._forget(_repairs(kind, name), overruled_key(kind, name))

    def _forget(self, *keys: str) -> None:
        known = self.confirmed.overruled
        if known.keys() & set(keys):
            rest = {each: was for each, was in known.items() if each not in keys}
            self.confirmed = replace(self.confirmed, overruled=rest)


def _may_be_before(contact: Contact, row: Outbound) -> bool:
    modified, confirmed = contact.modified_at, row.confirmed_at
    return modified is not None and confirmed is not None and modified <= confirmed + SLACK


def _is_otherwise(contact: Contact, row: Outbound, target: Target) -> bool:
    look = _Look(row=row, target=target)
    look.at(contact)
    return (
        bool(look.found)
        or look.desired != row.desired
        or look.confirmed.attributes != row.confirmed.attributes
    )


async def _rows(
    tx: Transaction, platform: str, remote_ids: Mapping[str, object] | set[str]
) -> Mapping[str, Outbound]:
    """Return by record the rows that name these records, but for those being written."""
    contacts = await tx.contacts.named(platform, remote_ids)
    rows = await tx.outbox.rows(platform, set(contacts.values())) if contacts else {}
    return {
        row.remote_id: row
        for row in rows.values()
        if row.remote_id in remote_ids and row.state is not DeliveryState.IN_FLIGHT
    }


async def _record(
    tx: Transaction, target: Target, looks: Sequence[_Look], at: datetime
) -> Counter[str]:
    await tx.outbox.save([row for look in looks if (row := look.changed())])
    found = sum((look.found for look in looks), Counter[str]())
    if found:
        known = await drift_of(tx, target.platform)
        counts = {name: int(str(known.get(name, 0))) + found[name] for name in (REPAIRED, KEPT)}
        note = json.dumps({**counts, "last_at": iso(at)})
        await tx.notes.put(_note(target.platform), note)
    return found


def _repairs(kind: str, name: str) -> str:
    """Return under what the repairs are counted since ours was last seen to stand."""
    return f"repairs of {overruled_key(kind, name)}"


def _note(platform: str) -> str:
    return f"drift:{platform}"
