"""The state in a database: opening it, and its transactions."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from connector.ports.progress import Silent
from state.budgets import DatabaseLedger
from state.columnar.copy import EventsCopy
from state.columnar.keeping import expunge, keep_up
from state.contacts import Contacts
from state.cursors import Cursors
from state.database import Database
from state.events import Events
from state.forgotten import Forgotten
from state.inbound import InboundCalls
from state.location import locate
from state.notes import Notes
from state.outbox import Outbox
from state.ownership import (
    SessionLock,
    owned_file,
    owned_session,
    owner_of_file,
    session_owners,
)
from state.pictures.store import Pictures
from state.pulse import Pulse
from state.retention import Retention
from state.runs import Runs
from state.scores import Scores
from state.tallies import Tallies
from state.triggers import Triggers
from state.versions import ensure_current
from state.wiping import wipe

if TYPE_CHECKING:
    from collections.abc import (
        AsyncIterator,
        Awaitable,
        Callable,
        Collection,
        Mapping,
        Sequence,
    )
    from pathlib import Path

    from connector.domain.event_copy import EventCopy
    from connector.domain.ledger import Inbound
    from connector.domain.values import FieldType
    from connector.errors import Problem
    from connector.ports.progress import Progress
    from state.columnar.copy import Limits
    from state.database import Session


Result = TypeVar("Result")


class DatabaseTransaction:
    """Keeps the contract of Transaction over one connection."""

    def __init__(
        self, session: Session, copy: EventsCopy | None = None, forget_key: str | None = None
    ) -> None:
        """Take the session that the stores read and write through, and the copy of events.

        `forget_key` is the setting of that name.
        """
        self.cursors = Cursors(session)
        self.contacts = Contacts(session)
        self.events = Events(session, copy)
        self.scores = Scores(session)
        self.outbox = Outbox(session)
        self.triggers = Triggers(session)
        self.inbound = InboundCalls(session)
        self.forgotten = Forgotten(session, forget_key)
        self.retention = Retention(session)
        self.runs = Runs(session)
        self.notes = Notes(session)
        self.tallies = Tallies(session)
        self.pictures = Pictures(session)
        self.pulse = Pulse(session)


class DatabaseState:
    """Keeps the contract of State over SQLite or PostgreSQL."""

    def __init__(
        self, database: Database, copy: EventsCopy | None = None, forget_key: str | None = None
    ) -> None:
        """Take a database that has the present schema, and where its events are copied to.

        `forget_key` is the setting of that name.
        """
        self._database = database
        self._copy = copy
        self._copying = asyncio.Lock()
        self._forget_key = forget_key
        self.ledger = DatabaseLedger(database)
        """How far platforms' limits on requests are used; its changes are no part of any
        transaction."""

    @asynccontextmanager
    async def write(self) -> AsyncIterator[DatabaseTransaction]:
        """Open a transaction that commits at the end of its block."""
        async with self._database.writing() as session:
            yield self._transaction(session)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[DatabaseTransaction]:
        """Open a view of one moment."""
        async with self._database.reading() as session:
            yield DatabaseTransaction(session, self._copy)

    async def transact(self, work: Callable[[DatabaseTransaction], Awaitable[Result]]) -> Result:
        """Return what `work` returns; its transaction runs at one go in a worker thread."""
        return await self._database.transact(lambda at: work(self._transaction(at)))

    async def store_calls(self, calls: Sequence[Inbound]) -> int:
        """Store webhook calls durably; on PostgreSQL this waits for no other writer."""
        # Always in one order: two that store the same calls must not wait for each other.
        ordered = sorted(calls, key=lambda call: (call.platform, call.id))
        return await self._database.transact(
            lambda at: DatabaseTransaction(at).inbound.add(ordered), waits=False
        )

    @asynccontextmanager
    async def own_cycles(
        self, owner: str, *, is_shared: bool = False, address: str | None = None
    ) -> AsyncIterator[None]:
        """Hold the right to run cycles; raises StateBusy naming who holds it.

        A SQLite file has one owner, also when it would share.
        """
        lock = self._lock_file
        if lock is None:
            engine, where = self._database.engine, str(self._database.location)
            async with owned_session(SessionLock(engine, where, owner, is_shared=is_shared)):
                yield
        else:
            with ExitStack() as stack:
                held = owned_file(lock, owner, address)
                await asyncio.to_thread(stack.enter_context, held)
                yield

    async def served_at(self) -> str | None:
        """Return the address of the living owner of a SQLite file, if it told one."""
        lock = self._lock_file
        found = [] if lock is None else await asyncio.to_thread(owner_of_file, lock)
        return next(filter(None, found[1:]), None)

    async def owners(self) -> Sequence[str]:
        """Return the names of those who own the cycles now."""
        lock = self._lock_file
        if lock is not None:
            return (await asyncio.to_thread(owner_of_file, lock))[:1]
        async with self._database.reading() as session:
            return await session.run(session_owners)

    async def fold_events(
        self,
        properties: Mapping[str, FieldType],
        progress: Progress | None = None,
        *,
        anew: bool = False,
    ) -> Sequence[Problem]:
        """Bring the columnar copy of events up to date where that is worth it."""
        if self._copy is None:
            return ()
        async with self._copying:
            return await keep_up(
                self._copy, self._database, properties, progress or Silent(), anew=anew
            )

    async def expunge_events(self, contacts: Collection[int]) -> None:
        """Remove the events of persons from the columnar copy."""
        if self._copy is not None:
            # What is being folded meanwhile may have been read before they were forgotten.
            async with self._copying:
                await expunge(self._copy, self._database, contacts)

    async def wipe_traces(self, texts: Collection[str] = ()) -> bool:
        """Leave nothing of deleted rows, and of `texts`, in a SQLite file and its log."""
        return await asyncio.to_thread(wipe, self._database, texts)

    async def event_copy(self) -> EventCopy | None:
        """Return how the columnar copy of events stands."""
        if self._copy is None:
            return None
        async with self._database.reading() as session:
            return await session.run(self._copy.facts)

    async def aclose(self) -> None:
        """Let go of the database."""
        await self._database.aclose()

    def _transaction(self, session: Session) -> DatabaseTransaction:
        return DatabaseTransaction(session, self._copy, self._forget_key)

    @property
    def _lock_file(self) -> Path | None:
        path = self._database.location.path
        return None if path is None else path.with_name(f"{path.name}.lock")


async def open_state(
    url: str,
    *,
    cache: Path | None = None,
    limits: Limits | None = None,
    forget_key: str | None = None,
) -> DatabaseState:
    """Return the state at a database URL; a new database gets its tables.

    Events are copied to a folder beside a SQLite file; with PostgreSQL to one in `cache`, and
    nowhere without it. `limits` say when that is worth it. `forget_key` is the key of the hashes
    by which forgotten people are known again; None: one that is kept in the database.
    Raises ConfigError when the URL means no database we know, StateUnreachable when there is none
    at it, and MigrationNeeded when it has the tables of another version.
    """
    location = locate(url)
    await asyncio.to_thread(ensure_current, location)
    folder = location.copy_folder(cache)
    copy = None if folder is None else EventsCopy(folder, limits)
    return DatabaseState(Database(location), copy, forget_key)
