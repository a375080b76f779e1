"""A limit over an hour or a day, counted in the state, so that no restart forgets it.

Requests are reserved before they are sent: one by one where there are few, some at a time where
there are many. What a process that dies had reserved counts as made.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from connector.ports.budget import LONGEST_REQUEST
from state.pacing.kept import Kept, Taken
from state.pacing.time import HAIR, Patience

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.ports.budget import Bucket
    from state.pacing.kept import Shelf
    from state.pacing.time import Time
    from state.pacing.told import Told

_PARTS = 1_000
"""A reservation is this part of our share: what a crash counts too much is no more than that."""
_LASTS = 60
"""... and is used within this part of the window, since it counts as if made at its end."""


@dataclass(slots=True, kw_only=True, eq=False)
class Reserved:
    """Requests that are counted in the state already, and may be sent."""

    until: datetime
    """How long they count, as the state has it."""
    usable_until: datetime
    left: int
    most: int
    """What there was room for in all when these were reserved."""
    used: int = 0
    under_way: int = 0
    last_answer: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Return whether nothing of it is under way or will be sent."""
        return not self.under_way and (not self.left or now >= self.usable_until)

    def came_to(self, span: timedelta) -> Taken:
        """Return what they count for, now that they are all over."""
        until = self.until if self.last_answer is None else self.last_answer + span
        return Taken(until=min(until, self.until), count=self.used)


@dataclass(frozen=True, slots=True)
class LongPlace:
    """The place of one request."""

    gate: LongGate
    reserved: Reserved

    def give_back(self) -> None:
        """Let go of it: nothing was sent."""
        self.reserved.under_way -= 1
        self.reserved.used -= 1
        self.reserved.left += 1
        self.gate.gave_back()

    def leave(self) -> None:
        """Take that the answer is there, or that none will come."""
        self.reserved.under_way -= 1
        self.reserved.last_answer = self.gate.answered()


