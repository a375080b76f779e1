"""Mishaps that only HubSpot has, to be played on order."""

from __future__ import annotations

from collections import deque
from enum import Enum, auto
from typing import TYPE_CHECKING

from adapters.hubspot.simulator.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.simulation.messages import Request


class Trick(Enum):
    """What happens to a request, beside what may happen to any."""

    LOCKED = auto()
    """423: something else changes the same."""
    MIGRATING = auto()
    """477, with the seconds to wait in `Retry-After`."""
    DAY_IS_SPENT = auto()
    """429 with the policy DAILY, as when other tools of the account used the day up."""
    BATCH_CONFLICT = auto()
    """409 for the whole batch."""
    BATCH_REFUSED = auto()
    """400 for the whole batch."""
    ROWS_MIXED_UP = auto()
    """A batch that is done and answered with rows each of which shows what another one says."""
    ROW_LEFT_OUT = auto()
    """A batch that is done and answered as if one input had never been sent."""
    EMPTY_PAGE = auto()
    """A page without rows, though there are more behind it."""
    SAME_PAGE = auto()
    """A page that names itself as the next one."""
    NO_SCOPE = auto()
    """403, as when a scope was taken away."""
    TOKEN_EXPIRED = auto()
    """401, as for a token that has had its time."""


class Tricks:
    """The mishaps ordered."""

    def __init__(self) -> None:
        self._next: deque[tuple[Trick, str]] = deque()

    def play(self, *tricks: Trick, on: str = "") -> None:
        """Play these on the next requests, one each.

        `on` is what those begin with, such as `POST /crm/v3/objects`; others pass meanwhile.
        """
        self._next.extend((trick, on) for trick in tricks)

    def due(self, request: Request) -> Trick | None:
        """Return what happens to this request."""
        if self._next and f"{request.method} {request.path}".startswith(self._next[0][1]):
            return self._next.popleft()[0]
        return None


_REFUSALS: Mapping[Trick, tuple[int, str, str]] = {
    Trick.LOCKED: (423, "LOCKED", "The resource is locked; wait at least 2 seconds."),
    Trick.MIGRATING: (477, "MIGRATION_IN_PROGRESS", "The account is being moved."),
    Trick.BATCH_CONFLICT: (409, "CONFLICT", "Contact already exists. Existing ID: 1"),
    Trick.BATCH_REFUSED: (400, "VALIDATION_ERROR", "Property values were not valid"),
    Trick.NO_SCOPE: (403, "MISSING_SCOPES", "This app lacks a scope."),
    Trick.TOKEN_EXPIRED: (401, "EXPIRED_AUTHENTICATION", "The OAuth token used is expired."),
}


def refusal_of(trick: Trick | None) -> Refusal | None:
    """Return how a trick turns a request down, where it does."""
    told = _REFUSALS.get(trick) if trick else None
    return Refusal(*told) if told else None
