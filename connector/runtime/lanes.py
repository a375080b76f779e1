"""Asking a platform only while its lane is ours: several processes keep one account's limits."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.errors import LaneLost
from connector.ports.budget import SHORT
from connector.sync.pushing.push import take_back

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from datetime import datetime

    from connector.ports.budget import RateBudget
    from connector.ports.clock import Clock
    from connector.ports.store import State
    from connector.runtime.installation import Installation


@dataclass(slots=True, kw_only=True)
class Lanes:
    """What is done before this process begins to serve a receiver that another one served.

    Or that it served itself, when it was cut off from that.
    """

    state: State
    clock: Clock
    installation: Installation | None = None

    async def taken(self, lane: str, _fence: int) -> None:
        """Take back what the other had in hand, and let its last requests pass out of the limits.

        What it has still in hand, if it lives, is of an older lease and does not count.
        """
        async with self.state.write() as tx:
            await take_back(tx, lane)
        await self.clock.sleep(self._longest_short_window(lane))

    def _longest_short_window(self, lane: str) -> timedelta:
        """Return for how long the other's requests may count that only it knows of."""
        if self.installation is None:
            return timedelta()
        for entry in self.installation.workspace.configuration.platforms:
            if entry.name == lane:
                windows = (bucket.window for bucket in entry.adapter.buckets(entry.config))
                return max((each for each in windows if each <= SHORT), default=timedelta())
        return timedelta()


class InLane:
    """A platform's request budget that lets nothing pass once another process has its lane."""

    def __init__(self, budget: RateBudget, platform: str, holds: Callable[[str], bool]) -> None:
        """Take the budget, and who tells whether this process has a lane at this very moment."""
        self._budget = budget
        self._platform = platform
        self._holds = holds

    @asynccontextmanager
    async def spend(self, *buckets: str) -> AsyncIterator[None]:
        """Wait until a request may be sent; raises LaneLost where it is another's to send."""
        self._check()
        async with self._budget.spend(*buckets):
            # Waiting may have taken longer than the lane was ours.
            self._check()
            yield

    async def learn(
        self,
        bucket: str,
        *,
        limit: int | None = None,
        remaining: int | None = None,
        resets_after: timedelta | None = None,
    ) -> None:
        """Take what an answer said of `bucket`."""
        await self._budget.learn(
            bucket, limit=limit, remaining=remaining, resets_after=resets_after
        )

    async def refused(self, bucket: str, *, wait: timedelta | None = None) -> None:
        """Take that a request was turned down for this limit."""
        await self._budget.refused(bucket, wait=wait)

    def left(self) -> Mapping[str, int | None]:
        """Return the requests that may be sent at once, per bucket."""
        return self._budget.left()

    def opens(self) -> Mapping[str, datetime]:
        """Return from when on one may be sent, per bucket that lets none through at present."""
        return self._budget.opens()

    def _check(self) -> None:
        if not self._holds(self._platform):
            raise LaneLost(platform=self._platform, operation="any")
