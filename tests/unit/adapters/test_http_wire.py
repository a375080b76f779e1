"""One request over a real connection, which may break at any place."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from adapters.http import HttpSession, Plain
from connector.errors import PlatformUnavailable, UnexpectedAnswer
from connector.ports.budget import Unlimited
from tests.unit.adapters.sessions import CALL


class Server:
    """A server on this machine that answers each request with the next of some bytes."""

    def __init__(self, *replies: bytes) -> None:
        self.replies = list(replies)
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while self.replies and await reader.readuntil(b"\r\n\r\n"):
            reply = self.replies.pop(0)
            writer.write(reply)
            await writer.drain()
            if b"keep-alive" not in reply:
                break
        writer.close()


@asynccontextmanager
async def listening(server: Server) -> AsyncIterator[HttpSession]:
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    session = HttpSession(
        platform="mail",
        base_url=f"http://127.0.0.1:{port}",
        budget=Unlimited(),
        headers={},
        dialect=Plain(),
    )
    try:
        yield session
    finally:
        await session.aclose()
        await session.aclose()
        listener.close()
        await listener.wait_closed()


def reply(body: bytes, *, length: int | None = None, connection: str = "keep-alive") -> bytes:
    size = len(body) if length is None else length
    head = f"HTTP/1.1 200 OK\r\nConnection: {connection}\r\nContent-Length: {size}\r\n\r\n"
    return head.encode() + body


async def test_one_connection_serves_many_requests() -> None:
    server = Server(*[reply(b"{}")] * 3)

    async with listening(server) as session:
        for _ in range(3):
            await session.send(CALL)

    assert server.connections == 1


@pytest.mark.parametrize(
    "broken",
    [
        reply(b'{"contacts": [', length=500, connection="close"),
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        b"SMTP? no\r\n\r\n",
    ],
    ids=["cut", "closed", "not zipped", "not HTTP"],
)
async def test_an_answer_that_breaks_off_may_come_another_time(broken: bytes) -> None:
    async with listening(Server(broken)) as session:
        with pytest.raises(PlatformUnavailable):
            await session.send(CALL)


async def test_a_platform_that_is_not_there_may_be_another_time() -> None:
    session = HttpSession(
        platform="mail",
        base_url="http://127.0.0.1:9",
        budget=Unlimited(),
        headers={},
        dialect=Plain(),
    )

    with pytest.raises(PlatformUnavailable, match="cannot be reached"):
        await session.send(CALL)
    await session.aclose()


async def test_an_answer_that_is_packed_twice_is_not_unpacked() -> None:
    body = gzip.compress(gzip.compress(b"{}"))
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip, gzip\r\ncontent-length: {len(body)}\r\n\r\n"

    async with listening(Server(head.encode() + body)) as session:
        with pytest.raises(UnexpectedAnswer, match="packed twice"):
            await session.send(CALL)
