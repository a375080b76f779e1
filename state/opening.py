"""The state in a database: opening it, and its transactions."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from state.contacts import Contacts
from state.cursors import Cursors
from state.database import Database
from state.events import Events
from state.failures import translated
from state.inbound import InboundCalls
from state.location import locate
from state.notes import Notes
from state.outbox import Outbox
from state.ownership import owned_file, take_session_lock
from state.runs import Runs
from state.scores import Scores
from state.triggers import Triggers
from state.versions import ensure_current

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from state.database import Session


class DatabaseTransaction:
    """Keeps the contract of Transaction over one connection."""

    def __init__(self, session: Session) -> None:
        """Take the session that the stores read and write through."""
        self.cursors = Cursors(session)
        self.contacts = Contacts(session)
        self.events = Events(session)
        self.scores = Scores(session)
        self.outbox = Outbox(session)
        self.triggers = Triggers(session)
        self.inbound = InboundCalls(session)
        self.runs = Runs(session)
        self.notes = Notes(session)


class DatabaseState:
    """Keeps the contract of State over SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Take a database that has the present schema."""
        self._database = database

    @asynccontextmanager
    async def write(self) -> AsyncIterator[DatabaseTransaction]:
        """Open a transaction that commits at the end of its block."""
        async with self._database.writing() as session:
            yield DatabaseTransaction(session)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[DatabaseTransaction]:
        """Open a view of one moment."""
        async with self._database.reading() as session:
            yield DatabaseTransaction(session)

    @asynccontextmanager
    async def own_cycles(self, owner: str) -> AsyncIterator[None]:
        """Hold the right to run cycles; raises StateBusy naming who holds it."""
        held = await asyncio.to_thread(self._own, owner)
        try:
            yield
        finally:
            await asyncio.to_thread(held.close)

    async def aclose(self) -> None:
        """Let go of the database."""
        await self._database.aclose()

    def _own(self, owner: str) -> ExitStack:
        path = self._database.location.path
        with ExitStack() as stack:
            if path is not None:
                stack.enter_context(owned_file(path.with_name(f"{path.name}.lock"), owner))
                return stack.pop_all()
            try:
                connection = stack.enter_context(self._database.engine.connect())
                # Not for the pool: the lock and the name belong to this connection until it ends.
                connection.detach()
                take_session_lock(connection, owner)
            except DBAPIError as error:
                raise translated(error, str(self._database.location)) from None
            return stack.pop_all()


async def open_state(url: str) -> DatabaseState:
    """Return the state at a database URL; a new database gets its tables.

    Raises ConfigError when the URL means no database we know, StateUnreachable when there is none
    at it, and MigrationNeeded when it has the tables of another version.
    """
    location = locate(url)
    await asyncio.to_thread(ensure_current, location)
    return DatabaseState(Database(location))
