"""The body of a request, read within bounds: of one body, and of all of them.

That it comes in time is looked after by the protocol below.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from connector.errors import TooLarge
from connector.ports.webhook import MOST_BYTES
from connector.web.answers import refusal

if TYPE_CHECKING:
    from fastapi.responses import JSONResponse
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_HELD = 64 * 2**20
"""Of all bodies that are being read at one moment."""


class GoneAway(Exception):
    """The caller hung up before the body was there, or was too slow to be waited for."""


class NoRoom(Exception):
    """There is no memory for one more body at this moment."""


def declared_length(scope: Scope) -> int | None:
    """Return how long the head says that the body is; None when it does not."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else None
    return None


@dataclass(slots=True)
class Reader:
    """Reads bodies; all of them together take no more than `MOST_HELD` bytes."""

    held: int = 0

    async def read(self, scope: Scope, receive: Receive, most: int = MOST_BYTES) -> bytes:
        """Return the body, of at most so many bytes.

        Raises TooLarge, GoneAway or NoRoom.
        """
        if (declared_length(scope) or 0) > most:
            raise TooLarge
        if self.held > MOST_HELD:
            raise NoRoom
        parts: list[bytes] = []
        size = 0
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise GoneAway
                part = message.get("body", b"")
                size += len(part)
                if size > most:
                    raise TooLarge
                self.held += len(part)
                parts.append(part)
                if not message.get("more_body", False):
                    return parts[0] if len(parts) == 1 else b"".join(parts)
        finally:
            self.held -= sum(map(len, parts))


class Bodies:
    """Reads the body of a request before anything is done about it, and hands it on whole."""

    def __init__(self, app: ASGIApp) -> None:
        """Take what it stands before."""
        self._app = app
        self._reader = Reader()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say why its body is not taken."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        try:
            body = await self._reader.read(scope, receive)
        except TooLarge:
            await too_large()(scope, receive, send)
        except NoRoom:
            answer = refusal(HTTPStatus.SERVICE_UNAVAILABLE, "busy", headers={"retry-after": "5"})
            await answer(scope, receive, send)
        except GoneAway:
            return
        else:
            await self._app(scope, _handing(body, receive), send)


def too_large() -> JSONResponse:
    """Return what whoever sends too much is told."""
    return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large")


def _handing(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives `body` first."""
    is_given = False

    async def given() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return given
