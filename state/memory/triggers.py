"""Triggers and firings in dicts."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from connector.domain.ledger import OPEN, UNFINISHED, FiringState
from connector.domain.waits import has_come
from state.memory.scores import raise_latest
from state.memory.tables import Lease

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from connector.domain.ledger import Firing, TriggerState
    from state.memory.tables import Tables


class MemoryTriggers:
    """Keeps the contract of TriggerStore."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def states(self, contacts: Collection[int]) -> Sequence[TriggerState]:
        """Return what is known of the triggers of these persons."""
        wanted = frozenset(contacts)
        return [
            state
            for (contact, _), state in sorted(self._tables.trigger_states.items())
            if contact in wanted
        ]

    async def save_states(self, states: Sequence[TriggerState]) -> None:
        """Insert or replace what is known."""
        self._tables.trigger_states.update({(each.contact, each.trigger): each for each in states})

    async def add(self, firings: Sequence[Firing]) -> int:
        """Insert firings whose key is new, or was that of one called off; return how many."""
        taken = 0
        for firing in firings:
            present = self._tables.firings.get(firing.key)
            if present is None or present.state is FiringState.DROPPED:
                fence = firing.fence if present is None else present.fence
                self._tables.firings[firing.key] = replace(firing, fence=fence)
                taken += 1
        return taken

    async def lease(
        self,
        destination: str,
        *,
        owner: str,
        now: datetime,
        until: datetime,
        limit: int,
        latest_first: bool = False,
    ) -> Sequence[Firing]:
        """Return pending firings, and those whose lease has run out, now in flight."""
        ready = [
            each
            for each in self._tables.firings.values()
            if each.destination == destination and self._is_ready(each, now)
        ]
        ready.sort(key=lambda each: each.key.encode())
        ready.sort(key=lambda each: each.at, reverse=latest_first)
        leased = [
            replace(each, state=FiringState.IN_FLIGHT, fence=each.fence + 1)
            for each in ready[:limit]
        ]
        self._tables.firings.update({each.key: each for each in leased})
        lease = Lease(owner=owner, until=until)
        self._tables.firing_leases.update(dict.fromkeys((each.key for each in leased), lease))
        return leased

    async def settle(self, firings: Sequence[Firing]) -> int:
        """Record the state of leased firings; those with an older fence are ignored."""
        counted = 0
        for firing in firings:
            present = self._tables.firings.get(firing.key)
            if present is None or present.fence != firing.fence:
                continue
            counted += 1
            self._tables.firing_leases.pop(firing.key, None)
            self._tables.firings[firing.key] = replace(
                present,
                state=firing.state,
                attempts=firing.attempts,
                not_before=firing.not_before,
                last_error=firing.last_error,
            )
        return counted

    async def unfinished(self, contacts: Collection[int]) -> Sequence[Firing]:
        """Return what waits, is pending or in flight for these persons, by key."""
        wanted = frozenset(contacts)
        found = [
            each
            for each in self._tables.firings.values()
            if each.contact in wanted and each.state in UNFINISHED
        ]
        return sorted(found, key=lambda each: each.key.encode())

    async def held(self, firings: Sequence[Firing]) -> Sequence[Firing]:
        """Return those of them that nobody else leased or settled since, as they are now."""
        now = [self._tables.firings.get(each.key) for each in firings]
        return [
            there
            for each, there in zip(firings, now, strict=True)
            if there is not None
            and there.state is FiringState.IN_FLIGHT
            and there.fence == each.fence
        ]

    async def of(self, contact: int, limit: int) -> Sequence[Firing]:
        """Return what was, or is to be, done for a person, whatever became of it; latest first."""
        found = [each for each in self._tables.firings.values() if each.contact == contact]
        found.sort(key=lambda each: each.key.encode())
        return sorted(found, key=lambda each: each.at, reverse=True)[:limit]

    async def save(self, firings: Sequence[Firing]) -> None:
        """Replace what is known of firings: all fields but fence and lease, which stay."""
        for firing in firings:
            present = self._tables.firings.get(firing.key)
            fence = present.fence if present else firing.fence
            self._tables.firings[firing.key] = replace(firing, fence=fence)

    async def release(self, trigger: str, *, limit: int | None, at: datetime) -> Sequence[int]:
        """Make pending, as fired at `at`, all that the `limit` first in the queue wait for."""
        waiting = [
            each
            for each in self._tables.firings.values()
            if each.trigger == trigger and each.state is FiringState.WAITING
        ]
        waiting.sort(key=lambda each: (each.at, each.key.encode()))
        first = list(dict.fromkeys(each.contact for each in waiting))[:limit]
        chosen = frozenset(first)
        for each in waiting:
            if each.contact in chosen:
                self._tables.firings[each.key] = replace(each, state=FiringState.PENDING, at=at)
        return first

    async def count(self, fired: Mapping[str, int], at: datetime) -> None:
        """Add for how many persons each trigger fired at `at`, which is a decision."""
        counts = self._tables.trigger_counts
        counts.update({(name, at): counts.get((name, at), 0) + n for name, n in fired.items()})
        if fired:
            raise_latest(self._tables, at)

    async def fired(self, trigger: str, since: datetime | None) -> int:
        """Return how often a trigger fired from `since` on; ever, when None."""
        return sum(
            count
            for (name, at), count in self._tables.trigger_counts.items()
            if name == trigger and (since is None or at >= since)
        )

    async def undo_after(self, at: datetime) -> None:
        """Let nothing of triggers be known as later than `at`."""
        tables = self._tables
        tables.trigger_states = {
            key: replace(
                each,
                since=min(each.since, at),
                fired_at=None if each.fired_at is None else min(each.fired_at, at),
            )
            for key, each in tables.trigger_states.items()
        }
        tables.trigger_counts = {
            key: count for key, count in tables.trigger_counts.items() if key[1] <= at
        }

    async def is_due(self, destination: str, now: datetime) -> bool:
        """Return whether any firing may be worked on now."""
        firings = self._tables.firings.values()
        return any(
            each.destination == destination and self._is_ready(each, now) for each in firings
        )

    async def reclaim(self, destination: str | None = None) -> int:
        """Make every leased firing pending; of one destination, or of all."""
        firings = self._tables.firings
        leased = [
            key
            for key in self._tables.firing_leases
            if destination in {None, firings[key].destination}
        ]
        for key in leased:
            firings[key] = replace(firings[key], state=FiringState.PENDING)
            del self._tables.firing_leases[key]
        return len(leased)

    async def open_counts(self) -> Mapping[str, Mapping[FiringState, int]]:
        """Return the number of firings per destination and state that are OPEN."""
        counts: defaultdict[str, Counter[FiringState]] = defaultdict(Counter)
        for firing in self._tables.firings.values():
            if firing.state in OPEN:
                counts[firing.destination][firing.state] += 1
        return counts

    async def list(
        self,
        *,
        states: Collection[FiringState] = OPEN,
        destination: str | None = None,
        limit: int | None = None,
    ) -> Sequence[Firing]:
        """Return firings in these states, oldest first, ties by key."""
        found = [
            each
            for each in self._tables.firings.values()
            if each.state in states and destination in {None, each.destination}
        ]
        return sorted(found, key=lambda each: (each.at, each.key.encode()))[:limit]

    async def counts(self) -> Mapping[str, Mapping[FiringState, int]]:
        """Return the number of firings per trigger and state."""
        counts: defaultdict[str, Counter[FiringState]] = defaultdict(Counter)
        for firing in self._tables.firings.values():
            counts[firing.trigger][firing.state] += 1
        return counts

    def _is_ready(self, firing: Firing, now: datetime) -> bool:
        if firing.state is FiringState.IN_FLIGHT:
            lease = self._tables.firing_leases.get(firing.key)
            return lease is None or lease.until <= now
        return firing.state is FiringState.PENDING and has_come(firing.not_before, now)
