"""Whether a platform that refuses whole batches minds some of the contacts, or all of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from connector.errors import ContactGone, NotSetUp, PlatformError

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

MOST_ALIKE = 5
"""So many refused alone with the same words, and nobody taken, are no chance any more."""


@dataclass(slots=True)
class Doubt(Generic[T]):
    """What is known of one kind of write in one push.

    A rule of the account that no contact meets refuses each batch, and each half of it, down to
    every single contact: two requests for each. So the first ones that are refused alone are held,
    until somebody is taken, which makes their refusals their own, or so many are alike that it is
    the account's trouble.
    """

    has_taken: bool = False
    """Whether anybody was taken."""
    held: list[tuple[T, PlatformError]] = field(default_factory=list)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One batch is taken apart at a time, as long as nobody was taken."""

    @property
    def is_grave(self) -> bool:
        """Return whether all that speaks against a trouble of the account is whom to ask yet."""
        return len(self.held) >= MOST_ALIKE

    def refused(self, what: T, error: PlatformError) -> Sequence[tuple[T, PlatformError]]:
        """Hold what was refused alone; return what is refused for its own sake after all."""
        own = isinstance(error, ContactGone) or self.has_taken
        if own:
            return [(what, error)]
        others = [] if self._is_alike(error) else self.release()
        self.held.append((what, error))
        return others

    def release(self) -> Sequence[tuple[T, PlatformError]]:
        """Return what was held: each was refused for its own sake."""
        held, self.held = self.held, []
        return held

    def verdict(self, platform: str) -> NotSetUp:
        """Return the trouble of the account."""
        _, first = self.held[0]
        words = str(first).removeprefix(f"{platform}: ")
        message = f"{platform}: everybody who was tried is refused: {words}"
        return NotSetUp(message, platform=platform, operation=first.operation, status=first.status)

    def _is_alike(self, error: PlatformError) -> bool:
        return all(str(known) == str(error) for _, known in self.held)
