"""Serves the application inside the daemon's own loop."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import uvicorn

from connector.errors import ConfigError, Problem
from connector.web.protocol import BoundedProtocol, close_overdue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from fastapi import FastAPI

KEEP_ALIVE = 75
"""Seconds that a connection may wait for its next request: longer than proxies let it."""
BACKLOG = 1024
MOST_MESSAGE = 2**20
"""Bytes of a message that a page sends."""
LAST_ANSWERS = 3
"""Seconds that requests under way have at the end."""
_EVERY = 1.0
"""Seconds between two looks at the deadlines of connections."""


class _Server(uvicorn.Server):
    """Leaves signals to the daemon, and tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@asynccontextmanager
async def serving(app: FastAPI, host: str, port: int) -> AsyncIterator[str]:
    """Serve `app` while the block runs; give the address, as ``http://127.0.0.1:8080``.

    Port 0 is any that is free. At the end nothing more is accepted, requests under way are
    answered within `LAST_ANSWERS` seconds, and what was stored of webhooks is told.
    Raises ConfigError when one cannot listen there.
    """
    listener = _listen(host, port)
    server = _Server(_config(app))
    server.config.load()
    running = asyncio.create_task(server.serve([listener]), name="web server")
    watching = asyncio.create_task(_watch(server), name="web deadlines")
    listening = asyncio.create_task(server.listening.wait())
    try:
        await asyncio.wait([listening, running], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        async with app.router.lifespan_context(app):
            yield _address(listener)
    finally:
        server.should_exit = True
        await asyncio.wait([running])
        # Whoever does not read an answer would keep it from ending.
        for each in list(server.server_state.connections):
            each.transport.abort()
        watching.cancel()
        listening.cancel()
        await app.state.intake.aclose(LAST_ANSWERS)
        await app.state.pulse.aclose()
        listener.close()


def _config(app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="websockets-sansio",
        ws_max_size=MOST_MESSAGE,
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="error",
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=LAST_ANSWERS,
    )


async def _watch(server: uvicorn.Server) -> None:
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(_EVERY)
        close_overdue(server.server_state.connections, loop.time())


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Head and body go out apart; the second would wait 40 ms for the first to be acknowledged.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        reason = error.strerror or "the address cannot be used"
        message = f"cannot listen on {host}, port {port}: {reason.lower()}"
        hint = "set HEATSYNC_HOST and HEATSYNC_PORT to an address of this machine that is free"
        raise ConfigError([Problem(message=message, hint=hint)]) from None
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
