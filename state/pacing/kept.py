"""What is kept of one limit across restarts, and between processes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

T = TypeVar("T")

_FAR = timedelta(days=3)
"""Nobody closes a limit for longer: a clock was wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Requests that were made, or may be: they count until an instant."""

    until: datetime
    count: int
    owner: str = ""
    """The process that has them, of limits over seconds; one that has none lacks some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One limit of one platform, as the state keeps it."""

    limit: int | None = None
    """As the platform told it last."""
    taken: tuple[Taken, ...] = ()
    resets_at: datetime | None = None
    """A midnight of the account, for limits by the day."""
    closed_until: datetime | None = None
    """Whoever starts sends nothing before."""
    closed_at: datetime | None = None
    """When that was noted, where it is known."""

    def as_of(self, now: datetime) -> Kept:
        """Return it as it is at `now`, closed for no longer than it was to be.

        Before the limit was closed, the clock was set back since: then it is closed no more.
        """
        if self.closed_until is None or (self.closed_at is not None and now < self.closed_at):
            return replace(self, closed_until=None, closed_at=None)
        return replace(self, closed_until=min(self.closed_until, now + _FAR))

    def clipped(self, latest: datetime) -> Kept:
        """Return it without requests that count after `latest`, where the clock was set back."""
        taken = tuple(replace(each, until=min(each.until, latest)) for each in self.taken)
        return replace(self, taken=taken)

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

    A dry run is one long transaction, which holds a SQLite file: whoever waited for its end inside
    it would wait for ever. What others noted until it held the file is read once more then.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Take where the limits are kept for good."""
        self._ledger = ledger
        self._before: dict[str, dict[str, Kept]] = {}
        self._kept: dict[tuple[str, str], Kept] = {}

    async def all(self, platform: str) -> Mapping[str, Kept]:
        """Return what is kept of the limits of a platform."""
        return await self._ledger.all(platform)

    async def change(self, platform: str, bucket: str, work: Callable[[Kept], Kept]) -> Kept:
        """Do it in memory."""
        if platform not in self._before:
            self._before.setdefault(platform, dict(await self._ledger.all(platform)))
        before = self._before[platform].get(bucket, Kept())
        kept = work(self._kept.get((platform, bucket), before))
        self._kept[platform, bucket] = kept
        return kept

    async def settle(self) -> None:
        """Keep for good what came of it."""
        for (platform, bucket), after in self._kept.items():
            before = self._before[platform].get(bucket, Kept())
            await self._ledger.change(platform, bucket, partial(_with, before, after))
        self._kept.clear()
        self._before.clear()


def _with(before: Kept, after: Kept, kept: Kept) -> Kept:
    """Return `kept` with what was taken between `before` and `after`."""
    more: Counter[tuple[datetime, str]] = Counter()
    for each in after.taken:
        more[each.until, each.owner] += each.count
    for each in before.taken:
        more[each.until, each.owner] -= each.count
    taken = [
        Taken(until=until, count=count, owner=owner)
        for (until, owner), count in more.items()
        if count > 0
    ]
    return replace(after, taken=(*kept.taken, *taken))
