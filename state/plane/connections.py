"""The connections of a replica's control plane: a few for its questions, one for listening."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import psycopg
from procrastinate import PsycopgConnector

from state.plane.hearing import Hearing
from state.plane.schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable

    from procrastinate.connector import Notify

    from connector.ports.clock import Clock
    from state.location import Location

_MOST = 4
_SETTINGS = (
    f'search_path={SCHEMA},"$user",public',
    "timezone=UTC",
    "lock_timeout=5s",
    # A process that is stalled amid the turn of a tick keeps it from the others no longer.
    "idle_in_transaction_session_timeout=10s",
)
_OPTIONS: dict[str, Any] = {
    # Each statement is a transaction of its own unless one is opened.
    "autocommit": True,
    "application_name": "heatsync jobs",
    "options": " ".join(f"-c {setting}" for setting in _SETTINGS),
    # A server that vanished is noticed well within the time that lanes are leased for.
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_PATIENCE_SECONDS = 5.0
"""How long a question waits for a connection, and a connection for its server."""


class Connections(PsycopgConnector):
    """procrastinate's way to the database, with one connection to listen on for all workers."""

    def __init__(self, location: Location, clock: Clock) -> None:
        """Take where the database is; nothing is opened yet."""
        url = location.url.set(drivername="postgresql").render_as_string(hide_password=False)
        super().__init__(
            conninfo=url,
            kwargs=_OPTIONS,
            min_size=1,
            max_size=_MOST,
            timeout=_PATIENCE_SECONDS,
            # Tried anew by the next question, and not ever more seldom.
            reconnect_timeout=_PATIENCE_SECONDS,
        )

        self._url = url
        self.hearing = Hearing(self._connect, clock)

    async def open_now(self) -> None:
        """Open the first connection; raises psycopg.Error at once when there is no server."""
        # The pool would try again and again before it says so.
        await (await self._connect()).close()
        await self.open_async()

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """Hand on what is said on these channels, until cancelled."""

        async def told(channel: str, payload: str) -> None:
            await on_notification(channel=channel, payload=payload)

        async with self.hearing.handing_on(told, list(channels)):
            await asyncio.Event().wait()

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(self._url, **_OPTIONS)
