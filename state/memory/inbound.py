"""Webhook calls in dicts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from state.memory.tables import Lease, StoredInbound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.domain.ledger import Inbound
    from state.memory.tables import Tables


class MemoryInbound:
    """Keeps the contract of InboundStore."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, deliveries: Sequence[Inbound]) -> int:
        """Store calls; return how many were new."""
        before = len(self._tables.inbound)
        for call in deliveries:
            self._tables.inbound.setdefault((call.platform, call.id), StoredInbound(call=call))
        return len(self._tables.inbound) - before

    async def lease(
        self, *, owner: str, now: datetime, until: datetime, limit: int
    ) -> Sequence[Inbound]:
        """Return unprocessed calls, oldest first, now leased by `owner`."""
        ready = [key for key, stored in self._tables.inbound.items() if _is_ready(stored, now)]
        ready.sort(key=lambda key: (self._tables.inbound[key].call.received_at, key))
        leased = []
        for key in ready[:limit]:
            stored = self._tables.inbound[key]
            call = replace(stored.call, fence=stored.call.fence + 1)
            lease = Lease(owner=owner, until=until)
            self._tables.inbound[key] = replace(stored, call=call, lease=lease)
            leased.append(call)
        return leased

    async def done(self, deliveries: Sequence[Inbound], *, now: datetime) -> int:
        """Mark calls processed and let go of their bodies; older fences are ignored."""
        counted = 0
        for delivery in deliveries:
            stored = self._present(delivery)
            if stored is not None:
                counted += 1
                call = replace(stored.call, body=b"", headers={})
                self._tables.inbound[call.platform, call.id] = replace(
                    stored, call=call, lease=None, processed_at=now
                )
        return counted

    async def fail(
        self, delivery: Inbound, *, error: str, not_before: datetime | None, is_dead: bool
    ) -> bool:
        """Record that processing failed; return whether it counted."""
        stored = self._present(delivery)
        if stored is None:
            return False
        self._tables.inbound[delivery.platform, delivery.id] = replace(
            stored,
            call=replace(stored.call, attempts=stored.call.attempts + 1),
            lease=None,
            not_before=not_before,
            last_error=error,
            is_dead=is_dead,
        )
        return True

    async def reclaim(self, platform: str | None = None) -> int:
        """End every lease; of one platform, or of all."""
        leased = [
            key
            for key, stored in self._tables.inbound.items()
            if stored.lease is not None and platform in {None, key[0]}
        ]
        for key in leased:
            self._tables.inbound[key] = replace(self._tables.inbound[key], lease=None)
        return len(leased)

    async def backlog(self) -> int:
        """Return how many calls wait."""
        return sum(_is_open(stored) for stored in self._tables.inbound.values())

    def _present(self, delivery: Inbound) -> StoredInbound | None:
        stored = self._tables.inbound.get((delivery.platform, delivery.id))
        if stored is None or stored.call.fence != delivery.fence or not _is_open(stored):
            return None
        return stored


def _is_open(stored: StoredInbound) -> bool:
    return stored.processed_at is None and not stored.is_dead


def _is_ready(stored: StoredInbound, now: datetime) -> bool:
    is_free = stored.lease is None or stored.lease.until <= now
    is_due = stored.not_before is None or stored.not_before <= now
    return _is_open(stored) and is_free and is_due
