"""What writing costs, as an entry describes it: how many requests so many changes take; pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from adapters.rest.language.requests import RequestConfig
    from adapters.rest.language.streams import LookupConfig
    from adapters.rest.language.writing import WriteConfig, WritesConfig

AT_ONCE = 8
"""Writes under way, where each is a request of its own; the limits say how many are sent."""
AT_ONCE_IN_BATCHES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """How many requests the writes of an entry take."""

    writes: WritesConfig
    lookup: LookupConfig | None
    limits: Mapping[str, str | None]
    """The names of limits, each with the requests that count in it; None: all."""

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
        return sum(calls for _, calls in self._requests(kind, count))

    def calls_in(self, kind: str, count: int, limit: str) -> int:
        """Return how many of them count in the limit of a name."""
        counted = self.limits.get(limit)
        requests = self._requests(kind, count)
        return sum(calls for each, calls in requests if counted in {None, each.limit})

    def _requests(self, kind: str, count: int) -> Iterator[tuple[RequestConfig, int]]:
        """Yield the requests that so many changes of a kind take, and how often each is sent."""
        writes = self.writes
        match kind:
            case "list" if writes.lists:
                yield _sent(writes.lists.add, count)
            case "list_removal" if writes.lists:
                yield _sent(writes.lists.remove, count)
            case "tag" if writes.tags:
                # Whether tags are set or cleared is not said.
                yield _sent(writes.tags.add, count)
            case "contact" if writes.create:
                yield writes.create, count
                if writes.create.find:
                    yield writes.create.find, count
            case "attribute" | "alone" | "apart" if writes.attributes:
                yield _sent(writes.attributes, count)
                if self.lookup and not writes.attributes.is_shown:
                    # What answers do not show is read back.
                    yield self.lookup, ceil(count / self.lookup.batch)


def _sent(request: WriteConfig, count: int) -> tuple[RequestConfig, int]:
    return request, ceil(count / request.size)
