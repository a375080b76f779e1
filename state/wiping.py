"""Leaving nothing of deleted rows in the files of a database."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from state.failures import translated
from state.searching import stands_in

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

    from state.database import Database

REBUILT_UP_TO = 2**28
"""Bytes of a file that is built anew at once where something is left: a second or two."""


def wipe(database: Database, texts: Collection[str]) -> bool:
    """Leave nothing of `texts`, which no row holds any more, in a SQLite file and its log.

    Returns False where others read at present, or where too much would have to be rewritten.
    Pages are overwritten as rows are deleted (see `state.database`), but for cells that were moved
    from one page to another: what those left behind goes when the file is built anew. What
    PostgreSQL keeps of deleted rows is for its own VACUUM, which runs by itself.
    """
    path = database.location.path
    if path is None:
        return True
    try:
        with database.engine.connect() as connection:
            # Its settings are not those of other connections: it does not go back to the pool.
            connection.detach()
            connection.exec_driver_sql("PRAGMA query_only = OFF")
            # Whoever reads holds on to the log; nobody needs to wait for that here.
            connection.exec_driver_sql("PRAGMA busy_timeout = 1000")
            is_done = _is_log_empty(connection)
            if is_done and stands_in(path, texts):
                if path.stat().st_size > REBUILT_UP_TO:
                    return False
                connection.exec_driver_sql("VACUUM")
                is_done = _is_log_empty(connection)
    except (DBAPIError, sqlite3.Error) as error:
        raise translated(error, str(database.location)) from None
    return is_done


def _is_log_empty(connection: Connection) -> bool:
    """Move the write-ahead log into the file; return whether all of it was."""
    is_busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    return not is_busy
