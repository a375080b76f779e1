"""Who may run cycles: one process at a time, and the system ends it when that process dies."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from connector.errors import StateBusy, StateUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CYCLES_LOCK = 0x48454155
"""The advisory lock of whoever owns the cycles on a PostgreSQL database."""

_MOST_NAME = 63
"""PostgreSQL cuts the name of a session here."""
_HOLDER = text(
    "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) "
    "WHERE locktype = 'advisory' AND granted AND objid = :key AND classid = 0 "
    "AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@contextmanager
def owned_file(path: Path, owner: str) -> Iterator[None]:
    """Hold the lock file at `path`; raises StateBusy naming who holds it.

    The kernel lets go of it when the process ends, however it ends. The file itself stays.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StateUnreachable(f"{path} cannot be written: {error.strerror}") from None
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy(os.pread(file, 1000, 0).decode(errors="replace")) from None
        os.ftruncate(file, 0)
        os.pwrite(file, owner.encode(errors="replace"), 0)
        yield
    finally:
        os.close(file)


def take_session_lock(connection: Connection, owner: str) -> None:
    """Make this connection the owner of the cycles; raises StateBusy naming who is."""
    if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": CYCLES_LOCK}):
        raise _busy(connection.scalar(_HOLDER, {"key": CYCLES_LOCK}) or "")
    name = owner.encode()[:_MOST_NAME].decode(errors="ignore")
    connection.execute(text("SELECT set_config('application_name', :name, false)"), {"name": name})
    connection.commit()


def release_session_lock(connection: Connection) -> None:
    """Let go at once: the server sees only some time later that a connection was closed."""
    with suppress(DBAPIError):
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": CYCLES_LOCK})


def _busy(holder: str) -> StateBusy:
    name = holder.strip() or "another process"
    return StateBusy(f"{name} owns the cycles on this database; try again when it has ended")
