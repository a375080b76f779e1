"""The doors of a company: every request is noted before anything is done about it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeAlias

from starlette.requests import ClientDisconnect
from starlette.responses import Response

from adapters.simulation.front import read_request
from adapters.simulation.messages import Request

Asgi: TypeAlias = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]
_Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Doors:
    """One application of several, each below the beginning of a path."""

    def __init__(self, parts: Mapping[str, Asgi], rest: Asgi) -> None:
        """Take who is behind which path, and who is behind all others."""
        self.asked: list[Request] = []
        """Every request, in the order in which they came."""
        self._parts = parts
        self._rest = rest

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401 - as ASGI has it
        """Serve a request."""
        # Whoever was killed while it asked is not answered.
        with suppress(ClientDisconnect):
            request = await read_request(scope, receive)
            self.asked.append(request)
            found = (app for start, app in self._parts.items() if request.path.startswith(start))
            await next(found, self._rest)(scope, _again(request.body, receive), send)

    def to(self, path: str, since: int = 0) -> Sequence[Request]:
        """Return the requests whose paths hold `path`, but for the first `since` of all."""
        return [each for each in self.asked[since:] if path in each.path]


def listener(latency: timedelta) -> Asgi:
    """Return an application that takes all it is told, after a while."""

    async def app(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401 - as ASGI has it
        await asyncio.sleep(latency.total_seconds())
        await Response(status_code=204)(scope, receive, send)

    return app


def _again(body: bytes, receive: _Receive) -> _Receive:
    """Return what gives a body that was read once more, and then what `receive` gives."""
    first: Iterator[MutableMapping[str, Any]] = iter(
        [{"type": "http.request", "body": body, "more_body": False}]
    )

    async def receiving() -> MutableMapping[str, Any]:
        return next(first, None) or await receive()

    return receiving
