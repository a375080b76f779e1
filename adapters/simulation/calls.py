"""Calls that simulated platforms make to us: over HTTP, and not always as one would wish."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto
from random import Random
from typing import TYPE_CHECKING, Protocol

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

_LONGEST_DELAY = 120
"""Seconds by which a call is late at most: its signature is still believed then."""


_PATIENCE = 10.0
"""Seconds for which an answer is waited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingCall:
    """A call to be made, POST `body` to `url`, by a platform that waits for its answer."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    answered: Callable[[int | None], None]
    """Takes the status of the answer, None where none came."""


class Calling(Protocol):
    """A simulated platform that calls us."""

    def due_calls(self) -> Sequence[OutgoingCall]:
        """Return the calls whose time has come; each has to be answered once."""
        ...


class Mishap(Enum):
    """What happens to a call on its way."""

    LOST = auto()
    """It never arrives: the platform gets no answer, and calls again if it ever does."""
    UNANSWERED = auto()
    """It arrives, and the platform gets no answer."""
    DOUBLED = auto()
    """It arrives twice."""
    LATE = auto()
    """It arrives up to two minutes later."""


@dataclass(slots=True)
class Mishaps:
    """What happens to calls: some for the next ones, and perhaps to one in so many."""

    seed: int = 0
    every: int = 0
    """A random one of `kinds` happens to one call in so many; 0: to none."""
    kinds: Sequence[Mishap] = tuple(Mishap)
    next: deque[Mishap] = field(default_factory=deque)
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        """Begin the sequence of chances that `seed` names."""
        self.random = Random(self.seed)  # noqa: S311 - chance that can be repeated

    def play(self, *mishaps: Mishap) -> None:
        """Let these happen to the next calls, one each."""
        self.next.extend(mishaps)

    def due(self) -> Mishap | None:
        """Return what happens to this call."""
        if self.next:
            return self.next.popleft()
        if self.every and self.random.randrange(self.every) == 0:
            return self.random.choice(self.kinds)
        return None

    def shuffled(self, calls: Iterable[OutgoingCall]) -> list[OutgoingCall]:
        """Return calls in another order."""
        found = [*calls]
        self.random.shuffle(found)
        return found

    def delay(self) -> timedelta:
        """Return by how much a call is late."""
        return timedelta(seconds=self.random.randrange(1, _LONGEST_DELAY))


@dataclass(slots=True, kw_only=True)
class Deliverer:
    """Makes the calls of simulated platforms whenever it is told to.

    Where a platform is served from another thread, let it work there (`Server.run`).
    """

    platforms: Sequence[Calling]
    now: Callable[[], datetime]
    client: httpx.AsyncClient
    """Over a network, or over `httpx.ASGITransport`."""
    at_once: int = 10
    """How many calls are under way together."""
    is_shuffled: bool = False
    mishaps: Mishaps = field(default_factory=Mishaps)
    statuses: Counter[int | None] = field(default_factory=Counter)
    """How many calls were answered what, None for not at all."""
    _late: list[tuple[datetime, OutgoingCall]] = field(default_factory=list)

    async def deliver_due(self) -> int:
        """Make the calls whose time has come; return how many were made."""
        now = self.now()
        ready = [call for at, call in self._late if at <= now]
        self._late = [each for each in self._late if each[0] > now]
        due = [call for each in self.platforms for call in each.due_calls()]
        if self.is_shuffled:
            due = self.mishaps.shuffled(due)
        jobs = [(call, None) for call in ready] + [(call, self.mishaps.due()) for call in due]
        turns = asyncio.Semaphore(self.at_once)

        async def take_turn(call: OutgoingCall, mishap: Mishap | None) -> int:
            async with turns:
                return await self._make(call, mishap)

        return sum(await asyncio.gather(*(take_turn(*each) for each in jobs)))

    @property
    def waiting(self) -> int:
        """Return how many calls are late."""
        return len(self._late)

    async def _make(self, call: OutgoingCall, mishap: Mishap | None) -> int:
        match mishap:
            case Mishap.LATE:
                self._late.append((self.now() + self.mishaps.delay(), call))
                return 0
            case Mishap.LOST:
                call.answered(None)
                return 0
            case Mishap.UNANSWERED:
                await self._post(call)
                call.answered(None)
                return 1
            case Mishap.DOUBLED:
                await self._post(call)
                call.answered(await self._post(call))
                return 2
            case None:
                call.answered(await self._post(call))
                return 1

    async def _post(self, call: OutgoingCall) -> int | None:
        try:
            answer = await self.client.post(call.url, content=call.body, headers=dict(call.headers))
        except httpx.HTTPError:
            status = None
        else:
            status = answer.status_code
        self.statuses[status] += 1
        return status


def deliverer_of(platform: Calling, now: Callable[[], datetime]) -> Deliverer:
    """Return what makes the calls of one platform over the network, and waits ten seconds for each.

    Use it in one event loop only, and close its client there.
    """
    return Deliverer(platforms=[platform], now=now, client=httpx.AsyncClient(timeout=_PATIENCE))
