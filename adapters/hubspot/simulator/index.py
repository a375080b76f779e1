"""The index that searches look into: it learns of writes late, and in no order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import timedelta
from heapq import heappop, heappush
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.hubspot.simulator.records import Record, Version

_ID_BITS = 64
_ID_MASK = (1 << _ID_BITS) - 1
_KEPT_ANSWERS = 4
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How long a write stays unseen: any time between these two."""

    least: timedelta = timedelta(seconds=1)
    most: timedelta = timedelta(seconds=90)


class SearchIndex:
    """What searches know of the records of one type."""

    def __init__(self, lag: Lag | None, seed: int) -> None:
        """Without `lag` every write is seen at once."""
        self.entries: dict[int, Version] = {}
        """By record id: the version that searches see, which may be an old one."""
        self._lag = lag
        self._random = Random(seed)  # noqa: S311 - chance that can be repeated
        self._waiting: list[tuple[int, int, int, Version]] = []
        self._sent = 0
        self._gone: dict[int, int] = {}
        """Up to which version the records that went are not seen, though it may still wait."""
        self._places: list[int] = []
        """Instant and id in one number each; some are of versions that are no longer seen."""
        self._is_sorted = True
        self._ids: list[int] | None = None
        self._answers: dict[tuple[int, int], list[int]] = {}

    def note(self, record: Record, at_ms: int) -> None:
        """Take a new version, to be seen later."""
        if self._lag is None:
            self._see(record.id, record.version)
            return
        least, most = self._lag.least // _MILLISECOND, self._lag.most // _MILLISECOND
        self._sent += 1
        seen_ms = at_ms + self._random.randint(least, most)
        heappush(self._waiting, (seen_ms, self._sent, record.id, record.version))

    def see(self, record: Record) -> None:
        """Take a version that is seen at once."""
        self._see(record.id, record.version)

    def forget(self, record: Record) -> None:
        """Let go of a record: what is gone is never found, unless it has come back since."""
        self._gone[record.id] = record.version.number
        if self.entries.pop(record.id, None) is not None:
            self._forget_answers()

    def settle(self, at_ms: int | None = None) -> None:
        """See what was written long enough before `at_ms`; None: everything."""
        while self._waiting and (at_ms is None or self._waiting[0][0] <= at_ms):
            _, _, record_id, version = heappop(self._waiting)
            self._see(record_id, version)

    def waiting(self) -> int:
        """Return how many versions are not seen yet."""
        return len(self._waiting)

    def ids(self) -> Sequence[int]:
        """Return the ids of all records seen, ascending."""
        if self._ids is None:
            self._ids = sorted(self.entries)
        return self._ids

    def within(self, least_ms: int, most_ms: int) -> Sequence[int]:
        """Return the ids of records last modified in a closed span, ascending."""
        found = self._answers.get((least_ms, most_ms))
        if found is None:
            if len(self._answers) >= _KEPT_ANSWERS:
                self._answers.clear()
            found = self._answers[least_ms, most_ms] = self._find(least_ms, most_ms)
        return found

    def _find(self, least_ms: int, most_ms: int) -> list[int]:
        if not self._is_sorted:
            self._places.sort()
            self._is_sorted = True
        start = bisect_left(self._places, least_ms << _ID_BITS)
        end = bisect_right(self._places, (most_ms << _ID_BITS) | _ID_MASK)
        entries = self.entries
        return sorted(
            {
                place & _ID_MASK
                for place in self._places[start:end]
                if (version := entries.get(place & _ID_MASK))
                and version.modified_ms == place >> _ID_BITS
            }
        )

    def _see(self, record_id: int, version: Version) -> None:
        seen = self.entries.get(record_id)
        known = seen.number if seen else self._gone.get(record_id, 0)
        if version.number <= known:
            return
        self.entries[record_id] = version
        place = (version.modified_ms << _ID_BITS) | record_id
        self._is_sorted = self._is_sorted and (not self._places or place >= self._places[-1])
        self._places.append(place)
        self._forget_answers()
        if len(self._places) > 2 * len(self.entries) + 1000:
            self._places = [
                (each.modified_ms << _ID_BITS) | number for number, each in self.entries.items()
            ]
            self._is_sorted = False

    def _forget_answers(self) -> None:
        self._ids = None
        if self._answers:
            self._answers.clear()
