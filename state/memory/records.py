"""Records and list memberships in dicts."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from connector.domain.changes import Addressee

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from connector.domain.contacts import Membership
    from connector.domain.records import Record, RecordChange
    from state.memory.tables import Tables


class MemoryRecords:
    """The part of ContactStore about records."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def records(self, platform: str, remote_ids: Collection[str]) -> Mapping[str, Record]:
        """Return the known records by remote id, removed ones included."""
        known = self._tables.records
        return {each: known[platform, each] for each in remote_ids if (platform, each) in known}

    async def records_of(self, contacts: Collection[int]) -> Sequence[Record]:
        """Return all records of these persons."""
        wanted = frozenset(contacts)
        return self._where(lambda record: record.contact in wanted)

    async def records_by_email(self, emails: Collection[str]) -> Sequence[Record]:
        """Return the records that carry one of these addresses, removed ones included."""
        wanted = frozenset(emails)
        return self._where(lambda record: not wanted.isdisjoint(record.emails))

    async def named(self, platform: str, remote_ids: Collection[str]) -> Mapping[str, int]:
        """Return the person of each known record by remote id, removed ones included."""
        records = await self.records(platform, remote_ids)
        return {remote_id: record.contact for remote_id, record in records.items()}

    async def carrying(self, emails: Collection[str]) -> Mapping[str, int]:
        """Return the person whose records carry each address, removed ones included."""
        carriers = await self.records_by_email(emails)
        owners = {email: record.contact for record in carriers for email in record.emails}
        return {email: owners[email] for email in emails if email in owners}

    async def addressees(self, platform: str, contacts: Collection[int]) -> Mapping[int, Addressee]:
        """Return under which record each person is written to on a platform."""
        live = [
            record
            for record in await self.records_of(contacts)
            if record.platform == platform and record.removed_at is None
        ]
        live.sort(key=lambda record: _bytes(record.remote_id), reverse=True)
        return {record.contact: self._addressee(record) for record in live}

    async def live_ids(
        self, platform: str, *, after: str | None = None, limit: int
    ) -> Sequence[str]:
        """Return remote ids of a platform's records that were not removed, rising."""
        return page_of(self._ids(platform, is_removed=False), after, limit)

    async def removed_ids(
        self, platform: str, *, after: str | None = None, limit: int
    ) -> Sequence[str]:
        """Return remote ids of a platform's records that were removed, rising."""
        return page_of(self._ids(platform, is_removed=True), after, limit)

    async def count_live(self, platform: str) -> int:
        """Return how many records of a platform were not removed."""
        return len(self._ids(platform, is_removed=False))

    def _ids(self, platform: str, *, is_removed: bool) -> list[str]:
        return [
            record.remote_id
            for record in self._tables.records.values()
            if record.platform == platform and (record.removed_at is not None) is is_removed
        ]

    async def save_records(
        self, records: Sequence[Record], *, new: Collection[tuple[str, str]] = ()
    ) -> None:
        """Insert or replace records, with their addresses."""
        del new
        self._tables.records.update({(each.platform, each.remote_id): each for each in records})

    async def log(self, changes: Sequence[RecordChange]) -> None:
        """Append to the history of records."""
        self._tables.changes.extend(changes)

    async def history(self, contact: int) -> Sequence[RecordChange]:
        """Return the history of a person's records, oldest first."""
        own = {key for key, record in self._tables.records.items() if record.contact == contact}
        return [each for each in self._tables.changes if (each.platform, each.remote_id) in own]

    async def save_memberships(
        self, platform: str, items: Sequence[Membership]
    ) -> Sequence[Membership]:
        """Record which contacts the platform reports in which list; return what was news."""
        latest = {(platform, item.list_name, item.remote_id): item for item in items}
        known = self._tables.memberships
        news = {key: item for key, item in latest.items() if item.is_member != (key in known)}
        for key, item in news.items():
            if item.is_member:
                known[key] = None
            else:
                del known[key]
        return list(news.values())

    async def members(
        self, platform: str, list_name: str, remote_ids: Collection[str]
    ) -> Collection[str]:
        """Return those of these contacts that the platform reports in a list."""
        known = self._tables.memberships
        return {each for each in remote_ids if (platform, list_name, each) in known}

    async def lists(self, platform: str, *, limit: int) -> Sequence[str]:
        """Return the names of the lists that a platform reports anybody in, rising."""
        names = {name for of, name, _ in self._tables.memberships if of == platform}
        return sorted(names, key=_bytes)[:limit]

    async def platforms_of(self, contacts: Collection[int]) -> Mapping[int, Sequence[str]]:
        """Return the platforms that know each person now, by name; those of nobody are absent."""
        known = [each for each in await self.records_of(contacts) if each.removed_at is None]
        found: defaultdict[int, set[str]] = defaultdict(set)
        for each in known:
            found[each.contact].add(each.platform)
        return {contact: sorted(names, key=_bytes) for contact, names in found.items()}

    def _addressee(self, record: Record) -> Addressee:
        person = self._tables.persons.get(record.contact)
        address = record.emails[0] if record.emails else (person.email if person else None)
        return Addressee(remote_id=record.remote_id, email=address)

    def _where(self, holds: Callable[[Record], bool]) -> Sequence[Record]:
        found = filter(holds, self._tables.records.values())
        return sorted(found, key=lambda record: (record.platform, record.remote_id))


def page_of(ids: Sequence[str], after: str | None, limit: int) -> Sequence[str]:
    """Return the first `limit` of `ids` behind `after`, rising as UTF-8 bytes."""
    behind = [each for each in ids if after is None or _bytes(each) > _bytes(after)]
    return sorted(behind, key=_bytes)[:limit]


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")
