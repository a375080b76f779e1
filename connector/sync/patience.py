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
        while True:
            try:
                return await attempt()
            except RateLimited as error:
                wait = error.retry_after
                if wait is None or wait > LONGEST_WAIT:
                    raise
                await clock.sleep(wait)

    return await retrying(unless_told_to_wait)


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, RateLimited):
        return error.retry_after is None
    return isinstance(error, PlatformError) and error.recovery is Recovery.RETRY
