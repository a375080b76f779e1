"""What writing costs, as an entry describes it: how many requests so many changes take; pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.rest.language.streams import LookupConfig
    from adapters.rest.language.writing import WritesConfig

AT_ONCE = 8
"""Writes under way, where each is a request of its own; the limits say how many are sent."""
AT_ONCE_IN_BATCHES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """How many requests the writes of an entry take."""

    writes: WritesConfig
    lookup: LookupConfig | None

    @property
    def list_batch(self) -> int:
        """Return how many contacts one list write takes."""
        lists = self.writes.lists
        return max(lists.add.size, lists.remove.size) if lists else 1

    @property
    def in_flight(self) -> int:
        """Return how many writes may be under way at once."""
        attributes = self.writes.attributes
        is_alone = self.list_batch == 1 and (attributes is None or attributes.size == 1)
        return AT_ONCE if is_alone else AT_ONCE_IN_BATCHES

    def calls_of(self, kind: str, count: int) -> int:
        """Return how many requests so many changes of a kind take at least."""
        writes = self.writes
        if kind == "list":
            return ceil(count / self.list_batch)
        if kind == "contact":
            return count * (2 if writes.create and writes.create.find else 1)
        attributes = writes.attributes
        if attributes is None:
            return count
        # What answers do not show is read back.
        is_read_back = self.lookup is not None and not attributes.is_shown
        read = ceil(count / self.lookup.batch) if self.lookup and is_read_back else 0
        return ceil(count / attributes.size) + read
