"""Try again what may pass later; the one place where retries live."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from tenacity import (
    AsyncRetrying,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential_jitter,
)

from connector.errors import LeftAlone, PlatformError, RateLimited, Recovery
from connector.ports.budget import LONGEST_WAIT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from connector.ports.clock import Clock
    from connector.sync.circuit import Circuit

T = TypeVar("T")

ATTEMPTS = 5

LONGEST_WAITS = timedelta(hours=1)
"""A platform that asks for more and more waits before it does what is asked ends its part too."""

SHORTEST_WAIT = timedelta(seconds=1)
"""What a platform is left alone for that asks for none, or for less."""


class Patience:
    """How one platform is asked: again while its trouble may pass, and not while it rests."""

    def __init__(self, clock: Clock, circuit: Circuit) -> None:
        """Take what is waited on, and what all who ask this platform share."""
        self._clock = clock
        self._circuit = circuit

    async def __call__(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Return what `attempt` returns, trying again while its PlatformError may pass.

        Backs off exponentially with jitter; waiting because the platform asked for it is no
        attempt. Raises the last error after five attempts or once the platform is left alone, and
        at once what will not pass.
        """
        retrying = AsyncRetrying(
            retry=retry_if_exception(self._may_pass),
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential_jitter(initial=1, max=60),
            sleep=self._sleep,
            reraise=True,
        )

        async def unless_told_to_wait() -> T:
            waited = timedelta()
            while True:
                try:
                    with self._circuit.attempt():
                        return await attempt()
                except RateLimited as error:
                    if error.retry_after is None or error.retry_after > LONGEST_WAIT:
                        raise
                    wait = max(error.retry_after, SHORTEST_WAIT)
                    if waited + wait > LONGEST_WAITS:
                        raise
                    await self._clock.sleep(wait)
                    waited += wait

        return await retrying(unless_told_to_wait)

    async def _sleep(self, seconds: float) -> None:
        await self._clock.sleep(timedelta(seconds=seconds))

    def _may_pass(self, error: BaseException) -> bool:
        if isinstance(error, RateLimited):
            return error.retry_after is None
        if isinstance(error, LeftAlone) or self._circuit.left_alone() is not None:
            return False
        return isinstance(error, PlatformError) and error.recovery is Recovery.RETRY
