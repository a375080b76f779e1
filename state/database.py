"""Engines, transactions and the threads they run in.

A SQLite file is in WAL mode with `synchronous=FULL`: every commit is flushed before it returns,
because a webhook is answered, and a platform's cursor passed, on the strength of it. NORMAL would
survive kill -9 but lose the latest commits with the power; a cycle commits a page at a time, so
the flushes cost little.

Writers take turns, on SQLite by its own lock and on PostgreSQL by an advisory one: a transaction
that reads, decides and writes never meets another in between, on either.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from state.collector import collector_at_rest
from state.failures import translated
from state.location import check_file, make_private

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from state.location import Location

Result = TypeVar("Result")

WAIT_SECONDS = 30
"""How long a writer waits for another one."""
WRITERS_LOCK = 0x48454154
"""The advisory lock that writers on PostgreSQL take turns by."""

_SETTINGS = (
    f"lock_timeout={WAIT_SECONDS}s",
    "timezone=UTC",
    # Our questions are many and short; compiling them takes longer than answering.
    "jit=off",
    # A replica that vanished lets go of its locks within two minutes.
    "tcp_keepalives_idle=60",
    "tcp_keepalives_interval=15",
    "tcp_keepalives_count=4",
)
_CONNECTING = {
    "connect_timeout": 10,
    "application_name": "heatsync",
    "options": " ".join(f"-c {setting}" for setting in _SETTINGS),
    # A server whose host is gone keeps no thread for the quarter of an hour that TCP would try: not
    # one that waits for an answer, nor one that still sends.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": WAIT_SECONDS * 1000,
}
_PRAGMAS = (
    f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What is deleted is overwritten: whoever is forgotten must not be found in a free page.
    "PRAGMA secure_delete = ON",
    # The machine keeps files in memory anyway; each connection would do so again.
    "PRAGMA cache_size = -8192",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA journal_size_limit = 67108864",
)
_TURN = (
    f"SELECT pg_advisory_xact_lock({WRITERS_LOCK}), "
    # Whoever is stalled amid a transaction keeps the others waiting no longer.
    "set_config('idle_in_transaction_session_timeout', '5min', true)"
)


def make_engine(location: Location) -> Engine:
    """Return an engine that opens connections as the state needs them, and none yet."""
    # hide_parameters: what is stored must not come to light in an error.
    if location.path is None:
        return create_engine(
            location.url,
            hide_parameters=True,
            pool_size=4,
            max_overflow=-1,
            pool_pre_ping=True,
            connect_args=_CONNECTING,
        )
    check_file(location.path)
    engine = create_engine(location.url, hide_parameters=True, pool_size=4, max_overflow=-1)
    event.listen(engine, "do_connect", partial(_make_private, location.path))
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def begin(connection: Connection, *, writing: bool) -> None:
    """Open a transaction: the only writer, or a view of this very moment."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writing else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
        if not writing:
            # The moment that is seen is that of the first question.
            connection.exec_driver_sql("SELECT 1 FROM sqlite_schema LIMIT 1")
    elif writing:
        connection.exec_driver_sql(_TURN)
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.exec_driver_sql("SELECT 1")


class Session(Protocol):
    """One transaction on one connection."""

    async def run(self, work: Callable[[Connection], Result]) -> Result:
        """Return what `work` makes of the connection; raises StateError."""
        ...


