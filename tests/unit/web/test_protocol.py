"""Deadlines of a connection, whatever its other end does."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from connector.web.protocol import ANSWER_SECONDS, BoundedProtocol, close_overdue
from tests.unit.web.house import House


class Wire:
    """A transport that keeps what is written, and how it ended."""

    def __init__(self) -> None:
        self.written = b""
        self.ended: str | None = None

    def get_extra_info(self, _name: str) -> None:
        return None

    def write(self, content: bytes) -> None:
        self.written += content

    def close(self) -> None:
        self.ended = self.ended or "closed"

    def abort(self) -> None:
        self.ended = self.ended or "aborted"

    def is_closing(self) -> bool:
        return self.ended is not None

    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


@pytest.fixture
async def line() -> AsyncIterator[BoundedProtocol]:
    """Give a connection that was just made."""
    config = uvicorn.Config(House().app, ws="none", lifespan="off", log_config=None)
    server = ServerState()
    made = BoundedProtocol(config, server, {}, asyncio.get_running_loop())
    wire: Any = Wire()
    made.connection_made(wire)
    yield made
    made.connection_lost(None)
    await asyncio.gather(*server.tasks)


def _wire(line: BoundedProtocol) -> Wire:
    wire: Any = line.transport
    assert isinstance(wire, Wire)
    return wire


async def test_a_connection_is_left_alone_until_its_deadline(line: BoundedProtocol) -> None:
    close_overdue([line], line.loop.time())

    assert _wire(line).ended is None


async def test_whoever_sends_nothing_is_cut_off(line: BoundedProtocol) -> None:
    close_overdue([line], math.inf)

    assert (_wire(line).ended, _wire(line).written) == ("aborted", b"")


async def test_whoever_sends_half_a_body_is_told_why(line: BoundedProtocol) -> None:
    line.data_received(b"POST /webhooks/crm HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")

    close_overdue([line], math.inf)

    assert _wire(line).written.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"x-content-type-options: nosniff\r\n" in _wire(line).written
    assert _wire(line).ended == "closed"


async def test_whoever_does_not_read_an_answer_is_cut_off(line: BoundedProtocol) -> None:
    line.data_received(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert line.deadline is None

    line.pause_writing()
    close_overdue([line], line.loop.time() + ANSWER_SECONDS / 2)
    early = _wire(line).ended
    close_overdue([line], line.loop.time() + ANSWER_SECONDS)

    assert (early, _wire(line).ended) == (None, "aborted")


async def test_whoever_reads_on_is_waited_for(line: BoundedProtocol) -> None:
    line.data_received(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")

    line.pause_writing()
    line.resume_writing()
    close_overdue([line], math.inf)

    assert _wire(line).ended is None
