"""What holds for every answer: headers that browsers heed, no word of what went wrong inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from connector.web.failures import told

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
"""An answer that has one of them keeps its own."""
_NAMES = frozenset(name for name, _ in HEADERS)

_log = structlog.get_logger("heatsync.web")


class Shield:
    """Adds the headers, and turns what nobody foresaw into an empty 500."""

    def __init__(self, app: ASGIApp) -> None:
        """Take what it stands before."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._pass_on(scope, receive, send)
            return
        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = _with_ours(message.get("headers", ()))
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:  # noqa: BLE001 - the edge: nobody above could answer better
            _log.error("request failed", method=scope["method"], **told(error))
            if not begun:
                await _fail(send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is no request; a socket ends where something goes wrong."""
        try:
            await self._app(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - the edge: nobody above could answer better
            _log.error("socket failed", **told(error))


def _with_ours(given: object) -> list[tuple[bytes, bytes]]:
    headers: list[tuple[bytes, bytes]] = [*given]  # type: ignore[misc]
    own = {name for name, _ in headers} & _NAMES
    return [*headers, *HEADERS] if not own else [*headers, *(e for e in HEADERS if e[0] not in own)]


async def _fail(send: Send) -> None:
    headers = [*HEADERS, (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
