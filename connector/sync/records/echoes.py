"""What we copied to a record, known again when it comes back.

It is told by value: what was written to a record is remembered in it, dated right before its
origin, so that it is never newer, whatever modified date our own write gave the record. An equal
value that the platform hands back later is no change. Where the platform spells it in its own way
that is remembered too, and not written over. The first reading back that means what was written
is ours whatever its date: anybody who changes anything of the record moves that.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from connector.domain.instants import to_micros
from connector.domain.outbound import AWAITED, overruled_key
from connector.domain.sameness import means
from connector.domain.values import as_stored, as_written
from connector.mapping.attributes import date_of, is_cleared
from connector.sync.records.overtaken import may_lack_our_write
from connector.sync.records.revision import BEFORE_ITS_ORIGIN, changes_between

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from connector.domain.attributes import Attribute
    from connector.domain.events import Event
    from connector.domain.outbound import Desired, Outbound, Settlement
    from connector.domain.records import Record
    from connector.domain.values import Stored, Written
    from connector.ports.store import Transaction
    from connector.scoring.model import Target

Kept = TypeVar("Kept")

MOVES = frozenset({"list.subscribed", "list.unsubscribed"})
"""Events that say that a contact is in a list, or is not any more."""

_NEVER = 0
"""The date of a copy whose origin is gone: any other value is newer."""
SLACK = timedelta(minutes=1)
"""How far the clock of a platform may be from ours."""


def without_our_lists(events: Iterable[Event], target: Target | None) -> list[Event]:
    """Return the events without those that tell of lists that we write to on their platform.

    Who is in such a list is what scoring decided: it may not count in it.
    """
    ours = {each.name for each in target.lists} if target else set()
    return [
        each
        for each in events
        if each.type not in MOVES or each.fields.get("list_name") not in ours
    ]


def copied_to(platform: str, attributes: Mapping[str, Attribute]) -> Mapping[str, Attribute]:
    """Return, by field, the attributes that are copied to a platform."""
    return {
        each.sources[platform]: each
        for each in attributes.values()
        if platform in each.sync and platform in each.sources
    }


async def remember_copies(
    tx: Transaction,
    platform: str,
    settlements: Sequence[Settlement],
    attributes: Mapping[str, Attribute],
    recorded_at: datetime,
    *,
    began_at: datetime,
) -> None:
    """Let records show what they were seen to take by `settlements`, written from `began_at` on."""
    copied = copied_to(platform, attributes)
    written = {
        each.row.remote_id: (each.row.contact, values)
        for each in settlements
        if (values := _taken(each, copied))
    }
    if not written:
        return
    records = await tx.contacts.records(platform, written)
    family = await _families(tx, [contact for contact, _ in written.values()])
    before = [records[each] for each in written if each in records]
    after = []
    for each in before:
        _, values = written[each.remote_id]
        new = {
            name: value
            for name, value in values.items()
            if not _was_there(each, copied[name], value, began_at)
        }
        after.append(_showing(each, new, copied, family[each.contact]))
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    await tx.contacts.save_records([replace(new, recorded_at=recorded_at) for _, new in changed])
    await tx.contacts.log(
        [each for old, new in changed for each in changes_between(old, new, recorded_at)]
    )


def awaiting(before: Desired, now: Desired, target: Target) -> Desired:
    """Return what is confirmed `now`, copies marked that were written since `before`.

    How the platform spells them is known once they are read back.
    """
    marks = {
        overruled_key(AWAITED, each.field): value
        for each in target.copies
        if (value := now.attributes.get(each.field)) is not None
        and value != before.attributes.get(each.field)
    }
    return replace(now, overruled={**now.overruled, **marks}) if marks else now


async def without_echoes(
    tx: Transaction,
    platform: str,
    fresh: Sequence[Record],
    known: Mapping[str, Record],
    attributes: Mapping[str, Attribute],
    *,
    since: datetime | None = None,
) -> Sequence[Record]:
    """Return the records just revised, what we copied to them ourselves dated as its origin.

    What was written since reading them began stays, where they may be of before that.
    """
    copied = copied_to(platform, attributes)
    changed = [each for each in fresh if _moved(each, known.get(each.remote_id), copied)]
    if not changed:
        return fresh
    contacts = [known[each.remote_id].contact for each in changed]
    rows = await tx.outbox.rows(platform, contacts)
    family = await _families(tx, contacts)
    settled: dict[str, Record] = {}
    spelled: list[Outbound] = []
    for record in changed:
        before = known[record.remote_id]
        row = rows.get(before.contact)
        if row is not None and row.remote_id == record.remote_id:
            read = record
            if may_lack_our_write(record.modified_at, row, since):
                read = _with_written(record, before, row, _moved(record, before, copied))
            look = _Look(record=read, before=before, row=row, family=family[before.contact])
            settled[record.remote_id], after = look.settled(_moved(read, before, copied))
            spelled += [after] if after != row else []
    await tx.outbox.save(spelled)
    return [settled.get(each.remote_id, each) for each in fresh]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A record that is not what it was, and what we know of ourselves."""

    record: Record
    before: Record
    row: Outbound
    family: Sequence[Record]
    """All records of the person."""

    def settled(self, moved: Mapping[str, Attribute]) -> tuple[Record, Outbound]:
        """Return the record with our own copies dated as such, and the row that knows of them."""
        stamps = dict(self.record.stamps)
        overruled = dict(self.row.confirmed.overruled)
        for field, attribute in moved.items():
            name = attribute.name
            seen = _value(self.record, attribute)
            wanted = self.row.desired.attributes.get(field)
            if field in self.row.desired.attributes and seen == wanted:
                stamps[name] = _before_origin(self.record, self.family, name, as_stored(seen))
            elif (wrote := self._spelled_otherwise(seen, field, attribute)) is not None:
                stored = as_stored(wrote)
                stamps[name] = _before_origin(self.record, self.family, name, stored)
                if seen != wrote:
                    overruled[overruled_key("attribute", field)] = wrote
        confirmed = replace(self.row.confirmed, overruled=overruled)
        return replace(self.record, stamps=stamps), replace(self.row, confirmed=confirmed)

    def _spelled_otherwise(self, seen: Written, field: str, attribute: Attribute) -> Written:
        """Return what we wrote when the platform says it in other words; None: somebody did."""
        wanted = self.row.desired.attributes.get(field)
        written = [wanted] if self.row.may_be_done else []
        written.append(self.row.confirmed.overruled.get(overruled_key(AWAITED, field)))
        modified, confirmed = self.record.modified_at, self.row.confirmed_at
        is_later = modified and confirmed and modified > confirmed + SLACK
        if not is_later and _is_copy(self.before, self.family, attribute.name):
            written.append(_value(self.before, attribute))
        return next(
            (each for each in written if each is not None and means(_raw(seen), each)), None
        )


