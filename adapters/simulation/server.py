"""A simulator on a port of this machine, for clients that want real sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING, Any, Self, TypeVar

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from types import TracebackType

T = TypeVar("T")

_START = 10.0
"""Seconds to wait until it listens."""


class _Breakable(H11Protocol):
    """Hands its connection to the application, so that the application can break it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class _Announcing(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.loop = asyncio.get_running_loop()
        self.listening.set()


class Server:
    """Serves an ASGI application from a thread while its block runs.

    The application runs in that thread: look at what it keeps between requests, not during one.
    """

    def __init__(self, app: Callable[..., Any], port: int = 0) -> None:
        """Port 0 is any that is free."""
        self._socket = socket.create_server(("127.0.0.1", port))
        # Head and body go out apart; the second would wait 40 ms for the first to be acknowledged.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = _Announcing(
            uvicorn.Config(
                app,
                http=_Breakable,
                ws="none",
                lifespan="off",
                access_log=False,
                log_config=None,
                # The application says which time it is where it is.
                date_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    async def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return what `work` returns, done where the application runs: never during a request."""
        loop = self._server.loop
        if loop is None:
            raise RuntimeError("the simulator was not started")
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work(), loop))

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._server.listening.wait(_START):
            raise RuntimeError("the simulator did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
