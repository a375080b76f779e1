"""Requests that carry a token which is asked for with the id and secret of a client (OAuth2).

One token serves all requests until shortly before its end. However many need a new one at once,
it is asked for once; one that is refused before its time is asked for anew, and the request that
was refused is sent again, once: it was turned away at the door, so nothing was done.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx

from adapters.http import Call
from connector.errors import AccessRefused, PlatformError, RejectedByPlatform, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pydantic import SecretStr

    from adapters.http import Answer, HttpSession, Json
    from connector.ports.clock import Clock

OPERATION = "sign in"
_MARGIN = timedelta(minutes=1)
"""A token is not used any more so long before its end, or in the second half of a short life."""
_LONGEST = 10**8
"""Seconds that a token may say it lasts, to be believed."""
_TOKEN = re.compile(r"[!-~]{1,8192}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client of OAuth2 that acts for itself."""

    path: str
    """Where tokens are given, below the base URL of the session."""
    id: SecretStr
    secret: SecretStr
    more: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the form says besides, such as a scope."""
    buckets: tuple[str, ...] = ()
    """The limits that asking for a token counts in."""


class TokenSession:
    """A session whose requests carry the token of a client."""

    def __init__(self, session: HttpSession, client: Client, clock: Clock) -> None:
        self._session = session
        self._client = client
        self._clock = clock
        self._token: str | None = None
        self._ends_at: datetime | None = None
        self._asking = asyncio.Lock()
        self._asked = 0
        self._refusal: PlatformError | None = None

    def __repr__(self) -> str:
        return f"TokenSession({self._session!r})"

    async def send(self, call: Call) -> Answer:
        """Return the answer to `call`; raises PlatformError as the session does."""
        token = await self._current()
        try:
            return await self._session.send(_with(call, token))
        except AccessRefused as error:
            if error.status != httpx.codes.UNAUTHORIZED:
                raise
        if self._token == token:
            self._token = None
        return await self._session.send(_with(call, await self._current()))

    def clean(self, text: str) -> str:
        """Return one line of a vendor's words, without addresses, numbers and secrets."""
        return self._session.clean(text)

    async def aclose(self) -> None:
        """Let go of all connections."""
        await self._session.aclose()

    async def _current(self) -> str:
        """Return the token; whoever waited for one that could not be had shares the error."""
        asked = self._asked
        async with self._asking:
            if self._token is not None and not self._is_over():
                return self._token
            if self._refusal is not None and asked != self._asked:
                raise self._refusal
            try:
                self._token = token = self._taken(await self._ask())
            except PlatformError as error:
                self._token, self._refusal = None, error
                raise
            finally:
                self._asked += 1
            self._refusal = None
            return token

    def _is_over(self) -> bool:
        return self._ends_at is not None and self._clock.now() >= self._ends_at

    async def _ask(self) -> Json:
        call = Call(
            operation=OPERATION,
            method="POST",
            path=self._client.path,
            buckets=self._client.buckets,
            form={
                "grant_type": "client_credentials",
                "client_id": self._client.id.get_secret_value(),
                "client_secret": self._client.secret.get_secret_value(),
                **self._client.more,
            },
        )
        try:
            return (await self._session.send(call)).body
        except RejectedByPlatform as error:
            # OAuth2 says so of a wrong id or secret, and of a client that may not act for itself.
            raise AccessRefused(
                str(error),
                platform=error.platform,
                operation=error.operation,
                status=error.status,
                request_id=error.request_id,
            ) from None

    def _taken(self, body: Json) -> str:
        """Return the token of an answer; one that says no end is used until it is refused."""
        said = body if isinstance(body, dict) else {}
        token, seconds = said.get("access_token"), said.get("expires_in")
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            name = self._session.platform
            text = f"{name}: {OPERATION}: answered no token"
            raise UnexpectedAnswer(text, platform=name, operation=OPERATION)
        self._session.hide(*(each for each in (self._token, token) if each))
        self._ends_at = None
        if isinstance(seconds, int) and 0 < seconds <= _LONGEST:
            lasts = timedelta(seconds=seconds)
            self._ends_at = self._clock.now() + max(lasts - _MARGIN, lasts / 2)
        return token


def _with(call: Call, token: str) -> Call:
    return replace(call, headers={**call.headers, "authorization": f"Bearer {token}"})