class LongGate:
    """Lets requests through one by one, in the order in which they came."""

    def __init__(self, told: Told, time: Time, shelf: Shelf) -> None:
        """Take what the platform says of this limit, and where requests are counted."""
        self.told = told
        self._time = time
        self._patience = Patience(time)
        self._shelf = shelf
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()
        self._reserved: list[Reserved] = []

    async def hold(self) -> None:
        """Do nothing: a place is counted in the state until it is given back."""

    def still_allows(self, now: datetime) -> bool:
        """Return whether a request that was let through may be sent, whatever was said since."""
        return self.told.still_allows(now)

    async def enter(self) -> LongPlace:
        """Wait for a place and take it; raises LimitUsedUp where that takes too long."""
        async with self._turn:
            while True:
                now = self._time.now()
                opens = self.told.opens_at(now)
                if opens <= now:
                    if (reserved := self._usable(now)) is not None:
                        return self._place(reserved, now)
                    self._changed.clear()
                    found = await self._reserve(now)
                    if found is None:
                        await self._changed.wait()
                        continue
                    opens = found
                if opens > self._time.now():
                    await self._patience.until(opens, self.told.bucket.name, self.told.terms)

    def gave_back(self) -> None:
        """Take that a request was not sent."""
        self.told.count(-1, self._time.now())
        self._changed.set()

    def answered(self) -> datetime:
        """Take that an answer came; return when."""
        self._changed.set()
        return self._time.now()

    async def learn(self, *, remaining: int | None, resets_after: timedelta | None) -> None:
        """Take what the latest answer says."""
        now = self._time.now()
        before = self.told.resets_at(now)
        under_way = sum(each.under_way for each in self._reserved)
        self.told.learn(
            now, remaining=remaining, resets_after=resets_after, under_way=under_way, ours=None
        )
        if self.told.bucket.is_daily and self.told.resets_at(now) != before:
            await self._move_day(now)

    def left(self) -> int:
        """Return the requests that may be sent at once, as far as this process knows."""
        now = self._time.now()
        kept = sum(each.left for each in self._reserved if now < each.usable_until)
        ours = self.told.capacity(now) - self._shelf.kept.used(now) + kept
        told = self.told.left(now)
        return max(0, ours if told is None else min(ours, told))

    def opens_at(self) -> datetime:
        """Return when the next request may be sent, as far as this process knows."""
        now = self._time.now()
        free = self._shelf.kept.free_at(now, self.told.capacity(now))
        return max(self.told.opens_at(now), free)

    async def aclose(self) -> None:
        """Give back what was reserved and not used."""
        now = self._time.now()
        if not self._reserved:
            return
        if self.told.bucket.is_daily:
            unused = sum(each.left for each in self._reserved if now < each.usable_until)
            day = self.told.resets_at(now)
            await self._shelf.change(lambda kept: _by_day(kept, now, day, more=-unused))
        else:
            over = [each for each in self._reserved if not each.under_way]
            await self._shelf.change(lambda kept: _corrected(kept, now, over, self._span))
        self._reserved.clear()

    @property
    def _span(self) -> timedelta:
        return self.told.bucket.window + HAIR

    def _usable(self, now: datetime) -> Reserved | None:
        most = self.told.capacity(now)
        for reserved in self._reserved:
            if reserved.most > most:
                # The limit was lowered since: what there is room for is to be seen anew.
                reserved.usable_until = min(reserved.usable_until, now)
            if reserved.left and now < reserved.usable_until:
                return reserved
        return None

    def _place(self, reserved: Reserved, now: datetime) -> LongPlace:
        reserved.left -= 1
        reserved.used += 1
        reserved.under_way += 1
        self.told.count(1, now)
        return LongPlace(self, reserved)

    async def _reserve(self, now: datetime) -> datetime | None:
        """Reserve some requests; return when there may be any: now, when there are.

        None: not before an answer comes, after which it can be told.
        """
        ends = now + self.told.bucket.window / _LASTS
        wanted = Reserved(
            until=ends + LONGEST_REQUEST + self._span,
            usable_until=ends,
            left=max(1, self.told.share // _PARTS),
            most=self.told.capacity(now),
        )
        if self.told.bucket.is_daily:
            return await self._reserve_of_day(now, wanted)
        over = [each for each in self._reserved if each.is_over(now)]
        latest = now + counts_for(self.told.bucket)

        def work(kept: Kept) -> Kept:
            kept = _corrected(kept, now, over, self._span).clipped(latest)
            wanted.left = max(0, min(wanted.left, wanted.most - kept.used(now)))
            more = (Taken(until=wanted.until, count=wanted.left),) if wanted.left else ()
            return replace(kept, taken=(*kept.taken, *more))

        kept = await self._shelf.change(work)
        self._reserved = [each for each in self._reserved if each not in over]
        if not wanted.left and any(each.under_way for each in self._reserved):
            return None
        return self._granted(now, wanted, kept)

    async def _reserve_of_day(self, now: datetime, wanted: Reserved) -> datetime:
        day = self.told.resets_at(now)
        wanted.until = wanted.usable_until = day
        # What is under way at midnight may count in the new day.
        past = [each for each in self._reserved if now >= each.usable_until]
        carried = sum(each.under_way for each in past)

        def work(kept: Kept) -> Kept:
            kept = _by_day(kept, now, day, more=carried)
            wanted.left = max(0, min(wanted.left, wanted.most - kept.used(now)))
            return _by_day(kept, now, day, more=wanted.left)

        kept = await self._shelf.change(work)
        over = [each for each in self._reserved if each in past or each.is_over(now)]
        self._reserved = [each for each in self._reserved if each not in over]
        opens = self._granted(now, wanted, kept)
        if self.told.resets_at(now) != day:
            await self._move_day(now)
        return opens

    def _granted(self, now: datetime, wanted: Reserved, kept: Kept) -> datetime:
        if not wanted.left:
            return kept.free_at(now, wanted.most)
        self._reserved.append(wanted)
        return now

    async def _move_day(self, now: datetime) -> None:
        """Let everything count until the midnight that the platform told."""
        day = self.told.resets_at(now)
        await self._shelf.change(lambda kept: _by_day(kept, now, day, more=0))
        for reserved in self._reserved:
            reserved.until = reserved.usable_until = day


def counts_for(bucket: Bucket) -> timedelta:
    """Return how long a request that is reserved now may count, at most."""
    if bucket.is_daily:
        # Until a midnight, and a day may have an hour more.
        return 2 * bucket.window
    return bucket.window / _LASTS + LONGEST_REQUEST + bucket.window + HAIR


def _by_day(kept: Kept, now: datetime, day: datetime, *, more: int) -> Kept:
    """Return it with all requests of the day in one sum, and `more` of them."""
    count = kept.used(now) + more
    taken = (Taken(until=day, count=count),) if count > 0 else ()
    return replace(kept, taken=taken, resets_at=day)


def _corrected(kept: Kept, now: datetime, over: Sequence[Reserved], span: timedelta) -> Kept:
    """Return it with what these reservations came to, and without what counts no more."""
    left = list(over)
    taken = []
    for each in kept.taken:
        mine = next((reserved for reserved in left if reserved.until == each.until), None)
        if mine is not None:
            left.remove(mine)
        counted = each if mine is None else mine.came_to(span)
        if counted.count and counted.until > now:
            taken.append(counted)
    return replace(kept, taken=tuple(taken))
