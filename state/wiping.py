"""Leaving nothing of deleted rows in the files of a database."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from state.failures import translated

if TYPE_CHECKING:
    from state.database import Database


def wipe(database: Database) -> bool:
    """Empty the write-ahead log of a SQLite file; return whether nobody kept us from it.

    The pages themselves are overwritten when rows are deleted (see `state.database`). What
    PostgreSQL keeps of deleted rows is for its own VACUUM, which runs by itself.
    """
    if database.location.path is None:
        return True
    try:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = OFF")
            # Whoever reads holds on to the log; nobody needs to wait for that here.
            connection.exec_driver_sql("PRAGMA busy_timeout = 1000")
            is_busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            connection.invalidate()
    except (DBAPIError, sqlite3.Error) as error:
        raise translated(error, str(database.location)) from None
    return not is_busy
