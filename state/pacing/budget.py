"""The request budgets of one account: every limit of it, passed one after the other."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from connector.errors import NothingSent
from connector.ports.budget import SHORT
from state.pacing.kept import Kept, Shelf
from state.pacing.long import LongGate, LongPlace, counts_for
from state.pacing.part import noted_for
from state.pacing.short import ShortGate, ShortPlace
from state.pacing.time import Time
from state.pacing.told import Told

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from connector.ports.budget import Bucket
    from connector.ports.clock import Clock
    from connector.ports.progress import Progress
    from state.pacing.kept import Ledger

_Gate: TypeAlias = "ShortGate | LongGate"
_Place: TypeAlias = "ShortPlace | LongPlace"

_WORTH_KEEPING = timedelta(minutes=1)
"""Of a shorter wait the next process is told by the platform itself."""


class Budget:
    """Keeps the contract of RateBudget for one account, within one process.

    Several processes on one database share every limit: those over more than a minute request by
    request, of the shorter ones each has a part.
    """

    def __init__(
        self,
        platform: str,
        buckets: Sequence[Bucket],
        *,
        percent: int,
        clock: Clock,
        ledger: Ledger,
        kept: Mapping[str, Kept],
        progress: Progress | None = None,
    ) -> None:
        """Take the limits that the adapter declares, what was kept of them, and who shows waits."""
        self._time = Time(clock, platform, progress)
        now = self._time.now()
        # Those that have to be written down come last, when the request is sure to be sent. Others
        # are passed in an order that nothing changes: in two orders they would wait for each other.
        ordered = sorted(buckets, key=lambda each: (_is_long(each), each.window, each.name))
        self._gates: dict[str, _Gate] = {}
        self._shelves: dict[str, Shelf] = {}
        for bucket in ordered:
            longest = counts_for(bucket) if _is_long(bucket) else noted_for(bucket)
            found = kept.get(bucket.name, Kept()).as_of(now).clipped(now + longest)
            shelf = Shelf(ledger, platform, bucket.name, found)
            self._shelves[bucket.name] = shelf
            kind = LongGate if _is_long(bucket) else ShortGate
            self._gates[bucket.name] = kind(_told(bucket, percent, found), self._time, shelf)

    @asynccontextmanager
    async def spend(self, *buckets: str) -> AsyncIterator[None]:
        """Wait until a request may be sent that counts in all of these, and count it."""
        if unknown := set(buckets) - self._gates.keys():
            raise KeyError(*unknown)
        gates = [gate for name, gate in self._gates.items() if name in buckets]
        places = await self._enter(gates)
        # While it waited for one limit, another may have been closed, or be another process's.
        while not all(gate.still_allows(self._time.now()) for gate in gates):
            _give_back(places)
            places = await self._enter(gates)
        try:
            yield
        except NothingSent:
            _give_back(places)
            raise
        except BaseException:
            _leave(places)
            raise
        _leave(places)

    async def learn(
        self,
        bucket: str,
        *,
        limit: int | None = None,
        remaining: int | None = None,
        resets_after: timedelta | None = None,
    ) -> None:
        """Take what an answer said of `bucket`."""
        gate = self._gates[bucket]
        if limit is not None and limit > 0:
            gate.told.limit = limit
        await gate.learn(remaining=remaining, resets_after=resets_after)
        await self._keep(bucket)

    async def refused(self, bucket: str, *, wait: timedelta | None = None) -> None:
        """Take that a request was turned down for this limit."""
        self._gates[bucket].told.refused(self._time.now(), wait)
        await self._keep(bucket)

    def counts_in(self, buckets: Sequence[Bucket]) -> bool:
        """Return whether these are its limits, of whatever size: of the same names and lengths."""
        present = {name: _shape(gate.told.bucket) for name, gate in self._gates.items()}
        return present == {each.name: _shape(each) for each in buckets}

    def restate(self, buckets: Sequence[Bucket], percent: int) -> None:
        """Go by other sizes of its limits, or another share, from now on; what is counted stays."""
        stated = {each.name: each for each in buckets}
        for name, gate in self._gates.items():
            gate.told.restate(stated[name], percent)

    def left(self) -> Mapping[str, int | None]:
        """Return the requests that may be sent at once, per bucket."""
        return {name: gate.left() for name, gate in self._gates.items()}

    def opens(self) -> Mapping[str, datetime]:
        """Return from when on a request may be sent, per bucket that lets none through now."""
        return {
            name: self._time.shown(opens)
            for name, gate in self._gates.items()
            if not gate.left() and (opens := gate.opens_at()) is not None
        }

    async def aclose(self) -> None:
        """Write down how far the limits are used; what was reserved and not used is given back."""
        for gate in self._gates.values():
            await gate.aclose()

    async def _enter(self, gates: Sequence[_Gate]) -> Sequence[_Place]:
        """Pass all of these, one after the other."""
        places: list[_Place] = []
        try:
            for gate in gates:
                # One after the other: whoever fails on the way gives back what it has.
                places.append(await gate.enter())  # noqa: PERF401
            for gate in gates:
                await gate.hold()
        except BaseException:
            _give_back(places)
            raise
        return places

    async def _keep(self, bucket: str) -> None:
        """Keep what was learnt that the next process should not have to learn again."""
        told, shelf = self._gates[bucket].told, self._shelves[bucket]
        now = self._time.now()
        limit = None if told.limit == told.bucket.limit else told.limit
        opens = told.opens_at(now)
        shown, closes = self._time.shown(now), self._time.shown(opens)
        kept_until = shelf.kept.as_of(shown).closed_until or shown
        is_closed = closes - max(kept_until, shown) > _WORTH_KEEPING
        if limit == shelf.kept.limit and not is_closed:
            return

        def work(kept: Kept) -> Kept:
            if not is_closed:
                return replace(kept, limit=limit)
            before = kept.as_of(shown).closed_until
            closed = max(closes, before or closes)
            return replace(kept, limit=limit, closed_until=closed, closed_at=shown)

        await shelf.change(work)


def _give_back(places: Sequence[_Place]) -> None:
    for place in reversed(places):
        place.give_back()


def _leave(places: Sequence[_Place]) -> None:
    for place in places:
        place.leave()


def _shape(bucket: Bucket) -> tuple[timedelta, bool]:
    """Return what decides how requests are counted."""
    return bucket.window, bucket.is_daily


def _is_long(bucket: Bucket) -> bool:
    return bucket.is_daily or bucket.window > SHORT


def _told(bucket: Bucket, percent: int, kept: Kept) -> Told:
    told = Told(bucket, percent)
    if kept.limit is not None:
        told.limit = kept.limit
    if kept.closed_until is not None:
        told.close_until(kept.closed_until)
    if kept.resets_at is not None:
        told.begins_at(kept.resets_at)
    return told


async def open_budget(
    platform: str,
    buckets: Sequence[Bucket],
    *,
    percent: int,
    clock: Clock,
    ledger: Ledger,
    progress: Progress | None = None,
) -> Budget:
    """Return the budget of an account, going on from where the last process left it.

    `percent` of each limit is ours; `progress` shows for what is waited.
    """
    return Budget(
        platform,
        buckets,
        percent=percent,
        clock=clock,
        ledger=ledger,
        kept=await ledger.all(platform),
        progress=progress,
    )
