"""What the database's own errors mean to us. Values and passwords never get into a message."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from connector.errors import StaleWrite, StateBusy, StateError, StateForbidden, StateUnreachable

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_NO_DATABASE = {
    sqlite3.SQLITE_NOTADB: "is not a SQLite database",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened (is its folder there, and may we write to it?)",
    sqlite3.SQLITE_READONLY: "may not be written to",
    sqlite3.SQLITE_CORRUPT: "is damaged (restore a backup)",
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk reports an error",
    sqlite3.SQLITE_PERM: "may not be read",
}
_COLLISIONS = frozenset({"40001", "40P01"})
_LOCK_TIMEOUT = "55P03"
_NO_RIGHT = "42501"
_UNREACHABLE = ("08", "28", "3D", "53", "57", "58")


def translated(error: DBAPIError | sqlite3.Error, where: str) -> StateError:
    """Return the error of ours that says what `error` of the database at `where` means."""
    original = error if isinstance(error, sqlite3.Error) else error.orig
    if isinstance(original, sqlite3.Error):
        return _from_sqlite(original, where)
    return _from_postgresql(original, where)


def _from_sqlite(error: sqlite3.Error, where: str) -> StateError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _LOCKED:
        return StateBusy(f"another process is writing to {where} and does not finish")
    if code in _NO_DATABASE:
        return StateUnreachable(f"{where} {_NO_DATABASE[code]}")
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    return StateError(f"{where} refused a statement ({name})")


def _from_postgresql(error: BaseException | None, where: str) -> StateError:
    state = getattr(error, "sqlstate", None)
    if state in _COLLISIONS:
        return StaleWrite()
    if state == _LOCK_TIMEOUT:
        return StateBusy(f"another process is writing to {where} and does not finish")
    if state == _NO_RIGHT:
        return forbidden(where, _reason(error))
    if state is None or state.startswith(_UNREACHABLE):
        return StateUnreachable(f"{where} does not answer{_reason(error)}")
    return StateError(f"{where} refused a statement ({type(error).__name__}, {state})")


def forbidden(where: str, reason: str = "") -> StateForbidden:
    """Return the error that says that our user may not do something, and what mends it."""
    return StateForbidden(
        f"{where} does not let its user do what heatsync needs{reason} (the user has to own the "
        "database and the tables in it: ALTER DATABASE ... OWNER TO ...)"
    )


def _reason(error: BaseException | None) -> str:
    """Return the server's own words, of a connection or a right; they hold no password, no row."""
    diagnosis = getattr(error, "diag", None)
    # Where it quotes the statement, that comes behind.
    told = getattr(diagnosis, "message_primary", None) or str(error or "")
    lines = told.strip().splitlines()
    return f": {lines[-1].strip()}" if lines else ""
