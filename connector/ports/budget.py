"""How many requests a platform lets us make."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from contextlib import AbstractAsyncContextManager
    from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One limit on the requests of an account, as its platform states it.

    A platform may say another limit in its answers, which then counts.
    """

    name: str
    limit: int
    """The most requests in any span of `window`."""
    window: timedelta
    is_daily: bool = False
    """Whether requests are counted from one midnight of the account to the next instead."""


class RateBudget(Protocol):
    """The request budgets of one platform's account, shared by everything that calls it."""

    def spend(self, *buckets: str) -> AbstractAsyncContextManager[None]:
        """Wait until a request may be sent that counts in all of these, and count it.

        The request and its answer belong inside the block: the platform may have counted it at
        any moment of it. Raises RateLimited where waiting would take longer than a run has
        patience for, and KeyError on a bucket that the adapter does not declare.
        """
        ...

    async def learn(
        self,
        bucket: str,
        *,
        limit: int | None = None,
        remaining: int | None = None,
        resets_after: timedelta | None = None,
    ) -> None:
        """Take what an answer said of `bucket`: `remaining` is what all callers have left.

        With `remaining` 0 nothing is sent before `resets_after` has passed.
        """
        ...

    def left(self) -> Mapping[str, int | None]:
        """Return the requests that may be sent at once, per bucket; None where nobody knows."""
        ...


class Unlimited:
    """The budget of a platform that has no limits, such as a folder of files."""

    @asynccontextmanager
    async def spend(self, *buckets: str) -> AsyncIterator[None]:  # noqa: ARG002 - none counts
        """Wait for nothing."""
        yield

    async def learn(
        self,
        bucket: str,
        *,
        limit: int | None = None,
        remaining: int | None = None,
        resets_after: timedelta | None = None,
    ) -> None:
        """Learn nothing: there is nothing to learn."""

    def left(self) -> Mapping[str, int | None]:
        """Return no bucket."""
        return {}
