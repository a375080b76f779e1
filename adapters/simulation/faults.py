"""Ways in which a request goes wrong on its way or at the platform, to be played on order."""

from __future__ import annotations

from collections import deque
from enum import Enum, auto
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.simulation.messages import Request


class Fault(Enum):
    """What happens to a request."""

    RATE_LIMITED = auto()
    """429, though the limits would have let it pass."""
    SERVER_ERROR = auto()
    """500."""
    UNAVAILABLE = auto()
    """503."""
    TIMED_OUT = auto()
    """Nothing is done, and no answer comes."""
    UNREACHABLE = auto()
    """The connection is refused."""
    CUT_BODY = auto()
    """The request is done; its answer ends in the middle."""
    HTML_PAGE = auto()
    """Something on the way answers 200 with a page for people; nothing is done."""
    LOST_ANSWER = auto()
    """The request is done, and no answer comes."""
    DID_NOTHING = auto()
    """The answer says success, and nothing was done. Reads are not played so."""


class Faults:
    """The faults of an account: some for the next requests, and perhaps one every n-th."""

    def __init__(self) -> None:
        self._next: deque[tuple[Fault, str]] = deque()
        self._every = 0
        self._kinds: Sequence[Fault] = ()
        self._random = Random(0)  # noqa: S311 - chance that can be repeated
        self._seen = 0

    def play(self, *faults: Fault, on: str = "") -> None:
        """Play these on the next requests, one each.

        `on` is what those begin with, such as `POST /v3/contacts`; others pass meanwhile.
        """
        self._next.extend((fault, on) for fault in faults)

    def storm(self, every: int, *, seed: int, kinds: Sequence[Fault] = tuple(Fault)) -> None:
        """From now on play a random one of `kinds` on every n-th request; 0 ends it."""
        self._every, self._kinds, self._seen = every, kinds, 0
        self._random = Random(seed)  # noqa: S311 - chance that can be repeated

    def due(self, request: Request) -> Fault | None:
        """Return what happens to this request."""
        if self._next and f"{request.method} {request.path}".startswith(self._next[0][1]):
            return self._next.popleft()[0]
        self._seen += 1
        if self._every and self._seen % self._every == 0:
            return self._random.choice(self._kinds)
        return None
