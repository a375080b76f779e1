"""A limit over a span of seconds, counted in memory request by request, within a part of it."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from connector.ports.budget import LONGEST_REQUEST, passes_others
from state.pacing.kept import Kept, Taken
from state.pacing.part import Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from state.pacing.kept import Shelf
    from state.pacing.time import Time
    from state.pacing.told import Told

_LATELY = timedelta(minutes=10)
"""For so long after something urgent, room is left for more of it."""
_ROOM = 10
"""... that is this part of our share."""


@dataclass(frozen=True, slots=True)
class ShortPlace:
    """The place of one request."""

    gate: ShortGate
    since: datetime

    def give_back(self) -> None:
        """Let go of it: nothing was sent."""
        self.gate.give_back()

    def leave(self) -> None:
        """Take that the answer is there, or that none will come."""
        self.gate.leave(self.since)


class ShortGate:
    """Lets requests through one by one, in the order in which they came.

    What is urgent passes before others, until it has half of our share and others want theirs.

    A request counts from when it is let through until a window after its answer: whenever the
    platform counted it, no span of a window has more than our share.
    """

    def __init__(self, told: Told, time: Time, shelf: Shelf) -> None:
        """Take what the platform says of this limit, and where notes are left."""
        self.told = told
        self._time = time
        self._part = Part(told, time, shelf, self._used, lambda: self._under_way)
        self._turn = asyncio.Lock()
        self._urgent_turn = asyncio.Lock()
        self._urgent: deque[datetime] = deque()
        """When urgent requests were let through: those of the last window, and the last."""
        self._is_others_turn = False
        """Whether the last that was let through was urgent."""
        self._urgent_waiting = 0
        self._changed = asyncio.Event()
        self._under_way = 0
        self._ends: deque[datetime] = deque()
        self._past: deque[datetime] = deque()
        """Those that count no more; a platform whose answer was slow may have counted them."""
        self._lasted = timedelta()
        """How long the latest answer took."""
        time.meanwhile(self._keep)

    async def enter(self) -> ShortPlace:
        """Wait for a place and take it; raises LimitUsedUp where that takes too long."""
        if not passes_others():
            async with self._turn:
                place = await self._next(self._opens_for_others)
            self._is_others_turn = False
            return place
        self._urgent_waiting += 1
        try:
            async with self._urgent_turn:
                place = await self._next(self._opens_for_urgent)
        finally:
            self._urgent_waiting -= 1
            self._changed.set()
        self._urgent.append(place.since)
        self._is_others_turn = True
        return place

    async def hold(self) -> None:
        """Keep the places that were given, where other limits took longer than this one's part."""
        self._forget(self._time.now())
        await self._part.widen(0)

    def still_allows(self, now: datetime) -> bool:
        """Return whether a request that was let through may be sent, whatever happened since."""
        self._forget(now)
        return self.told.still_allows(now) and self._part.covers(now, self._used())

    def give_back(self) -> None:
        """Let go of a place for a request that was not sent."""
        self._under_way -= 1
        self.told.count(-1, self._time.now())
        self._changed.set()

    def leave(self, since: datetime) -> None:
        """Take that the request that was let through at `since` is over."""
        now = self._time.now()
        self._under_way -= 1
        self._lasted = now - since
        self._ends.append(now)
        self._changed.set()

    async def learn(self, *, remaining: int | None, resets_after: timedelta | None) -> None:
        """Take what the latest answer says."""
        now = self._time.now()
        self._forget(now)
        self.told.learn(
            now,
            remaining=remaining,
            resets_after=resets_after,
            under_way=self._under_way,
            ours=self._counted_since(now - self._span - self._lasted),
        )

    def left(self) -> int:
        """Return the requests that may be sent at once, as far as this process knows."""
        now = self._time.now()
        self._forget(now)
        of_others = self._part.of_others(now).used(now)
        ours = self.told.capacity(now) - self._used() - of_others
        told = self.told.left(now)
        return max(0, ours if told is None else min(ours, told))

    def opens_at(self) -> datetime | None:
        """Return when the next request may be sent, as far as this process knows.

        None: not before an answer comes.
        """
        now = self._time.now()
        self._forget(now)
        if (most := self.told.capacity(now) - self._under_way) <= 0:
            return None
        ours = (Taken(until=end + self._span, count=1) for end in self._ends)
        counted = Kept(taken=(*self._part.of_others(now).taken, *ours))
        return max(self.told.opens_at(now), counted.free_at(now, most))

    async def aclose(self) -> None:
        """Note when the last requests were made, for whoever comes next."""
        self._forget(self._time.now())
        await self._part.give_up(self._ends, self._under_way)

    @property
    def _span(self) -> timedelta:
        return self._part.span

    def _used(self) -> int:
        """Return the requests that count."""
        return len(self._ends) + self._under_way

    async def _next(self, opens_at: Callable[[datetime], datetime | None]) -> ShortPlace:
        """Wait for a place and take it, as whoever is the next of those who wait."""
        with self._time.telling(self.told.terms) as tell:
            while True:
                now = self._time.now()
                opens = opens_at(now)
                if opens is None:
                    self._changed.clear()
                    await self._changed.wait()
                elif opens > now:
                    tell(max(opens, self.opens_at() or opens))
                    await self._time.until(opens, self.told.bucket.name)
                elif not self._part.covers(now, self._used() + 1):
                    await self._part.widen()
                else:
                    self._under_way += 1
                    self._part.use()
                    self.told.count(1, now)
                    return ShortPlace(self, now)

    async def _keep(self) -> None:
        """Keep what is in hand while whoever has it waits for another limit over seconds.

        All pass the limits in one order: as long as nobody loses what he has, somebody gets on.
        """
        if self._under_way:
            self._forget(self._time.now())
            await self._part.keep()

    def _opens_for_urgent(self, now: datetime) -> datetime | None:
        """Return when to look whether something urgent may be sent: now, when it may."""
        if self._turn.locked() and not self._urgent_left(now):
            return now + self._span / _ROOM
        return self._opens_at(now)

    def _opens_for_others(self, now: datetime) -> datetime | None:
        """Return when anything else may be sent, with room left for what is urgent."""
        is_lately = bool(self._urgent) and now - self._urgent[-1] <= _LATELY
        room = self._part.capacity(now) // _ROOM if is_lately else 0
        return self._opens_at(
            now, room=min(max(room, self._urgent_waiting), self._urgent_left(now))
        )

    def _urgent_left(self, now: datetime) -> int:
        """Return how many urgent requests may pass before others in the present window.

        Of a single place both take turns.
        """
        if self._part.capacity(now) == 1:
            return int(not self._is_others_turn)
        while len(self._urgent) > 1 and self._urgent[0] + self._span <= now:
            self._urgent.popleft()
        used = sum(1 for since in self._urgent if since + self._span > now)
        return max(0, self._part.capacity(now) // 2 - used)

    def _opens_at(self, now: datetime, *, room: int = 0) -> datetime | None:
        """Return when the next request may be sent that leaves room for so many others.

        None: not before an answer comes.
        """
        opens = self._own_opens_at(now, room)
        # Before that more may be had of what others have now.
        asks = self._part.opens_at(now)
        if asks is None or opens == now:
            return opens
        return asks if opens is None else min(opens, max(asks, self.told.opens_at(now)))

    def _own_opens_at(self, now: datetime, room: int) -> datetime | None:
        self._forget(now)
        opens = self.told.opens_at(now)
        # So many have to fall out of the window before there is room.
        excess = self._used() - self._part.capacity(now) + room + 1
        if excess <= 0:
            return opens
        if excess > len(self._ends):
            return None
        return max(opens, self._ends[excess - 1] + self._span)

    def _forget(self, now: datetime) -> None:
        while self._ends and self._ends[0] + self._span <= now:
            self._past.append(self._ends.popleft())
        while self._past and self._past[0] + self._span + LONGEST_REQUEST <= now:
            self._past.popleft()

    def _counted_since(self, instant: datetime) -> int:
        """Return the requests of ours that a platform may have counted after `instant`."""
        late = 0
        for end in reversed(self._past):
            if end < instant:
                break
            late += 1
        return late + self._used()
