"""What every part of the adapter needs to ask one account something."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from connector.errors import UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.clocks import PlatformClock
    from adapters.http import HttpSession

Row: TypeAlias = "Mapping[str, Any]"
"""One object of an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account: its name here, and the way to it."""

    name: str
    session: HttpSession
    clock: PlatformClock

    def unexpected(self, operation: str, what: str) -> UnexpectedAnswer:
        """Return the error of an answer that cannot be used."""
        text = f"{self.name}: {operation}: {what}"
        return UnexpectedAnswer(text, platform=self.name, operation=operation)

    @contextmanager
    def reading(self, operation: str, what: str) -> Iterator[None]:
        """Make what cannot be read within the block, such as ``an event``, an UnexpectedAnswer."""
        try:
            yield
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            # Python's own error may quote what it stumbled over: somebody's address, say.
            raise self.unexpected(operation, f"answered {what} that cannot be read") from None

    def rows(self, operation: str, body: object, field: str) -> Sequence[Row]:
        """Return the objects under `field` of an answer; raises UnexpectedAnswer."""
        rows = body.get(field) if isinstance(body, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self.unexpected(operation, "answered no rows")
        return rows
