"""What is kept of one limit across restarts, and between processes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Requests that were made, or may be: they count until an instant."""

    until: datetime
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One limit of one platform, as the state keeps it."""

    limit: int | None = None
    """As the platform told it last."""
    taken: tuple[Taken, ...] = ()
    """Only of limits over a span of more than a minute."""
    resets_at: datetime | None = None
    """A midnight of the account, for limits by the day."""
    closed_until: datetime | None = None
    """Whoever starts sends nothing before."""

    def bounded(self, latest: datetime) -> Kept:
        """Return it without what a clock that was wrong put into a far future."""
        closed = self.closed_until and min(self.closed_until, latest)
        taken = tuple(replace(each, until=min(each.until, latest)) for each in self.taken)
        return replace(self, taken=taken, closed_until=closed)

    def used(self, now: datetime) -> int:
        """Return the requests that count at `now`."""
        return sum(each.count for each in self.taken if each.until > now)

    def free_at(self, now: datetime, capacity: int) -> datetime:
        """Return from when on fewer than `capacity` requests count."""
        over = self.used(now) - capacity
        for each in sorted(self.taken, key=lambda taken: taken.until):
            if over < 0:
                break
            if each.until > now:
                over -= each.count
                now = each.until
        return now


class Ledger(Protocol):
    """Keeps limits. Nothing of it takes part in anybody's transaction."""

    async def all(self, platform: str) -> Mapping[str, Kept]:
        """Return what is kept of the limits of a platform, by bucket."""
        ...

    async def change(self, platform: str, bucket: str, work: Callable[[Kept], Kept]) -> Kept:
        """Replace what is kept by what `work` makes of it, for good; return that.

        Nobody changes it in between, in whatever process.
        """
        ...


class Shelf:
    """What is kept of one limit, as one process knows it."""

    def __init__(self, ledger: Ledger, platform: str, bucket: str, kept: Kept) -> None:
        """Take where it is kept, and what was found there."""
        self.kept = kept
        self._ledger = ledger
        self._platform = platform
        self._bucket = bucket

    async def change(self, work: Callable[[Kept], Kept]) -> Kept:
        """Replace what is kept; return what is kept now, by other processes as well."""
        self.kept = await self._ledger.change(self._platform, self._bucket, work)
        return self.kept


class MemoryLedger:
    """Keeps limits as long as the object lives."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._kept: dict[tuple[str, str], Kept] = {}

    async def all(self, platform: str) -> Mapping[str, Kept]:
        """Return what is kept of the limits of a platform, by bucket."""
        return {bucket: kept for (name, bucket), kept in self._kept.items() if name == platform}

    async def change(self, platform: str, bucket: str, work: Callable[[Kept], Kept]) -> Kept:
        """Replace what is kept by what `work` makes of it."""
        kept = work(self._kept.get((platform, bucket), Kept()))
        self._kept[platform, bucket] = kept
        return kept


class LaterLedger:
    """Keeps limits in memory until `settle`, for whoever holds the database meanwhile.

    A dry run is one long transaction: whoever waited for its end inside it would wait for ever.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Take where the limits are kept for good."""
        self._ledger = ledger
        self._before: dict[str, dict[str, Kept]] = {}
        self._kept: dict[tuple[str, str], Kept] = {}

    async def all(self, platform: str) -> Mapping[str, Kept]:
        """Return what is kept of the limits of a platform; ask before the database is held."""
        self._before[platform] = dict(await self._ledger.all(platform))
        return self._before[platform]

    async def change(self, platform: str, bucket: str, work: Callable[[Kept], Kept]) -> Kept:
        """Do it in memory."""
        before = self._before.get(platform, {}).get(bucket, Kept())
        kept = work(self._kept.get((platform, bucket), before))
        self._kept[platform, bucket] = kept
        return kept

    async def settle(self) -> None:
        """Keep for good what came of it."""
        for (platform, bucket), after in self._kept.items():
            before = self._before.get(platform, {}).get(bucket, Kept())
            await self._ledger.change(platform, bucket, partial(_with, before, after))
        self._kept.clear()


def _with(before: Kept, after: Kept, kept: Kept) -> Kept:
    """Return `kept` with what was taken between `before` and `after`."""
    more: Counter[datetime] = Counter()
    for each in after.taken:
        more[each.until] += each.count
    for each in before.taken:
        more[each.until] -= each.count
    taken = [Taken(until=until, count=count) for until, count in more.items() if count > 0]
    return replace(after, taken=(*kept.taken, *taken))
