"""An account whose platform counts what it is asked, whenever in a request it likes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from connector.errors import RateLimited
from connector.ports.budget import SHORT, Bucket
from state.pacing.budget import Budget, open_budget
from state.pacing.kept import Ledger, MemoryLedger
from tests.builders import T
from tests.fakes import SharedClock, Shown

MOMENT = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
COUNTED = timedelta(seconds=5)
"""Where a process cannot say it any more, a request counts as if made no later than that.

So a platform counts it that is asked by one that is killed meanwhile, or by two at a time.
"""

_PROCESSES = count()


def a_bucket(
    limit: int = 10, window: timedelta = SECOND, name: str = "all", *, is_daily: bool = False
) -> Bucket:
    return Bucket(name=name, limit=limit, window=window, is_daily=is_daily)


@dataclass
class Request:
    """One request, from when it was sent to its answer or its end."""

    task: int
    process: int
    buckets: tuple[str, ...]
    sent_at: datetime
    ended_at: datetime | None = None
    allowed: dict[str, int] = field(default_factory=dict)
    """The limits that were known when it was sent, as far as they are ours."""


class AccountUse:
    """What several processes, one after the other, ask of one account."""

    def __init__(
        self,
        *buckets: Bucket,
        percent: int = 100,
        clock: SharedClock | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        self.buckets = {each.name: each for each in buckets}
        self.percent = percent
        self.clock = clock or SharedClock(T)
        self.ledger = ledger or MemoryLedger()
        self.limits = {each.name: each.limit for each in buckets}
        self.requests: list[Request] = []
        self.turned_away: list[RateLimited] = []
        self.unsaid: set[int] = set()
        """Processes that cannot say to the others how long their slow requests took."""
        self.shown = Shown()
        self.budget: Budget
        self.process: int

    async def start(self) -> Budget:
        """Begin a process."""
        self.process = next(_PROCESSES)
        self.budget = await open_budget(
            "crm",
            list(self.buckets.values()),
            percent=self.percent,
            clock=self.clock,
            ledger=self.ledger,
            progress=self.shown,
        )
        return self.budget

    async def ask(
        self, task: int = 0, *buckets: str, lasts: timedelta = 50 * MOMENT
    ) -> Request | None:
        """Make one request; None when there is no room for a long time."""
        names = buckets or tuple(self.buckets)
        process = self.process
        try:
            async with self.budget.spend(*names):
                allowed = {name: max(1, self.limits[name] * self.percent // 100) for name in names}
                request = Request(task, process, names, self.clock.now(), allowed=allowed)
                self.requests.append(request)
                try:
                    await self.clock.sleep(lasts)
                finally:
                    request.ended_at = self.clock.now()
        except RateLimited as error:
            self.turned_away.append(error)
            return None
        return request

    async def ask_all(self, count: int, *buckets: str, lasts: timedelta = 50 * MOMENT) -> None:
        """Make so many requests at once."""
        await asyncio.gather(*(self.ask(task, *buckets, lasts=lasts) for task in range(count)))

    def check(self) -> None:
        """Assert that no span of a window, and no day, has more requests than our share.

        A request may count from when it was sent until its end. Whichever instants those are: all
        that could share a span with a new one are those that ended less than a window before.
        """
        for place, new in enumerate(self.requests):
            for name, most in new.allowed.items():
                bucket = self.buckets[name]
                together = [
                    each
                    for each in self.requests[: place + 1]
                    if name in each.buckets and self._may_share(bucket, each, new)
                ]
                assert len(together) <= most, (name, new.sent_at, together)

    def _may_share(self, bucket: Bucket, old: Request, new: Request) -> bool:
        ended_at = old.ended_at or new.sent_at
        if bucket.is_daily:
            midnight = new.sent_at.replace(hour=0, minute=0, second=0, microsecond=0)
            return ended_at >= midnight
        if old.process in self.unsaid - {new.process} and bucket.window <= SHORT:
            ended_at = min(ended_at, old.sent_at + COUNTED)
        return ended_at + bucket.window >= new.sent_at


def instants(requests: Sequence[Request]) -> list[float]:
    """Return when requests were sent, in seconds from the first."""
    return [(each.sent_at - requests[0].sent_at) / SECOND for each in requests]