class InThreads:
    """A transaction whose statements run in worker threads, one at a time."""

    def __init__(self, connection: Connection, threads: ThreadPoolExecutor, where: str) -> None:
        """Take an open connection and the threads to use it in."""
        self._connection = connection
        self._threads = threads
        self._where = where
        # A cancelled caller leaves its statement running; the rollback waits for it here.
        self._turn = threading.Lock()

    async def run(self, work: Callable[[Connection], Result]) -> Result:
        """Return what `work` makes of the connection; raises StateError."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._do, work)

    async def end(self, *, commit: bool) -> None:
        """Commit or undo everything, and give the connection back."""
        await asyncio.shield(self.run(_commit if commit else _undo))

    def _do(self, work: Callable[[Connection], Result]) -> Result:
        with self._turn:
            return _told(work, self._connection, self._where)


class AtOnce:
    """A transaction that runs in the thread it was opened in: nothing is waited for."""

    def __init__(self, connection: Connection, where: str) -> None:
        """Take an open connection."""
        self._connection = connection
        self._where = where

    async def run(self, work: Callable[[Connection], Result]) -> Result:
        """Return what `work` makes of the connection, at once; raises StateError."""
        return _told(work, self._connection, self._where)


class Database:
    """One database: its connections, and whose turn it is to write."""

    def __init__(self, location: Location) -> None:
        """Take where it is; nothing is opened before it is needed."""
        self.location = location
        self.engine = make_engine(location)
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="heatsync-state")
        self._writing = asyncio.Lock()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[InThreads]:
        """Open the one transaction that may write."""
        # Waiting here costs nothing; waiting in the database would hold a thread each.
        async with self._writing, self._session(writing=True) as session:
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[InThreads]:
        """Open a view of one moment."""
        async with self._session(writing=False) as session:
            yield session

    async def transact(
        self, work: Callable[[AtOnce], Awaitable[Result]], *, waits: bool = True
    ) -> Result:
        """Return what `work` returns in a transaction of its own, all of it in one thread.

        It may await nothing but that transaction. Where `waits` is False it does not take its
        turn among the writers of PostgreSQL: for work that is right whatever they do meanwhile.
        """
        if self.location.is_sqlite:
            waits = True
        loop = asyncio.get_running_loop()
        async with self._writing if waits else nullcontext():
            under_way = loop.run_in_executor(self._threads, self._transact, work, waits)
            try:
                return await asyncio.shield(under_way)
            except asyncio.CancelledError:
                # The thread goes on to its end: nobody else may write before.
                await asyncio.wait([under_way])
                raise

    async def aclose(self) -> None:
        """Close every connection and end the threads."""
        await asyncio.get_running_loop().run_in_executor(None, self.close)

    def close(self) -> None:
        """Close every connection and end the threads."""
        self._threads.shutdown(wait=True)
        self.engine.dispose()

    @asynccontextmanager
    async def _session(self, *, writing: bool) -> AsyncIterator[InThreads]:
        opening = asyncio.get_running_loop().run_in_executor(self._threads, self._open, writing)
        try:
            connection = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_unwanted)
            raise
        session = InThreads(connection, self._threads, str(self.location))
        try:
            yield session
        except BaseException:
            await session.end(commit=False)
            raise
        await session.end(commit=writing)

    def _transact(self, work: Callable[[AtOnce], Awaitable[Result]], waits: bool) -> Result:  # noqa: FBT001 - an executor passes by position
        connection = self._open(True, waits)
        where = str(self.location)
        try:
            with collector_at_rest():
                result = _at_once(work(AtOnce(connection, where)))
        except BaseException:
            _told(_undo, connection, where)
            raise
        _told(_commit, connection, where)
        return result

    def _open(self, writing: bool, waits: bool = True) -> Connection:  # noqa: FBT001, FBT002 - an executor passes by position
        try:
            connection = self.engine.connect()
            try:
                if waits:
                    begin(connection, writing=writing)
            except BaseException:
                connection.close()
                raise
        except (DBAPIError, sqlite3.Error) as error:
            raise translated(error, str(self.location)) from None
        return connection


def _make_private(path: Path, *_: object) -> None:
    make_private(path)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin transactions on its own, and not before every statement.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def _told(work: Callable[[Connection], Result], connection: Connection, where: str) -> Result:
    try:
        return work(connection)
    except (DBAPIError, sqlite3.Error) as error:
        raise translated(error, where) from None


def _at_once(awaited: Awaitable[Result]) -> Result:
    """Return what is awaited, which is there without waiting."""
    steps = awaited.__await__()
    try:
        next(steps)
    except StopIteration as done:
        result: Result = done.value
        return result
    raise RuntimeError("a transaction at one go must not wait for anything else")


def _commit(connection: Connection) -> None:
    try:
        connection.commit()
    finally:
        connection.close()


def _undo(connection: Connection) -> None:
    connection.close()


def _close_unwanted(opening: asyncio.Future[Connection]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
