"""Deleting what is kept for a while only, in dicts: each step does all there is."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from connector.domain.ledger import FiringState
from connector.domain.retention import Swept

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from datetime import datetime

    from state.memory.tables import Tables

Entry = TypeVar("Entry")

_OVER = frozenset({FiringState.DONE, FiringState.DROPPED})


class MemoryRetention:
    """Keeps the contract of RetentionStore."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def events(self, cutoff: datetime, *, start: int, limit: int) -> Swept:
        """Delete events that occurred at or before `cutoff`, corrected versions included."""
        del limit
        tables = self._tables
        before = len(tables.events) + len(tables.superseded)
        tables.events = {
            key: each for key, each in tables.events.items() if each.event.occurred_at > cutoff
        }
        tables.superseded = [
            each for each in tables.superseded if each[1].event.occurred_at > cutoff
        ]
        return _over(before - len(tables.events) - len(tables.superseded), start)

    async def subjects(self, *, start: int, limit: int) -> Swept:
        """Delete names of nobody known that no event is left of."""
        del limit
        used = {each.subject for each in self._tables.events.values()}
        used.update(each.subject for _, each in self._tables.superseded)
        before = len(self._tables.subjects)
        self._tables.subjects = {
            number: each
            for number, each in self._tables.subjects.items()
            if each.contact is not None or number in used
        }
        return _over(before - len(self._tables.subjects), start)

    async def score_history(self, cutoff: datetime, *, start: int, limit: int) -> Swept:
        """Delete what was decided before `cutoff`, but for the last of each person and score."""
        del limit
        told = self._tables.score_history
        keys = [(contact, each.name) if each.at <= cutoff else None for contact, each in told]
        self._tables.score_history = _last_of_each(told, keys)
        return _over(len(told) - len(self._tables.score_history), start)

    async def record_history(self, cutoff: datetime, *, start: int, limit: int) -> Swept:
        """Delete changes of records recorded before `cutoff` but for the last of each value."""
        del limit
        told = self._tables.changes
        keys = [
            (each.platform, each.remote_id, each.what, each.name)
            if each.recorded_at <= cutoff
            else None
            for each in told
        ]
        self._tables.changes = _last_of_each(told, keys)
        return _over(len(told) - len(self._tables.changes), start)

    async def firings(self, before: datetime, *, limit: int) -> int:
        """Delete at most `limit` actions that were done or called off; return how many."""
        firings = self._tables.firings
        over = [key for key, it in firings.items() if it.state in _OVER and it.at <= before]
        for key in over[:limit]:
            del firings[key]
        return len(over[:limit])

    async def trigger_counts(self, before: datetime) -> int:
        """Keep of each trigger's counts up to `before` but their sum; return how many rows went."""
        counts = self._tables.trigger_counts
        old: defaultdict[str, list[datetime]] = defaultdict(list)
        for trigger, at in counts:
            if at <= before:
                old[trigger].append(at)
        for trigger, instants in old.items():
            total = sum(counts.pop((trigger, at)) for at in instants)
            counts[trigger, max(instants)] = total
        return sum(len(instants) - 1 for instants in old.values())

    async def runs(self, before: datetime, *, keep: int) -> int:
        """Delete runs that began before `before`, but not the last `keep`; return how many."""
        runs = self._tables.runs
        last = len(runs) - keep
        kept = [run for place, run in enumerate(runs) if place >= last or run.started_at >= before]
        self._tables.runs = kept
        return len(runs) - len(kept)


def _last_of_each(entries: Sequence[Entry], keys: Sequence[Hashable | None]) -> list[Entry]:
    """Return the entries without those that a later one of the same key has outlived."""
    last = {key: place for place, key in enumerate(keys)}
    return [
        each
        for place, (each, key) in enumerate(zip(entries, keys, strict=True))
        if key is None or last[key] == place
    ]


def _over(deleted: int, place: int) -> Swept:
    return Swept(deleted=deleted, place=place, is_over=True)
