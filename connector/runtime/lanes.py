"""Asking a platform only while its lane is ours: several processes keep one account's limits."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from connector.errors import LaneLost

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from datetime import datetime, timedelta

    from connector.ports.budget import RateBudget


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