def _taken(settlement: Settlement, copied: Mapping[str, Attribute]) -> Mapping[str, Written]:
    """Return the copied fields that a platform was seen to take."""
    before, now = settlement.row.confirmed.attributes, settlement.confirmed.attributes
    return {
        name: now[name]
        for name in copied
        if name in now and (name not in before or now[name] != before[name])
    }


def _was_there(record: Record, attribute: Attribute, value: Written, began_at: datetime) -> bool:
    """Return whether a record held a value before it was written, so that it is no copy.

    It is written all the same where another value was on its way when this one was seen.
    """
    if not _holds(record, attribute.name, as_stored(value)):
        return False
    is_older = date_of(record, attribute.name) <= to_micros(began_at)
    return is_older or record.recorded_at <= began_at


def _showing(
    record: Record,
    values: Mapping[str, Written],
    copied: Mapping[str, Attribute],
    family: Sequence[Record],
) -> Record:
    """Return a record as it is once it holds what we wrote."""
    attributes, stamps = dict(record.attributes), dict(record.stamps)
    for field, written in values.items():
        name, value = copied[field].name, as_stored(written)
        stamps[name] = _before_origin(record, family, name, value)
        if value is None:
            attributes.pop(name, None)
        else:
            attributes[name] = value
    return replace(record, attributes=attributes, stamps=stamps)


def _moved(
    record: Record, before: Record | None, copied: Mapping[str, Attribute]
) -> Mapping[str, Attribute]:
    """Return the copied fields in which a record is not what it was."""
    if before is None:
        return {}
    return {
        field: each
        for field, each in copied.items()
        if record.attributes.get(each.name) != before.attributes.get(each.name)
    }


def _with_written(
    record: Record, before: Record, row: Outbound, moved: Mapping[str, Attribute]
) -> Record:
    """Return a record that shows what is confirmed of it in those fields that `moved`."""
    known = row.confirmed.attributes
    names = {
        each.name
        for field, each in moved.items()
        if field in known and known[field] == _value(before, each)
    }
    return replace(
        record,
        attributes=_put_back(record.attributes, before.attributes, names),
        stamps=_put_back(record.stamps, before.stamps, names),
    )


def _put_back(
    now: Mapping[str, Kept], before: Mapping[str, Kept], names: Collection[str]
) -> Mapping[str, Kept]:
    """Return what is there `now`, but what was there `before` under `names`."""
    others = {name: each for name, each in now.items() if name not in names}
    return others | {name: before[name] for name in names if name in before}


def _before_origin(
    record: Record, family: Sequence[Record], name: str, value: Stored | None
) -> int:
    """Return the date of a copy in `record` of a value that another record of `family` holds."""
    dates = [
        date_of(each, name)
        for each in family
        if (each.platform, each.remote_id) != (record.platform, record.remote_id)
        and _holds(each, name, value)
    ]
    return max(_NEVER, max(dates, default=_NEVER) - BEFORE_ITS_ORIGIN)


def _is_copy(record: Record, family: Sequence[Record], name: str) -> bool:
    """Return whether a record holds what another one held before it."""
    value, since = record.attributes.get(name), record.stamps.get(name)
    return value is not None and (
        since == _NEVER
        or any(
            _holds(each, name, value) and date_of(each, name) > date_of(record, name)
            for each in family
        )
    )


def _holds(record: Record, name: str, value: Stored | None) -> bool:
    if value is None:
        return is_cleared(record, name)
    return name in record.attributes and record.attributes[name] == value


async def _families(tx: Transaction, contacts: Iterable[int]) -> defaultdict[int, list[Record]]:
    """Return all records of these persons."""
    found: defaultdict[int, list[Record]] = defaultdict(list)
    for record in await tx.contacts.records_of(set(contacts)):
        found[record.contact].append(record)
    return found


def _value(record: Record, attribute: Attribute) -> Written:
    stored = record.attributes.get(attribute.name)
    return None if stored is None else as_written(stored, attribute.type)


def _raw(value: Written) -> object:
    """Return a value as a platform might hand it over."""
    return str(value) if value is not None and not isinstance(value, bool) else value
