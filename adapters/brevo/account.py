"""What every part of the adapter needs to ask one account something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from adapters.unexpected import Answered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.clocks import PlatformClock
    from adapters.http import HttpSession

Row: TypeAlias = "Mapping[str, Any]"
"""One object of an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Answered):
    """One account: its name here, and the way to it."""

    name: str
    session: HttpSession
    clock: PlatformClock

    def rows(self, operation: str, body: object, field: str) -> Sequence[Row]:
        """Return the objects under `field` of an answer; raises UnexpectedAnswer."""
        rows = body.get(field) if isinstance(body, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self.unexpected(operation, "answered no rows")
        return rows
