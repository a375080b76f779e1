"""How many requests a platform lets us make."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

LONGEST_WAIT = timedelta(minutes=5)
"""A platform that wants to be left alone for longer ends its part of the run."""

SHORT = timedelta(minutes=1)
"""What counts over no longer a span each process counts for itself, and keeps no account of."""

LONGEST_REQUEST = timedelta(minutes=2)
"""No request is under way for longer: it is given up before."""


_PASSES_OTHERS: ContextVar[bool] = ContextVar("passes_others", default=False)


@contextmanager
def urgently() -> Iterator[None]:
    """Let requests that are made inside pass before those of others, as far as that is fair."""
    token = _PASSES_OTHERS.set(True)
    try:
        yield
    finally:
        _PASSES_OTHERS.reset(token)


def passes_others() -> bool:
    """Return whether a request that is made here passes before those of others."""
    return _PASSES_OTHERS.get()


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
    counts_writes: bool = False
    """Whether writing attributes and lists counts in it: plans tell the time that takes."""


def share_of(limit: int, percent: int) -> int:
    """Return how many of `limit` requests are ours: at least one."""
    return max(1, limit * percent // 100)


class RateBudget(Protocol):
    """The request budgets of one platform's account, shared by everything that calls it."""

    def spend(self, *buckets: str) -> AbstractAsyncContextManager[None]:
        """Wait until a request may be sent that counts in all of these, and count it.

        The request and its answer belong inside the block: the platform may have counted it at
        any moment of it, unless NothingSent leaves the block. Raises LimitUsedUp where waiting
        would take longer than a run has patience for, this time or all in all, and KeyError on a
        bucket that the adapter does not declare.
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

        Nothing is sent before `resets_after` has passed once no more is left than what belongs to
        other callers; unless the requests that are gone are all ours, and so counted already.
        """
        ...

    async def refused(self, bucket: str, *, wait: timedelta | None = None) -> None:
        """Take that a request was turned down for this limit: leave it alone, then go slower.

        Nothing is sent before `wait` has passed.
        """
        ...

    def left(self) -> Mapping[str, int | None]:
        """Return the requests that may be sent at once, per bucket; None where nobody knows."""
        ...

    def opens(self) -> Mapping[str, datetime]:
        """Return from when on one may be sent, per bucket that lets none through at present.

        A bucket that waits for an answer, so that nobody can tell, is left out.
        """
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

    async def refused(self, bucket: str, *, wait: timedelta | None = None) -> None:
        """Go on as before."""

    def left(self) -> Mapping[str, int | None]:
        """Return no bucket."""
        return {}

    def opens(self) -> Mapping[str, datetime]:
        """Return no bucket."""
        return {}
