"""Bytes over a real socket: what no well-behaved client would send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from connector.web.server import serving
from tests.unit.web.house import House

PATIENCE = 20
"""Seconds until a test gives up: no server is meant to take as long."""


@dataclass
class Line:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, *parts: bytes) -> None:
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of the next answer."""
        async with asyncio.timeout(PATIENCE):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = [line.split(": ", 1) for line in head[1:] if line]
            headers = {name.lower(): value for name, value in pairs}
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
            return int(head[0].split()[1]), headers, body

    async def rest(self) -> bytes:
        """Return all that still comes until the other side hangs up."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""


@dataclass
class Door:
    """Where a house is reached."""

    host: str
    port: int

    @classmethod
    @asynccontextmanager
    async def of(cls, house: House) -> AsyncIterator[Self]:
        async with serving(house.app, "127.0.0.1", 0) as address:
            parts = urlsplit(address)
            yield cls(parts.hostname or "", parts.port or 0)

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            yield Line(reader, writer)
        finally:
            writer.close()


def a_post(
    path: str, body: bytes, headers: Mapping[str, str] | None = None, length: int | None = None
) -> bytes:
    """Return a request as it goes over the wire."""
    lines = [f"POST {path} HTTP/1.1", "Host: localhost"]
    lines.append(f"Content-Length: {len(body) if length is None else length}")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
