"""Connections: opened for one piece of work, reading ones unable to write.

Drivers block, and there are no others for most databases, so that all of it runs in threads. No
connection is kept: a database of somebody else's is left as it was found in between, and none is
ever found dead.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from adapters.sql.failures import is_clash, told
from adapters.sql.lenient import read_any_time
from adapters.sql.location import shown
from connector.errors import UnexpectedAnswer

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Generator, Iterator, Mapping
    from datetime import timedelta

    from sqlalchemy import URL, Connection, CursorResult, Select

Result = TypeVar("Result")

_CONNECT_SECONDS = 10
_ENDINGS = ("cancel_safe", "interrupt")
"""What the drivers of PostgreSQL and SQLite call it."""
_NUMBER = "thread_id"
"""What the drivers of MySQL call the number of a connection, by which others end what it does."""
_CLASHES = 2
"""How often a transaction begins anew that another one was in the way of."""
_AT_ONCE = 4
"""Statements under way: a walk, a lookup beside it, a write and what waits for it."""
_WAIT_SECONDS = 30
"""How long somebody else may lock what is asked for; who waits as long is told why."""
_CONNECTING: Mapping[str, Mapping[str, object]] = {
    "psycopg": {
        "connect_timeout": _CONNECT_SECONDS,
        "application_name": "heatsync",
        # A server whose host is gone keeps no thread for a quarter of an hour.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 4,
        "tcp_user_timeout": _WAIT_SECONDS * 1000,
    },
    # The steps of a walk are made by one thread after the other.
    "pysqlite": {"check_same_thread": False},
    "pymysql": {"connect_timeout": _CONNECT_SECONDS},
}


class Database:
    """One database."""

    def __init__(self, name: str, url: URL, timeout: timedelta) -> None:
        """Take the platform's name, and how long a statement may take; nothing is opened."""
        self.name = name
        self.shown = shown(url)
        self._url = url
        self._timeout = timeout
        self._engine: Engine | None = None
        # Others' threads are not held up by a database that does not answer.
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="heatsync-sql")
        self._writing = asyncio.Lock()
        self._asked: list[Any] = []
        """Connections of drivers on which something is read."""

    @property
    def backend(self) -> str:
        """Return which database it is, as SQLAlchemy calls it."""
        return self._url.get_backend_name()

    async def read(self, operation: str, work: Callable[[Connection], Result]) -> Result:
        """Return what `work` makes of a connection that cannot write; raises PlatformError."""
        return await self.in_thread(partial(self.look, operation, work))

    def look(self, operation: str, work: Callable[[Connection], Result]) -> Result:
        """Return the same, at once; in a thread."""
        with self.reading(operation) as connection, told(self.name, operation):
            return work(connection)

    async def write(self, operation: str, work: Callable[[Connection], Result]) -> Result:
        """Return what `work` makes of a transaction, once it is kept; raises PlatformError.

        One at a time: on SQLite two would only wait for one another, elsewhere lock each other out.
        """

        def run() -> Result:
            with told(self.name, operation, writes=True):
                for _ in range(_CLASHES):
                    try:
                        return self._transact(operation, work)
                    except DBAPIError as error:
                        # Another process may have made the same row meanwhile: it is there now.
                        if not isinstance(error, IntegrityError) and not is_clash(error):
                            raise
                return self._transact(operation, work)

        async with self._writing:
            return await self.in_thread(run)

    @contextmanager
    def reading(self, operation: str) -> Iterator[Connection]:
        """Give a connection that cannot write; raises PlatformError."""
        with told(self.name, operation):
            connection = self._made(operation).connect()
        driven = connection.connection.dbapi_connection
        self._asked.append(driven)
        try:
            with told(self.name, operation):
                self._limit(connection)
                self._forbid_writing(connection)
            yield connection
        finally:
            self._asked.remove(driven)
            connection.close()

    def interrupt(self) -> None:
        """End what is being read, where the driver can have the database do so; in a thread."""
        for connection in [*self._asked]:
            for name in _ENDINGS:
                if hasattr(connection, name):
                    with suppress(Exception):
                        getattr(connection, name)()
            self._kill(connection)

    def _kill(self, driven: Any) -> bool:  # noqa: ANN401 - of whatever driver
        """End a statement of MySQL from outside; return whether the connection is one of MySQL."""
        if not hasattr(driven, _NUMBER):
            return False
        with suppress(Exception), self._made("end").connect() as other:
            other.exec_driver_sql(f"KILL QUERY {int(getattr(driven, _NUMBER)())}")
        return True

    def _drop(self, driven: object, found: CursorResult[Any], size: int) -> None:
        """Let go of what is left of a result, all of which drivers of MySQL would fetch."""
        if self._kill(driven):
            with suppress(Exception):
                while found.fetchmany(size):
                    pass

    def rows(
        self, connection: Connection, query: Select[Any], operation: str, size: int
    ) -> Generator[dict[str, Any], None, None]:
        """Yield the rows of a query by column, without ever having more than `size` of them."""
        with told(self.name, operation):
            driven = connection.connection.dbapi_connection
            options = {"stream_results": True, "max_row_buffer": size}
            found = connection.execute(query, execution_options=options)
            names = list(found.keys())
            is_whole = False
            try:
                while page := found.fetchmany(size):
                    yield from (dict(zip(names, row, strict=True)) for row in page)
                is_whole = True
            finally:
                if not is_whole:
                    self._drop(driven, found, size)
                found.close()

    async def in_thread(self, work: Callable[[], Result]) -> Result:
        """Return what `work` returns, in a thread of this database."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def aclose(self) -> None:
        """Let go of everything; what is under way comes to its end."""
        engine, self._engine = self._engine, None
        self._threads.shutdown(wait=False)
        if engine is not None:
            engine.dispose()

    def _transact(self, operation: str, work: Callable[[Connection], Result]) -> Result:
        with self._made(operation).connect() as connection:
            if self.backend == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            self._limit(connection)
            result = work(connection)
            connection.commit()
            return result

    def _made(self, operation: str) -> Engine:
        if self._engine is None:
            self._engine = self._make(operation)
        return self._engine

    def _make(self, operation: str) -> Engine:
        try:
            # hide_parameters: what people are called must not come to light in an error.
            engine = create_engine(
                _opening(self._url),
                hide_parameters=True,
                poolclass=NullPool,
                connect_args=dict(_CONNECTING.get(self._url.get_driver_name(), {})),
            )
        except (ImportError, NoSuchModuleError, ArgumentError) as error:
            driver = self._url.drivername
            text = f"{operation}: no driver for `{driver}` is installed (pip install it)"
            raise UnexpectedAnswer(text, platform=self.name, operation=operation) from error
        if self.backend == "sqlite":
            wait = round(self._wait_seconds * 1000)
            event.listen(engine, "connect", lambda made, _: _prepare_sqlite(made, wait))
        if engine.driver == "psycopg":
            event.listen(
                engine, "connect", lambda made, _: read_any_time(engine.dialect.dbapi, made)
            )
        return engine

    @property
    def _wait_seconds(self) -> float:
        """Return how long to wait for a lock: so long that `timeout` is not over before."""
        return min(_WAIT_SECONDS, self._timeout.total_seconds() / 2)

    def _limit(self, connection: Connection) -> None:
        """Let the database end a statement that takes or waits too long, where it is known how."""
        seconds, wait = self._timeout.total_seconds(), self._wait_seconds
        of_mysql = [
            f"innodb_lock_wait_timeout = {max(1, round(wait))}",
            f"lock_wait_timeout = {max(1, round(wait))}",
        ]
        match _kind(connection):
            case "postgresql":
                connection.execute(text(f"SET LOCAL statement_timeout = {round(seconds * 1000)}"))
                limits = [f"LOCAL lock_timeout = {round(wait * 1000)}"]
            case "mysql":
                limits = [f"SESSION max_execution_time = {round(seconds * 1000)}", *of_mysql]
            case "mariadb":
                limits = [f"SESSION max_statement_time = {seconds}", *of_mysql]
            case _:
                return
        connection.execute(text(f"SET {', '.join(limits)}"))

    def _forbid_writing(self, connection: Connection) -> None:
        match _kind(connection):
            case "sqlite":
                forbid = "PRAGMA query_only = ON"
            case "postgresql" | "mysql" | "mariadb" | "oracle":
                forbid = "SET TRANSACTION READ ONLY"
            case _:
                return
        connection.execute(text(forbid))


def _kind(connection: Connection) -> str:
    """Return which database it is, whatever the URL takes it for."""
    is_mariadb = getattr(connection.dialect, "is_mariadb", False)
    return "mariadb" if is_mariadb else connection.dialect.name


def _opening(url: URL) -> URL:
    """Return the URL to connect to; a file of SQLite is opened, and never made."""
    if url.get_backend_name() != "sqlite":
        return url
    query = {**url.query, "mode": url.query.get("mode", "rw"), "uri": "true"}
    path = (url.database or "").replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return url.set(database=f"file:{path}", query=query)


def _prepare_sqlite(connection: sqlite3.Connection, wait: int) -> None:
    # The driver would begin transactions on its own, and not before every statement.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {wait}").close()
