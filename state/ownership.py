"""Who may run cycles: one process, or several that share them, until they end however they do.

On a SQLite file it is the holder of a lock file, on PostgreSQL of an advisory lock, which those
who share the work hold in common and whoever wants it for himself does not get meanwhile.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from connector.errors import StateBusy, StateError, StateUnreachable
from state.failures import translated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Engine

CYCLES_LOCK = 0x48454155
"""The advisory lock of whoever owns the cycles on a PostgreSQL database."""

_MOST_NAME = 63
"""PostgreSQL cuts the name of a session here."""
_LOOKS, _PAUSE_SECONDS = 5, 0.02
"""How often a lock file that is held is tried: somebody may only be looking who holds it."""
_CHECK_SECONDS = 10
_HOLDERS = text(
    "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) "
    "WHERE locktype = 'advisory' AND granted AND objid = :key AND classid = 0 "
    "AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "ORDER BY 1"
)
_TAKE = "pg_try_advisory_lock"
_FREE = "pg_advisory_unlock"


@contextmanager
def owned_file(path: Path, owner: str, address: str | None = None) -> Iterator[None]:
    """Hold the lock file at `path`; raises StateBusy naming who holds it.

    The kernel lets go of it when the process ends, however it ends. The file itself stays, for
    its owner alone: whoever may open it can hold it.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StateUnreachable(f"{path} cannot be written: {error.strerror}") from None
    try:
        if not any(_is_locked(file, wait=attempt > 0) for attempt in range(_LOOKS)):
            raise busy(_read(file)[:1])
        os.ftruncate(file, 0)
        os.pwrite(file, f"{owner}\n{address or ''}".encode(errors="replace"), 0)
        yield
    finally:
        os.close(file)


def owner_of_file(path: Path) -> Sequence[str]:
    """Return the name and, if it told one, the address of the living owner of a lock file."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return []
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(file)
    else:
        return []
    finally:
        os.close(file)


class SessionLock:
    """The lock of a PostgreSQL database, held by a connection of its own."""

    def __init__(self, engine: Engine, where: str, owner: str, *, is_shared: bool) -> None:
        """Take what opens connections, and who it is for; nothing is opened yet."""
        self._engine = engine
        self._where = where
        self._name = owner.encode()[:_MOST_NAME].decode(errors="ignore")
        self._way = "_shared" if is_shared else ""
        self._connection: Connection | None = None

    def take(self) -> None:
        """Become an owner; raises StateBusy naming who is."""
        try:
            connection = self._engine.connect()
            # Not for the pool: the lock and the name belong to this connection until it ends.
            connection.detach()
            try:
                self._take(connection)
            except BaseException:
                connection.close()
                raise
        except DBAPIError as error:
            raise translated(error, self._where) from None
        self._connection = connection

    def check(self) -> None:
        """Take the lock again where its connection was lost, with the server or on the way."""
        if self._connection is not None:
            with suppress(DBAPIError):
                self._connection.execute(text("SELECT 1"))
                self._connection.commit()
                return
            self.close()
        self.take()

    def close(self) -> None:
        """Let go at once: the server sees only some time later that a connection was closed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            # A connection that was lost is in no state to be asked anything.
            with suppress(SQLAlchemyError), connection:
                connection.execute(text(f"SELECT {_FREE}{self._way}(:key)"), {"key": CYCLES_LOCK})

    def _take(self, connection: Connection) -> None:
        query = text(f"SELECT {_TAKE}{self._way}(:key)")
        if not connection.scalar(query, {"key": CYCLES_LOCK}):
            raise busy(session_owners(connection))
        name = {"name": self._name}
        connection.execute(text("SELECT set_config('application_name', :name, false)"), name)
        connection.commit()


@asynccontextmanager
async def owned_session(lock: SessionLock) -> AsyncIterator[None]:
    """Hold the lock of a PostgreSQL database; raises StateBusy naming who holds it.

    A daemon outlives its server: when that comes back the lock is taken again, as soon as nobody
    has it alone. Nothing correct rests on the time between.
    """
    await asyncio.to_thread(lock.take)
    checking = asyncio.create_task(_keep(lock))
    try:
        yield
    finally:
        checking.cancel()
        await asyncio.wait([checking])
        await asyncio.to_thread(lock.close)


def session_owners(connection: Connection) -> Sequence[str]:
    """Return the names of those who own the cycles on a PostgreSQL database."""
    return list(connection.scalars(_HOLDERS, {"key": CYCLES_LOCK}))


def busy(owners: Sequence[str]) -> StateBusy:
    """Return the error that names who owns the cycles."""
    names = [name.strip() for name in owners if name.strip()] or ["another process"]
    own = "owns" if len(names) == 1 else "own"
    told = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    return StateBusy(f"{told} {own} the cycles on this database; try again when it has ended")


async def _keep(lock: SessionLock) -> None:
    while True:
        await asyncio.sleep(_CHECK_SECONDS)
        # To the end also when this is cancelled: a connection is used by one thread at a time.
        checking = asyncio.ensure_future(asyncio.to_thread(lock.check))
        try:
            with suppress(StateError):
                await asyncio.shield(checking)
        except asyncio.CancelledError:
            await asyncio.wait([checking])
            raise


def _is_locked(file: int, *, wait: bool) -> bool:
    """Return whether the lock is ours now."""
    if wait:
        time.sleep(_PAUSE_SECONDS)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(file: int) -> Sequence[str]:
    return os.pread(file, 1000, 0).decode(errors="replace").splitlines()
