"""Two receivers of webhooks on a port of this machine: ours, and the least that could be one.

The least is a FastAPI handler that proves nothing and reads nothing: it stores the bytes in SQLite,
many in one transaction, on disk before they are answered, and answers.
"""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI, Request, Response
from pydantic import SecretStr

from adapters.hubspot.webhooks.parser import HubspotWebhookParser
from benchmarks.page_platform import NAME, account
from benchmarks.webhook_calls import SECRET
from connector.config.settings import Settings
from connector.ports.platform import NoParts
from connector.runtime.process import spare_the_collector
from connector.web.app import make_app
from connector.web.desk import Desk
from connector.web.server import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from connector.errors import Problem
    from connector.ports.control import Job
    from connector.ports.platform import Platform

_TABLE = "CREATE TABLE inbound (id INTEGER PRIMARY KEY, body BLOB NOT NULL)"
_INSERT = "INSERT INTO inbound (body) VALUES (?)"


class Caller(NoParts):
    """A platform of which only its calls are known."""

    def __init__(self) -> None:
        """Take the secret that proves them."""
        self.name = NAME
        self.webhook_parser = HubspotWebhookParser(NAME, (SecretStr(SECRET),))

    async def check(self) -> Sequence[Problem]:
        """Find nothing amiss."""
        return ()

    async def aclose(self) -> None:
        """Do nothing."""


@dataclass
class Bare:
    """Stores bodies in groups: what comes while one is written makes the next."""

    path: Path
    waiting: list[tuple[bytes, asyncio.Future[None]]] = field(default_factory=list)
    writer: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        """Make the table."""
        self.connection = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute(_TABLE)

    async def store(self, body: bytes) -> None:
        """Return once a body is on disk."""
        stored = asyncio.get_running_loop().create_future()
        self.waiting.append((body, stored))
        if self.writer is None:
            self.writer = asyncio.create_task(self._write())
        await stored

    async def _write(self) -> None:
        while self.waiting:
            group, self.waiting = self.waiting, []
            await asyncio.to_thread(self._insert, [(body,) for body, _ in group])
            for _, stored in group:
                stored.set_result(None)
        self.writer = None

    def _insert(self, rows: list[tuple[bytes]]) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany(_INSERT, rows)
        self.connection.execute("COMMIT")


def bare_app(folder: Path) -> FastAPI:
    """Return the least that could take webhooks."""
    app, bare = FastAPI(), Bare(folder / "bare.db")

    @app.post("/webhooks/{platform}")
    async def take(platform: str, request: Request) -> Response:  # noqa: ARG001 - as ours is asked
        await bare.store(await request.body())
        return Response()

    return app


@asynccontextmanager
async def our_address(folder: Path) -> AsyncIterator[str]:
    """Give the address of our receiver over a store in a file; nothing takes the calls in."""

    async def leave(_job: Job) -> None:
        return

    async def no_figures() -> tuple[bytes, str]:
        return b"", ""

    async with account("http://127.0.0.1:1", folder / "state.db") as opened:
        platforms: dict[str, Platform] = {NAME: Caller()}
        workspace = replace(opened, platforms=platforms)
        desk = Desk(
            workspace=lambda: workspace,
            settings=Settings.model_construct(),
            clock=workspace.clock,
            defer=leave,
            metrics=no_figures,
        )
        async with serving(make_app(desk), "127.0.0.1", 0) as address:
            yield address


async def _serve(kind: str, folder: Path) -> None:
    """Answer until the process is ended; the port is printed."""
    spare_the_collector()
    if kind == "ours":
        async with our_address(folder) as address:
            _announce(address.rpartition(":")[2])
            await asyncio.Event().wait()
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    _announce(listener.getsockname()[1])
    config = uvicorn.Config(
        bare_app(folder), http="httptools", ws="none", log_config=None, access_log=False
    )
    await uvicorn.Server(config).serve([listener])


def _announce(port: object) -> None:
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], Path(sys.argv[2])))
