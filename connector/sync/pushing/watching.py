"""Write lists, and take note of whom nobody saw whether they were put in or taken out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.errors import (
    AccessRefused,
    NotSetUp,
    PlatformError,
    RateLimited,
    RejectedByPlatform,
    UnsupportedByPlatform,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from connector.domain.changes import ListChange, Outcome
    from connector.ports.writing import ListWriter
    from connector.sync.outbox.item import Item

_SURE = (AccessRefused, NotSetUp, RateLimited, RejectedByPlatform, UnsupportedByPlatform)
"""After these nothing was done; after others it may have been."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedLists:
    """Writes lists for rows that remember what is in doubt."""

    writer: ListWriter
    items: Mapping[ListChange, Item]
    began: Callable[[Collection[str]], None]
    """Takes note of lists that are written now."""

    async def write_lists(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        """Return what became of each change, as the platform answers."""
        self.began({each.list_name for each in changes})
        try:
            outcomes = await self.writer.write_lists(changes)
        except PlatformError as error:
            self._note(changes, [error] * len(changes))
            raise
        if len(outcomes) == len(changes):
            self._note(changes, [each.error for each in outcomes])
        else:
            self._doubt(changes)
        return outcomes

    def _note(self, changes: Sequence[ListChange], errors: Sequence[PlatformError | None]) -> None:
        pairs = zip(changes, errors, strict=True)
        self._doubt([each for each, error in pairs if error and not isinstance(error, _SURE)])

    def _doubt(self, changes: Sequence[ListChange]) -> None:
        for each in changes:
            self.items[each].tried |= {each.list_name}
