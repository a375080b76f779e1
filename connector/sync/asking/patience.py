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

from connector.errors import LeftAlone, LimitUsedUp, PlatformError, RateLimited, Recovery
from connector.ports.budget import LONGEST_WAIT
from connector.ports.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from connector.ports.clock import Clock
    from connector.ports.progress import Progress
    from connector.sync.asking.circuit import Circuit

T = TypeVar("T")

ATTEMPTS = 5

SHORTEST_WAIT = timedelta(seconds=1)
"""What a platform is left alone for that asks for none, or for less."""


class Patience:
    """How one platform is asked: again while its trouble may pass, and not while it rests."""

    def __init__(
        self,
        clock: Clock,
        circuit: Circuit,
        progress: Progress | None = None,
        *,
        is_hasty: bool = False,
    ) -> None:
        """Take what is waited on, what all who ask this platform share, and where waits show.

        One that `is_hasty` makes a single attempt and waits for nothing: what failed is tried
        again by a later run.
        """
        self._clock = clock
        self._circuit = circuit
        self._progress = progress or Silent()
        self._attempts = 1 if is_hasty else ATTEMPTS
        self._longest_wait = timedelta(-1) if is_hasty else LONGEST_WAIT

    async def __call__(
        self,
        attempt: Callable[[], Awaitable[T]],
        left_open: Callable[[T], PlatformError | None] = lambda _: None,
    ) -> T:
        """Return what `attempt` returns, trying again while its PlatformError may pass.

        Backs off exponentially with jitter; waiting because the platform asked for it is no
        attempt. Raises the last error after five attempts or once the platform is left alone, when
        it asks for waits and lets nobody through for minutes, and at once what will not pass.
        `left_open` tells of an answer why to ask once more all the same, which is no failure of
        the platform; None where there is no reason to.
        """
        retrying = AsyncRetrying(
            retry=retry_if_exception(self._may_pass),
            stop=stop_after_attempt(self._attempts),
            wait=wait_exponential_jitter(initial=1, max=60),
            sleep=lambda seconds: self._wait(timedelta(seconds=seconds), "a request failed"),
            reraise=True,
        )
        return await retrying(self._unless_told_to_wait, attempt, left_open)

    async def until_rested(self, longest: timedelta) -> LeftAlone | None:
        """Wait for the end of a rest that is no longer than `longest`.

        Returns why the platform cannot be asked; None when it can.
        """
        if timedelta() < self._circuit.rest_left <= longest:
            await self._wait(self._circuit.rest_left, "it failed too often")
        return self._circuit.left_alone()

    async def _unless_told_to_wait(
        self,
        attempt: Callable[[], Awaitable[T]],
        left_open: Callable[[T], PlatformError | None],
    ) -> T:
        """Make an attempt, anew after each wait that the platform asks for."""
        while True:
            try:
                async with self._circuit.attempt():
                    answer = await attempt()
                if (error := left_open(answer)) is not None:
                    raise error
            except LimitUsedUp:
                raise
            except RateLimited as limit:
                if limit.retry_after is None or limit.retry_after > self._longest_wait:
                    raise
                wait = max(limit.retry_after, SHORTEST_WAIT)
                if not self._circuit.may_wait(wait):
                    raise
                await self._wait(wait, "it asks to wait")
            else:
                return answer

    async def _wait(self, span: timedelta, why: str) -> None:
        with self._progress.waiting(self._circuit.platform, why, span):
            await self._clock.sleep(span)

    def _may_pass(self, error: BaseException) -> bool:
        if isinstance(error, RateLimited):
            return error.retry_after is None and not isinstance(error, LimitUsedUp)
        if isinstance(error, LeftAlone) or self._circuit.left_alone() is not None:
            return False
        return isinstance(error, PlatformError) and error.recovery is Recovery.RETRY
