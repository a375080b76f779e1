"""What an account said of itself lately, so that it is not asked at every turn."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from connector.ports.clock import Clock

T = TypeVar("T")

LASTS = timedelta(minutes=10)
"""How long an answer stands: attributes and lists are seldom made, and by people."""


class Remembered(Generic[T]):
    """One answer, asked for again once it is old or known to be wrong."""

    def __init__(self, clock: Clock, ask: Callable[[], Awaitable[T]]) -> None:
        self._clock = clock
        self._ask = ask
        self._answer: tuple[T, datetime] | None = None
        self._asking = asyncio.Lock()
        self._forgotten = 0

    async def get(self, suits: Callable[[T], bool] | None = None) -> T:
        """Return the answer, asked for once by however many at once; raises what asking raises.

        One that is remembered and does not suit is asked for anew; a new one is as it is.
        """
        async with self._asking:
            now = self._clock.now()
            if self._answer is not None:
                answer, asked_at = self._answer
                is_recent = timedelta() <= now - asked_at <= LASTS
                if is_recent and (suits is None or suits(answer)):
                    return answer
            forgotten = self._forgotten
            answer = await self._ask()
            if forgotten == self._forgotten:
                self._answer = answer, now
            return answer

    def forget(self) -> None:
        """Ask anew next time; what is being asked for at this moment may be wrong as well."""
        self._answer = None
        self._forgotten += 1
