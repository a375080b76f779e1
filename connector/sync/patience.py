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

from connector.errors import PlatformError, RateLimited, Recovery

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from connector.ports.clock import Clock

T = TypeVar("T")

ATTEMPTS = 5
LONGEST_WAIT = timedelta(minutes=5)
"""A platform that wants to be left alone for longer ends its part of the run."""

LONGEST_WAITS = timedelta(hours=1)
"""... and so does one that asks for more and more waits before it does what is asked."""

SHORTEST_WAIT = timedelta(seconds=1)
"""What a platform is left alone for that asks for none, or for less."""


async def patiently(clock: Clock, attempt: Callable[[], Awaitable[T]]) -> T:
    """Return what `attempt` returns, trying again while its PlatformError may pass.

    Backs off exponentially with jitter; waiting because the platform asked for it is no attempt.
    Raises the last error after five attempts, and at once what will not pass.
    """

    async def sleep(seconds: float) -> None:
        await clock.sleep(timedelta(seconds=seconds))

    retrying = AsyncRetrying(
        retry=retry_if_exception(_may_pass),
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential_jitter(initial=1, max=60),
        sleep=sleep,
        reraise=True,
    )

    async def unless_told_to_wait() -> T:
        waited = timedelta()
        while True:
            try:
                return await attempt()
            except RateLimited as error:
                if error.retry_after is None or error.retry_after > LONGEST_WAIT:
                    raise
                wait = max(error.retry_after, SHORTEST_WAIT)
                if waited + wait > LONGEST_WAITS:
                    raise
                await clock.sleep(wait)
                waited += wait

    return await retrying(unless_told_to_wait)


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, RateLimited):
        return error.retry_after is None
    return isinstance(error, PlatformError) and error.recovery is Recovery.RETRY
