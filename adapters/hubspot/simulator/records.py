"""The records of one type: who is there, since when, and what each was before."""

from __future__ import annotations

from bisect import bisect_right, insort
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.hubspot.simulator.catalogue import Kind
    from adapters.hubspot.simulator.definitions import Definition

MERGED = "hs_merged_object_ids"
ADDITIONAL = "hs_additional_emails"
BY_HAND = "CRM_UI"
"""The source of what somebody does in the account."""


class Ids:
    """The ids of an account: one sequence for all types of objects."""

    def __init__(self, first: int) -> None:
        self._next = first

    def take(self, number: int = 1) -> int:
        """Return the first of `number` ids that nobody has."""
        first = self._next
        self._next += number
        return first


class Write(NamedTuple):
    """One change of a record, as its history tells it."""

    at_ms: int
    source: str
    changes: Mapping[str, str | None]


class Version:
    """What a record says from one change to the next. It never changes."""

    __slots__ = ("modified_ms", "number", "properties", "rendered", "rendered_for")

    def __init__(self, modified_ms: int, properties: Mapping[str, str], number: int = 1) -> None:
        self.modified_ms = modified_ms
        self.properties = properties
        self.number = number
        """Which version of its record it is: the instant of two may be one."""
        self.rendered = b""
        """Its JSON with the properties of `rendered_for`, made when it was first asked for."""
        self.rendered_for: tuple[str, ...] = ()


class Record:
    """One object of the account."""

    __slots__ = ("archived_ms", "created_ms", "history", "id", "version")

    def __init__(self, record_id: int, created_ms: int, properties: Mapping[str, str]) -> None:
        self.id = record_id
        self.created_ms = created_ms
        self.archived_ms: int | None = None
        self.version = Version(created_ms, properties)
        self.history: list[Write] = []
        """All writes, the first one being what it was made with; empty as long as that is all."""

    def write(self, write: Write) -> None:
        """Note a write that a new version is going to show."""
        if not self.history:
            self.history.append(Write(self.created_ms, BY_HAND, self.version.properties))
        self.history.append(write)

    def show(self, at_ms: int, properties: Mapping[str, str]) -> None:
        """Put a new version in the place of the last one."""
        before = self.version
        self.version = Version(max(at_ms, before.modified_ms), properties, before.number + 1)

    def past(self) -> Sequence[Write]:
        """Return all writes, oldest first."""
        return self.history or [Write(self.created_ms, BY_HAND, self.version.properties)]


class Records:
    """All records of one type."""

    def __init__(self, kind: Kind, definitions: dict[str, Definition]) -> None:
        self.kind = kind
        self.definitions = definitions
        self.by_id: dict[int, Record] = {}
        """Archived ones too."""
        self.live: list[int] = []
        """Ascending."""
        self.archived: list[int] = []
        """Ascending."""
        self.unique_names = [name for name, each in definitions.items() if each.is_unique]
        """The properties of which no two records have the same value."""
        self._holders: dict[str, dict[str, int]] = {}

    def define(self, definition: Definition) -> None:
        """Add a property, or change one."""
        self.definitions[definition.name] = definition
        self.unique_names = [name for name, each in self.definitions.items() if each.is_unique]

    def __len__(self) -> int:
        return len(self.live)

    def __iter__(self) -> Iterator[Record]:
        return (self.by_id[each] for each in self.live)

    def get(self, record_id: str, *, archived: bool = False) -> Record | None:
        """Return the record of an id in text, or None."""
        record = self.by_id.get(int(record_id)) if record_id.isdecimal() else None
        if record is None or (record.archived_ms is not None) is not archived:
            return None
        return record

    def find(self, name: str, value: str) -> Record | None:
        """Return the record that has a unique value; an address may be an additional one."""
        holder = self._holders.get(name, {}).get(value.lower())
        return None if holder is None else self.by_id[holder]

    def page(self, after: int, limit: int, *, archived: bool) -> Sequence[Record]:
        """Return up to `limit` records with higher ids, ascending."""
        ids = self.archived if archived else self.live
        start = bisect_right(ids, after)
        return [self.by_id[each] for each in ids[start : start + limit]]

    def add(self, record: Record) -> None:
        """Put in a new record."""
        self.by_id[record.id] = record
        insort(self.live, record.id)
        self._hold(record)

    def write(self, record: Record, write: Write) -> None:
        """Change a record."""
        is_held_otherwise = not write.changes.keys().isdisjoint((ADDITIONAL, *self.unique_names))
        if is_held_otherwise:
            self._release(record)
        properties = {**record.version.properties}
        for name, value in write.changes.items():
            if value is None:
                properties.pop(name, None)
            else:
                properties[name] = value
        record.write(write)
        record.show(write.at_ms, properties)
        if is_held_otherwise:
            self._hold(record)

    def archive(self, record: Record, at_ms: int) -> None:
        """Delete a record; it can be restored."""
        record.archived_ms = at_ms
        self._release(record)
        _discard(self.live, record.id)
        insort(self.archived, record.id)
        record.show(at_ms, record.version.properties)

    def restore(self, record: Record, at_ms: int) -> None:
        """Take back a deletion."""
        record.archived_ms = None
        _discard(self.archived, record.id)
        insort(self.live, record.id)
        record.show(at_ms, record.version.properties)
        self._hold(record)

    def drop(self, record: Record) -> None:
        """Remove a record for good: it was merged away, or erased."""
        self._release(record)
        _discard(self.live, record.id)
        _discard(self.archived, record.id)
        del self.by_id[record.id]

    def _hold(self, record: Record) -> None:
        for name, value in self._claims(record):
            self._holders.setdefault(name, {})[value] = record.id

    def _release(self, record: Record) -> None:
        for name, value in self._claims(record):
            holders = self._holders.get(name, {})
            if holders.get(value) == record.id:
                del holders[value]

    def _claims(self, record: Record) -> Iterator[tuple[str, str]]:
        properties = record.version.properties
        for name in self.unique_names:
            if value := properties.get(name):
                yield name, value.lower()
        if more := properties.get(ADDITIONAL):
            for value in more.split(";"):
                yield "email", value.lower()


def _discard(ids: list[int], record_id: int) -> None:
    place = bisect_right(ids, record_id) - 1
    if place >= 0 and ids[place] == record_id:
        del ids[place]
