"""An address that is called with signed messages."""

from __future__ import annotations

from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from adapters.guarded import GuardedTransport
from adapters.http import Answer, Call, HttpSession, Plain, seconds_of
from adapters.webhook.signing import ID, SIGNATURE, TIMESTAMP, BadSecret, sign
from connector.domain.waits import Wait
from connector.errors import (
    AccessRefused,
    EndpointGone,
    LimitUsedUp,
    NothingSent,
    PlatformUnavailable,
    RateLimited,
    RejectedByPlatform,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import SecretStr

    from adapters.webhook.messages import Message
    from connector.errors import PlatformError
    from connector.ports.budget import RateBudget
    from connector.ports.clock import Clock

LONGEST_CALL = timedelta(seconds=20)
LONGEST_WAIT = timedelta(days=1)
"""Who asks for more is called again after this."""
CALLS = "calls"
"""The limit that calls count in, where the receiver has one."""
_REFUSED = frozenset({401, 403, 407})


class Endpoint:
    """Keeps the connections to one address; its repr and its errors tell no path and no secret."""

    def __init__(
        self,
        *,
        name: str,
        url: SecretStr,
        secrets: Sequence[SecretStr],
        clock: Clock,
        budget: RateBudget,
        allows_private: bool,
        buckets: tuple[str, ...] = (),
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Each of `secrets` signs: two, while one takes the place of the other.

        `transport` takes the place of the network.
        """
        self.name = name
        self._url = url
        self._secrets = tuple(secrets)
        self._clock = clock
        self._buckets = buckets
        self._wait: Wait | None = None
        """The one that it asked for last."""
        self._guard = None
        if not allows_private:
            transport = self._guard = GuardedTransport(platform=name, inner=transport)
        elif transport is None:
            transport = httpx.AsyncHTTPTransport()
        parts = urlsplit(url.get_secret_value())
        self.location = f"{parts.scheme}://{parts.hostname}"
        self._session = HttpSession(
            platform=name,
            base_url=self.location,
            budget=budget,
            headers={"content-type": "application/json"},
            dialect=_Receiving(clock),
            secrets=[url.get_secret_value(), *(each.get_secret_value() for each in secrets)],
            transport=transport,
        )

    def __repr__(self) -> str:
        return f"Endpoint({self.name!r}, {self.location!r})"

    async def send(self, message: Message, operation: str) -> None:
        """Return once the message was taken; raises PlatformError.

        Nothing is sent while the receiver wants to be left alone: that is LimitUsedUp.
        """
        at = self._clock.now()
        if self._wait is not None and (left := self._wait.left(at)):
            raise LimitUsedUp(
                f"{self.name}: asks to wait until {self._wait.until:%Y-%m-%d %H:%M} UTC",
                platform=self.name,
                operation=operation,
                retry_after=left,
            )
        body = message.body(at)
        try:
            signature = sign(self._secrets, message.id, at, body)
        except BadSecret as error:
            text = f"{self.name}: {error}"
            raise NothingSent(text, platform=self.name, operation=operation) from error
        headers = {ID: message.id, TIMESTAMP: str(int(at.timestamp())), SIGNATURE: signature}
        call = Call(
            operation=operation,
            method="POST",
            path=self._url.get_secret_value(),
            buckets=self._buckets,
            content=body.encode(),
            headers=headers,
            within=LONGEST_CALL,
            is_status_enough=True,
        )
        try:
            await self._session.send(call)
        except RateLimited as limit:
            if limit.retry_after is not None:
                self._wait = Wait(at, at + limit.retry_after)
            raise

    async def amiss(self) -> str | None:
        """Return why nothing can be sent there, as far as that is known without sending."""
        if self._guard is None:
            return None
        try:
            await self._guard.looked_at(httpx.URL(self._url.get_secret_value()))
        except NothingSent as error:
            return str(error).removeprefix(f"{self.name}: ")
        except (httpx.HTTPError, httpx.InvalidURL):
            return "the name of its address cannot be resolved"
        return None

    async def aclose(self) -> None:
        """Let go of all connections."""
        await self._session.aclose()


class _Receiving(Plain):
    """What answers of a receiver mean: whatever is no success is tried again, but for a few."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def wait(self, answer: Answer) -> timedelta | None:
        """Return what `Retry-After` says, in seconds or as a date."""
        text = answer.headers.get("retry-after")
        wait = seconds_of(text)
        if wait is None and text:
            try:
                at = parsedate_to_datetime(text)
            except ValueError:
                return None
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
            wait = max(at - self._clock.now(), timedelta())
        return None if wait is None else min(wait, LONGEST_WAIT)

    def message(self, answer: Answer) -> str | None:
        """Return what a redirection means; bodies are not read."""
        return "redirections are not followed" if answer.status in range(300, 400) else None

    def error(self, answer: Answer) -> type[PlatformError]:
        """Return what an answer that is no success is."""
        if answer.status == httpx.codes.GONE:
            return EndpointGone
        if answer.status in _REFUSED:
            return AccessRefused
        if answer.status == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            return RejectedByPlatform
        if answer.status == httpx.codes.TOO_MANY_REQUESTS or self.wait(answer) is not None:
            return RateLimited
        return PlatformUnavailable
