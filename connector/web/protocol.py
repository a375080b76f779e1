"""HTTP/1.1 with bounds that the server's own protocol lacks: how long a head takes, and how large.

Nothing ready-made has them: uvicorn waits for ever for the end of a head, and httptools keeps
whatever is sent as one. The deadlines of all connections are looked at together, once in a while,
so that they cost a request nothing but two assignments.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from connector.web.answers import refusal
from connector.web.shield import HEADERS

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterable, Sequence

    from starlette.types import Receive, Scope, Send
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

HEAD_SECONDS = 10.0
"""Until the head of a request has to be there, from its first byte or the connection's begin."""
MESSAGE_SECONDS = 10.0
"""... and all of it, whether anybody still reads it or not."""
ANSWER_SECONDS = 30.0
"""How long a caller may leave an answer unread."""
MOST_HEAD = 32 * 2**10
"""Bytes of a head."""
MOST_SENT = 16 * 2**20
"""Bytes of one request as it is sent, chunks and all."""
MOST_CONNECTIONS = 512


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    deadline: float | None = None
    """When it is closed, on the loop's clock, unless something is done meanwhile."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection; where there are too many, the one that idles longest makes room."""
        self._is_in_head = False
        self._head = self._sent = self._chunk = 0
        self.deadline = self.loop.time() + HEAD_SECONDS
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            _make_room(self.connections)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, and end what goes on for too long."""
        if self.deadline is None:
            self.deadline = self.loop.time() + HEAD_SECONDS
        self._chunk = len(data)
        self._sent += self._chunk
        if self._is_in_head:
            self._head += self._chunk
        super().data_received(data)
        if self._sent > MOST_SENT or self._head > 2 * MOST_HEAD:
            self.transport.close()

    def on_message_begin(self) -> None:
        """Expect a head."""
        self._is_in_head = True
        self.deadline = self.loop.time() + HEAD_SECONDS
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Have the request answered, and expect its body."""
        is_suspect = self._head + self._chunk > MOST_HEAD
        self._is_in_head, self._head = False, 0
        self.deadline = self.loop.time() + MESSAGE_SECONDS
        if is_suspect and self._length_of_head() > MOST_HEAD:
            self.app, answers = _too_large_a_head, self.app
            super().on_headers_complete()
            self.app = answers
            return
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Expect nothing more."""
        self.deadline = None
        self._sent = 0
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Give a caller who does not read only so long."""
        self.deadline = self.loop.time() + ANSWER_SECONDS
        super().pause_writing()

    def resume_writing(self) -> None:
        """Go on."""
        self.deadline = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, in our shape."""
        self._refuse(HTTPStatus.BAD_REQUEST, msg.rstrip(".").lower())

    def end(self) -> None:
        """Close the connection; whoever has sent a head but no whole body is told why."""
        cycle = self.cycle
        if not self.is_idle() and cycle.more_body and not cycle.response_started:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "the body came too slowly")
        else:
            # To close it would wait for ever for somebody who does not read.
            self.transport.abort()

    def _refuse(self, status: HTTPStatus, error: str) -> None:
        body = json.dumps({"error": error, "problems": []}).encode()
        head = [(b"content-type", b"application/json"), (b"connection", b"close"), *HEADERS]
        head.append((b"content-length", str(len(body)).encode()))
        lines = b"".join(b"%s: %s\r\n" % header for header in head)
        self.transport.write(STATUS_LINE[status] + lines + b"\r\n" + body)
        self.transport.close()

    def _length_of_head(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def is_idle(self) -> bool:
        """Return whether no request of this connection is being answered."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is None or cycle.response_complete


def close_overdue(connections: Iterable[Any], now: float) -> None:
    """Close those connections whose deadline is over."""
    for each in _of_http(connections):
        if each.deadline is not None and each.deadline <= now:
            each.end()


def _make_room(connections: Iterable[Any]) -> None:
    """End the connection that is missed least: idle, else the one whose sender is slowest."""
    open_ones = _of_http(connections)
    ends = [each for each in open_ones if each.is_idle() or each.deadline is not None]
    if ends:
        worst = min(ends, key=lambda each: (not each.is_idle(), each.deadline or 0.0))
        worst.transport.abort()


def _of_http(connections: Iterable[Any]) -> Sequence[BoundedProtocol]:
    """Return those that are not sockets of pages, which stay open once somebody was let in."""
    return [each for each in connections if isinstance(each, BoundedProtocol)]


async def _too_large_a_head(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {"connection": "close"}
    await refusal(431, "the head of the request is too large", headers=headers)(
        scope, receive, send
    )
