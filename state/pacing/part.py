"""The part of a limit over seconds that one process may use, of a share that all of them have.

Each process notes how many requests of any window are its own, and for how long: all notes
together are never more than the share. A note is renewed while requests are sent, so that what a
process that dies had counts for a little longer than a window.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import TYPE_CHECKING

from state.pacing.kept import Kept, Taken
from state.pacing.time import HAIR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from connector.ports.budget import Bucket
    from state.pacing.kept import Shelf
    from state.pacing.time import Time
    from state.pacing.told import Told

_LASTS = timedelta(seconds=10)
"""A part is used for so long before it is asked for anew."""
_LATE = timedelta(seconds=5)
"""A request may be counted that much later than its part allows it to be sent."""
_AGAIN = timedelta(seconds=1)
"""Who lacks something that others have looks for it again after so long."""
_WANTED = timedelta(seconds=5)
"""A note that somebody lacks something counts for so long."""
_AHEAD = 4
"""What is asked for ahead of need is this part of the share."""
_GROUPS = 20
"""An orderly end groups its last requests into so many instants."""
_NEVER = datetime.min.replace(tzinfo=UTC)


class Part:
    """How many requests of a window are this process's.

    It asks for little more than it needs. Once another process finds nothing left, all who have
    more than an even part give the rest back, as fast as their requests stop to count.
    """

    def __init__(
        self,
        told: Told,
        time: Time,
        shelf: Shelf,
        used: Callable[[], int],
        in_hand: Callable[[], int],
    ) -> None:
        """Take of which limit it is a part, and where parts are noted.

        `used` tells how many requests count, and `in_hand` how many of them are under way, or will
        be as soon as other limits let them.
        """
        self._told = told
        self._time = time
        self._shelf = shelf
        self._used = used
        self._in_hand = in_hand
        self._owner = token_hex(4)
        self._asking = asyncio.Lock()
        self._is_over = False
        self._asked: object = None
        """The latest change of what is noted: a thread may come too late with an older one."""
        self._count = 0
        self._of = 0
        """The requests of a window that there were in all when it was asked for."""
        self._most_used = 0
        """... since it was asked for."""
        self._usable_until = _NEVER
        self._settled_until = _NEVER
        """More was not to be had; it is of no use to ask for it before."""

    @property
    def span(self) -> timedelta:
        """Return how long a request counts from its answer on."""
        return self._told.bucket.window + HAIR

    def capacity(self, now: datetime) -> int:
        """Return the requests of a window that this process may make, or may ask for."""
        most = self._told.capacity(now)
        return min(most, self._count) if now < self._settled_until else most

    def opens_at(self, now: datetime) -> datetime | None:
        """Return when to ask for more, where less than all was to be had; None: at any time."""
        is_short = now < self._settled_until and self._count < self._told.capacity(now)
        return self._settled_until if is_short else None

    def covers(self, now: datetime, count: int) -> bool:
        """Return whether so many requests may count."""
        is_usable = now < self._usable_until and self._told.capacity(now) >= self._of
        return is_usable and count <= self._count

    def use(self) -> None:
        """Take that one more request counts."""
        self._most_used = max(self._most_used, self._used())

    def of_others(self, now: datetime) -> Kept:
        """Return what other processes had when it was looked at last, by this one's time."""
        late = now - self._time.shown(now)
        noted = self._noted_by_others(self._shelf.kept, self._time.shown(now))
        return Kept(taken=tuple(replace(each, until=each.until + late) for each in noted))

    async def widen(self, more: int = 1) -> None:
        """Ask for so many more requests than count already; what is to be had is known then."""
        async with self._asking:
            now = self._time.now()
            if not self.covers(now, self._used() + more):
                await self._ask(now)

    async def keep(self) -> None:
        """Have what is in hand for longer, and no more, where it would end before long."""
        async with self._asking:
            now = self._time.now()
            if self._usable_until - now < _LASTS / 2 and not self._is_over:
                await self._ask(now, most=max(self._count, self._used()))

    async def _ask(self, now: datetime, most: int | None = None) -> None:
        is_renewed = now >= self._usable_until
        # Until it is noted nothing is sent: it may become less.
        self._usable_until = _NEVER
        used, of = self._used(), self._told.capacity(now)
        wanted = used + max(1, of // _AHEAD)
        if is_renewed:
            wanted = max(wanted, self._most_used)
        if most is not None:
            wanted = min(wanted, most)
        got = await self._note(now, used, of, min(wanted, of))
        self._settled_until = _NEVER
        if got < min(wanted, of):
            # Others give something back when they are asked; what ends by itself is known.
            ends = [each.until for each in self.of_others(now).taken if each.count]
            self._settled_until = min([now + _AGAIN, *ends])
        self._count, self._of, self._most_used = got, of, used
        self._usable_until = now + _LASTS

    async def give_up(self, ends: Sequence[datetime], under_way: int) -> None:
        """Note when the last requests count no more; the rest of the part is given back."""
        if self._asked is None:
            return
        async with self._asking:
            now = self._time.now()
            self._is_over = True
            self._usable_until, self._count = _NEVER, 0
            last = [*ends, *[now + _LATE] * under_way]
            await self._change(now, self._taken(last), closed_until=self._told.opens_at(now))

    async def _note(self, now: datetime, used: int, of: int, wanted: int) -> int:
        """Note what is to be had of `wanted`, and whether others have too much; return it."""
        got, in_hand = 0, self._in_hand()
        until = self._time.shown(now + noted_for(self._told.bucket))
        wanted_until = self._time.shown(now + _WANTED)

        def mine(others: Sequence[Taken]) -> Iterable[Taken]:
            nonlocal got
            lacking = {each.owner for each in others if not each.count}
            # Where there is less than one for each they take turns.
            even = of // (1 + len(lacking)) or int(not self._count)
            even = max(even, in_hand)
            room = of - sum(each.count for each in others)
            got = max(0, min(wanted, even, room))
            if count := max(got, used):
                yield Taken(until=until, count=count, owner=self._owner)
            if got < min(wanted, even):
                yield Taken(until=wanted_until, count=0, owner=self._owner)

        await self._change(now, mine)
        return got

    async def _change(
        self,
        now: datetime,
        mine: Callable[[Sequence[Taken]], Iterable[Taken]],
        closed_until: datetime | None = None,
    ) -> None:
        """Replace what this process noted, with regard to what others did."""
        asked = self._asked = object()

        def work(kept: Kept) -> Kept:
            if self._asked is not asked:
                return kept
            # It may have taken long to come to this: others noted something meanwhile.
            shown = self._time.clock_shows()
            others = self._noted_by_others(kept, shown)
            kept = replace(kept, taken=(*others, *mine(others)))
            if closed_until is None or closed_until <= now:
                return kept
            closes = self._time.shown(closed_until)
            closes = max(closes, kept.as_of(shown).closed_until or closes)
            return replace(kept, closed_until=closes, closed_at=shown)

        await self._shelf.change(work)

    def _taken(self, ends: Sequence[datetime]) -> Callable[[Sequence[Taken]], Iterable[Taken]]:
        """Return requests that ended then as they are noted, in a few groups."""
        step = self.span / _GROUPS
        counts: Counter[int] = Counter()
        latest: dict[int, datetime] = {}
        for end in sorted(ends):
            group = (end - ends[0]) // step
            counts[group] += 1
            latest[group] = self._time.shown(end + self.span)
        noted = [
            Taken(until=until, count=counts[group], owner=self._owner)
            for group, until in latest.items()
        ]
        return lambda _others: noted

    def _noted_by_others(self, kept: Kept, shown: datetime) -> Sequence[Taken]:
        """Return what counts of other processes.

        What would count for too long was noted before the clock was set back, by who may still be
        there: it counts as if it was noted now.
        """
        latest = shown + noted_for(self._told.bucket)
        return [
            replace(each, until=min(each.until, latest))
            for each in kept.taken
            if each.owner != self._owner and shown < each.until
        ]


def noted_for(bucket: Bucket) -> timedelta:
    """Return how long a part that is noted now may count, at most."""
    return _LASTS + _LATE + bucket.window + HAIR
