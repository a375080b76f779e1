"""Webhook calls in dicts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.domain.forgetting import anywhere
from connector.domain.ledger import Backlog
from connector.domain.tellings import news
from connector.domain.waits import has_come
from connector.ports.inbound_store import MOST_BYTES
from state.digests import digest_of
from state.memory.tables import KEY, Lease, StoredInbound

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
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
        for call in news(deliveries, self._tables.tellings):
            stored = StoredInbound(call=replace(call, about=(), content=None))
            self._tables.inbound.setdefault((call.platform, call.id), stored)
        return len(self._tables.inbound) - before

    async def overtaken(
        self, platform: str, moves: Mapping[tuple[str, str], datetime], *, now: datetime
    ) -> Collection[tuple[str, str]]:
        """Keep when calls told of members, by list and record; return of which a later one did."""
        late: set[tuple[str, str]] = set()
        for (name, remote_id), at in moves.items():
            key = digest_of(KEY, anywhere(remote_id)), platform, name
            if at < self._tables.moves.get(key, at) <= now:
                late.add((name, remote_id))
            else:
                self._tables.moves[key] = at
        return late

    async def lease(
        self, platform: str, *, owner: str, now: datetime, until: datetime, limit: int
    ) -> Sequence[Inbound]:
        """Return unprocessed calls of a platform, oldest first, now leased by `owner`."""
        ready = [each for each in self._oldest_first(platform) if _is_ready(each, now)]
        leased: list[Inbound] = []
        size = 0
        for stored in ready[:limit]:
            if size >= MOST_BYTES:
                break
            call = replace(stored.call, fence=stored.call.fence + 1)
            self._put(replace(stored, call=call, lease=Lease(owner=owner, until=until)))
            leased.append(_told(replace(stored, call=call)))
            size += len(call.body)
        return leased

    async def done(self, deliveries: Sequence[Inbound], *, now: datetime) -> int:
        """Mark calls processed and let go of their bodies; older fences are ignored."""
        leased = [*self._present(deliveries)]
        for stored in leased:
            self._put(_let_go(stored, now))
        return len(leased)

    async def fail(
        self,
        deliveries: Sequence[Inbound],
        *,
        error: str,
        not_before: datetime | None,
        is_dead: bool,
    ) -> int:
        """Record that processing failed; return how many counted."""
        leased = [*self._present(deliveries)]
        for stored in leased:
            self._put(
                replace(
                    stored,
                    call=replace(stored.call, attempts=stored.call.attempts + 1),
                    lease=None,
                    not_before=not_before,
                    last_error=error,
                    is_dead=is_dead,
                )
            )
        return len(leased)

    async def release(self, deliveries: Sequence[Inbound]) -> None:
        """Give leased calls back untried."""
        for stored in [*self._present(deliveries)]:
            self._put(replace(stored, lease=None))

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

    async def backlog(self) -> Mapping[str, Backlog]:
        """Return, per platform that has any, the calls that wait and those that are dead."""
        found: dict[str, list[StoredInbound]] = {}
        for stored in self._oldest_first():
            found.setdefault(stored.call.platform, []).append(stored)
        return {name: _backlog(calls) for name, calls in found.items()}

    async def list(
        self, *, platform: str | None = None, is_dead: bool | None = None, limit: int = 1000
    ) -> Sequence[Inbound]:
        """Return calls that are not processed, oldest first: dead ones, others, or both."""
        found = [
            _told(stored)
            for stored in self._oldest_first(platform)
            if is_dead is None or stored.is_dead is is_dead
        ]
        return found[:limit]

    async def replay(self, calls: Collection[tuple[str, str]]) -> int:
        """Let dead calls wait as if they had not been tried; return how many."""
        dead = [*self._dead(calls)]
        for stored in dead:
            call = replace(stored.call, attempts=0)
            self._put(StoredInbound(call=call))
        return len(dead)

    async def drop(self, calls: Collection[tuple[str, str]], *, now: datetime) -> int:
        """Let go of dead calls, as if processed; return how many."""
        dead = [*self._dead(calls)]
        for stored in dead:
            self._put(replace(_let_go(stored, now), is_dead=False))
        return len(dead)

    async def prune(self, before: datetime, *, limit: int) -> int:
        """Forget at most `limit` calls that were processed before an instant; return how many."""
        old = sorted(
            (stored.processed_at, key)
            for key, stored in self._tables.inbound.items()
            if stored.processed_at is not None and stored.processed_at < before
        )
        for _, key in old[:limit]:
            del self._tables.inbound[key]
        return min(len(old), limit)

    async def prune_tellings(self, before: datetime, *, limit: int) -> int:
        """Forget at most `limit` of what calls said before an instant; return how many."""
        said = self._tables.tellings
        old = [key for key, each in said.items() if each.received_at < before][:limit]
        for key in old:
            del said[key]
        return len(old)

    async def prune_moves(self, before: datetime, *, limit: int) -> int:
        """Forget at most `limit` of the moves told before an instant; return how many."""
        moves = self._tables.moves
        old = [key for key, told_at in moves.items() if told_at < before][:limit]
        for key in old:
            del moves[key]
        return len(old)

    async def abandon(
        self, platforms: Collection[str], before: datetime, *, error: str, limit: int
    ) -> int:
        """Let go of what calls of other platforms received before an instant carry."""
        strange = self._strange(platforms, before)
        whole = [each for each in strange if each.call.body or not each.is_dead][:limit]
        for stored in whole:
            call = replace(stored.call, body=b"", headers={})
            self._put(
                replace(
                    stored,
                    call=call,
                    lease=None,
                    not_before=None,
                    last_error=error,
                    is_dead=True,
                )
            )
        return len(whole)

    async def prune_abandoned(
        self, platforms: Collection[str], before: datetime, *, limit: int
    ) -> int:
        """Forget at most `limit` calls received before an instant of all but `platforms`."""
        old = self._strange(platforms, before)[:limit]
        for stored in old:
            del self._tables.inbound[stored.call.platform, stored.call.id]
        return len(old)

    def _strange(self, platforms: Collection[str], before: datetime) -> Sequence[StoredInbound]:
        """Return the calls of other platforms that nobody processed in time."""
        return [
            each
            for each in self._oldest_first()
            if each.call.platform not in platforms and each.call.received_at < before
        ]

    def _put(self, stored: StoredInbound) -> None:
        self._tables.inbound[stored.call.platform, stored.call.id] = stored

    def _oldest_first(self, platform: str | None = None) -> Sequence[StoredInbound]:
        """Return the calls that are not processed."""
        found = [
            stored
            for key, stored in self._tables.inbound.items()
            if stored.processed_at is None and platform in {None, key[0]}
        ]
        return sorted(found, key=lambda it: (it.call.received_at, it.call.platform, it.call.id))

    def _present(self, deliveries: Sequence[Inbound]) -> Iterator[StoredInbound]:
        """Yield the calls that are as they were leased."""
        for call in deliveries:
            stored = self._tables.inbound.get((call.platform, call.id))
            if stored is not None and stored.call.fence == call.fence and _is_open(stored):
                yield stored

    def _dead(self, calls: Collection[tuple[str, str]]) -> Iterator[StoredInbound]:
        for key in {*calls}:
            stored = self._tables.inbound.get(key)
            if stored is not None and stored.is_dead and stored.processed_at is None:
                yield stored


def _told(stored: StoredInbound) -> Inbound:
    return replace(
        stored.call,
        not_before=stored.not_before,
        last_error=stored.last_error,
        is_dead=stored.is_dead,
    )


def _let_go(stored: StoredInbound, now: datetime) -> StoredInbound:
    call = replace(stored.call, body=b"", headers={})
    return replace(stored, call=call, lease=None, processed_at=now)


def _backlog(calls: Sequence[StoredInbound]) -> Backlog:
    waiting = [each.call.received_at for each in calls if not each.is_dead]
    return Backlog(
        waiting=len(waiting), dead=len(calls) - len(waiting), oldest=min(waiting, default=None)
    )


def _is_open(stored: StoredInbound) -> bool:
    return stored.processed_at is None and not stored.is_dead


def _is_ready(stored: StoredInbound, now: datetime) -> bool:
    is_free = stored.lease is None or stored.lease.until <= now
    return _is_open(stored) and is_free and has_come(stored.not_before, now)
