"""Outbound rows in dicts."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from connector.domain.outbound import NOT_YET, DeliveryState
from connector.domain.waits import has_come
from state.memory.records import page_of
from state.memory.tables import Lease

if TYPE_CHECKING:
    import builtins
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from connector.domain.outbound import Outbound, Settlement
    from state.memory.tables import Tables

_WAITING = frozenset({DeliveryState.PENDING, DeliveryState.IN_FLIGHT})


class MemoryOutbox:
    """Keeps the contract of OutboxStore."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def rows(self, platform: str, contacts: Collection[int]) -> Mapping[int, Outbound]:
        """Return the rows of these contacts."""
        known = self._tables.outbound
        return {each: known[platform, each] for each in contacts if (platform, each) in known}

    async def marks(
        self, platform: str, contacts: Collection[int]
    ) -> Mapping[int, tuple[str, int, int]]:
        """Return the record, the revision and the fence of the rows of these contacts."""
        rows = await self.rows(platform, contacts)
        return {each: (row.remote_id, row.revision, row.fence) for each, row in rows.items()}

    async def save(self, rows: Sequence[Outbound]) -> None:
        """Insert or replace what is desired; a lease ends where it was another record's."""
        for row in rows:
            key = (row.platform, row.contact)
            before = self._tables.outbound.get(key, row)
            is_other = before.remote_id != row.remote_id
            if is_other:
                self._tables.outbound_leases.pop(key, None)
            self._tables.outbound[key] = replace(row, fence=before.fence + is_other)

    async def drop(self, platform: str, contacts: Collection[int]) -> None:
        """Forget rows: the contact has no record there any more."""
        for contact in contacts:
            self._tables.outbound.pop((platform, contact), None)
            self._tables.outbound_leases.pop((platform, contact), None)

    async def lease(
        self,
        platform: str,
        *,
        owner: str,
        now: datetime,
        until: datetime,
        limit: int,
        after: int | None = None,
        urgent: bool = False,
    ) -> Sequence[Outbound]:
        """Return pending rows with a record, and those whose lease has run out, now in flight."""
        ready = [
            key
            for key, row in sorted(self._tables.outbound.items())
            if key[0] == platform
            and (after is None or key[1] > after)
            and row.remote_id != NOT_YET
            and row.is_urgent >= urgent
            and self._is_ready(key, row, now)
            and not (urgent and key in self._tables.outbound_leases)
        ]
        for key in ready[:limit]:
            row = self._tables.outbound[key]
            self._tables.outbound[key] = replace(
                row, state=DeliveryState.IN_FLIGHT, fence=row.fence + 1
            )
            self._tables.outbound_leases[key] = Lease(owner=owner, until=until)
        return [self._tables.outbound[key] for key in ready[:limit]]

    async def settle(self, settlements: Sequence[Settlement], *, now: datetime) -> int:
        """Record outcomes; return how many counted."""
        return sum(self._settle(each, now) for each in settlements)

    async def release(self, rows: Sequence[Outbound]) -> None:
        """Give leased rows back untried."""
        for row in rows:
            key = (row.platform, row.contact)
            present = self._tables.outbound.get(key)
            if present is not None and _is_leased_as(present, row):
                self._free(key)

    async def reclaim(self, reason: str, platform: str | None = None) -> int:
        """Make every leased row pending for `reason`, whatever its lease; return how many."""
        leased = [key for key in self._tables.outbound_leases if platform in {None, key[0]}]
        for key in leased:
            row = self._tables.outbound[key]
            if row.state is DeliveryState.IN_FLIGHT:
                self._tables.outbound[key] = replace(row, last_error=reason)
            self._free(key)
        return len(leased)

    async def is_due(self, platform: str, now: datetime) -> bool:
        """Return whether any row may be worked on now, or waits for its record to be made."""
        rows = self._tables.outbound.items()
        return any(key[0] == platform and self._is_ready(key, row, now) for key, row in rows)

    async def is_urgent_in_hand(self, platform: str, now: datetime) -> bool:
        """Return whether an urgent row is leased."""
        leases = self._tables.outbound_leases.items()
        leased = [key for key, lease in leases if key[0] == platform and lease.until > now]
        return any(self._tables.outbound[key].is_urgent for key in leased)

    async def counts(
        self, platform: str | None = None, state: DeliveryState | None = None
    ) -> Mapping[str, Mapping[DeliveryState, int]]:
        """Return the number of rows per platform and state, or of one platform, of one state.

        To count few takes no longer where there are many others.
        """
        counts: defaultdict[str, Counter[DeliveryState]] = defaultdict(Counter)
        for row in self._tables.outbound.values():
            if platform in {None, row.platform} and state in {None, row.state}:
                counts[row.platform][row.state] += 1
        return counts

    async def unfinished(self) -> Mapping[str, Mapping[DeliveryState, int]]:
        """Return the number of rows per platform and state but for clean ones."""
        counts: defaultdict[str, Counter[DeliveryState]] = defaultdict(Counter)
        for row in self._tables.outbound.values():
            if row.state is not DeliveryState.CLEAN:
                counts[row.platform][row.state] += 1
        return counts

    async def list(
        self,
        *,
        platform: str | None = None,
        states: Collection[DeliveryState] | None = None,
        remote_id: str | None = None,
        after: tuple[str, int] | None = None,
        urgent: bool = False,
        limit: int = 1000,
    ) -> Sequence[Outbound]:
        """Return rows ordered by (platform, contact), those behind `after`."""
        found: builtins.list[Outbound] = [
            row
            for key, row in sorted(self._tables.outbound.items())
            if platform in {None, row.platform}
            and (states is None or row.state in states)
            and remote_id in {None, row.remote_id}
            and (after is None or key > after)
            and row.is_urgent >= urgent
        ]
        return found[:limit]

    async def count_newcomers(self, platform: str) -> int:
        """Return how many rows that are not finished wait for a record."""
        return sum(
            row.platform == platform and row.state in _WAITING and row.remote_id == NOT_YET
            for row in self._tables.outbound.values()
        )

    async def members(self, platform: str) -> Mapping[str, int]:
        """Return, per list, how many rows are confirmed to be in it."""
        return Counter(
            name
            for row in self._tables.outbound.values()
            if row.platform == platform
            for name, is_member in row.confirmed.lists.items()
            if is_member
        )

    async def missing_from(
        self, platform: str, list_name: str, *, after: int | None = None, limit: int
    ) -> Sequence[Outbound]:
        """Return rows confirmed to be in a list that is not reported to hold their record."""
        reported = self._tables.memberships
        found: builtins.list[Outbound] = [
            row
            for key, row in sorted(self._tables.outbound.items())
            if key[0] == platform
            and (after is None or key[1] > after)
            and row.confirmed.lists.get(list_name)
            and (platform, list_name, row.remote_id) not in reported
        ]
        return found[:limit]

    async def unconfirmed_in(
        self, platform: str, list_name: str, *, after: str | None = None, limit: int
    ) -> Sequence[str]:
        """Return the live records that a list is reported to hold, and no row is confirmed to."""
        confirmed = {
            row.remote_id
            for row in self._tables.outbound.values()
            if row.platform == platform and row.confirmed.lists.get(list_name)
        }
        found = [
            remote_id
            for of, name, remote_id in self._tables.memberships
            if (of, name) == (platform, list_name)
            and remote_id not in confirmed
            and (record := self._tables.records.get((platform, remote_id)))
            and record.removed_at is None
        ]
        return page_of(found, after, limit)

    def _is_ready(self, key: tuple[str, int], row: Outbound, now: datetime) -> bool:
        lease = self._tables.outbound_leases.get(key)
        if lease is not None and (lease.until > now or row.state is DeliveryState.DEAD):
            return False
        is_due = has_come(row.not_before, now)
        return is_due and (lease is not None or row.state in _WAITING)

    def _free(self, key: tuple[str, int]) -> None:
        """End a lease: what its owner did is unknown, so the row is work again."""
        self._tables.outbound_leases.pop(key, None)
        row = self._tables.outbound[key]
        if row.state is not DeliveryState.DEAD:
            self._tables.outbound[key] = replace(row, state=DeliveryState.PENDING)

    def _settle(self, settlement: Settlement, now: datetime) -> bool:
        key = (settlement.row.platform, settlement.row.contact)
        row = self._tables.outbound.get(key)
        if row is None or not _is_leased_as(row, settlement.row):
            return False
        self._tables.outbound_leases.pop(key, None)
        row = replace(
            row,
            confirmed=settlement.confirmed,
            adopted=settlement.adopted,
            last_error=settlement.told,
            confirmed_at=now if settlement.is_progress else row.confirmed_at,
        )
        self._tables.outbound[key] = (
            replace(row, state=DeliveryState.PENDING)
            if row.revision != settlement.row.revision
            else replace(
                row,
                state=settlement.state,
                attempts=settlement.attempts,
                not_before=settlement.not_before,
                is_urgent=False,
            )
        )
        return True


def _is_leased_as(row: Outbound, leased: Outbound) -> bool:
    return (row.remote_id, row.fence) == (leased.remote_id, leased.fence)
