"""How many requests a platform lets us make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta


class RateBudget(Protocol):
    """The request budgets of one platform's account, shared by everything that calls it."""

    async def acquire(self, bucket: str, *, cost: int = 1) -> None:
        """Return when `cost` requests of `bucket` may be sent."""
        ...

    async def learn(
        self,
        bucket: str,
        *,
        limit: int | None = None,
        remaining: int | None = None,
        resets_after: timedelta | None = None,
    ) -> None:
        """Take what an answer's headers said about `bucket`."""
        ...

    def left(self) -> Mapping[str, int | None]:
        """Return the requests left per bucket; None where nobody knows."""
        ...


class Unlimited:
    """The budget of a platform that has no limits, such as a folder of files."""

    async def acquire(self, bucket: str, *, cost: int = 1) -> None:
        """Return at once."""

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
