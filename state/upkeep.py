"""What `heatsync db` does: upgrade, backup, vacuum, and what there is."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from connector.errors import ConfigError, MigrationNeeded, Problem, StateUnreachable
from state.failures import translated
from state.location import locate, make_private
from state.versions import HEAD, connected, upgrade_to_head, version_of

if TYPE_CHECKING:
    from state.location import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """What an upgrade did."""

    before: str | None
    """None: there were no tables."""
    after: str
    backup: Path | None
    """The copy made before, beside the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a database is."""

    where: str
    """As people call it; never with the password."""
    engine: str
    """``SQLite`` or ``PostgreSQL``, with its version."""
    version: str | None
    """Of the tables; None: there are none."""
    known_version: str
    """Of the tables this heatsync works with."""
    size: int
    """In bytes."""


def upgrade(url: str) -> Upgrade:
    """Bring the tables of a database to our version, after a copy of it when it is a file.

    Raises MigrationNeeded when they are newer than this heatsync.
    """
    location = locate(url)
    before = _version(location)
    if before is not None and before > HEAD:
        raise MigrationNeeded(f"{location} is of version {before}, newer than {HEAD}")
    if before == HEAD:
        return Upgrade(before=before, after=HEAD, backup=None)
    copy = None
    if before is not None and location.path is not None:
        copy = location.path.with_name(f"{location.path.name}.{before}.bak")
        _copy(location.path, copy)
    upgrade_to_head(location)
    return Upgrade(before=before, after=HEAD, backup=copy)


def backup(url: str, target: Path) -> None:
    """Write a copy of the database to `target`, of one moment, while others go on using it.

    Raises ConfigError when `target` exists, and for PostgreSQL, which has a tool of its own.
    """
    location = _present(url)
    if location.path is None:
        name = location.url.database or ""
        tool = f"pg_dump -Fc {name} > {target}"
        raise _mistake(f"PostgreSQL is backed up by its own tool: {tool}")
    if target.exists():
        raise _mistake(f"{target} is there already: name a new file")
    _copy(location.path, target)


def vacuum(url: str) -> None:
    """Give unused space back and let the planner count again."""
    location = _present(url)
    with connected(location) as connection:
        free = connection.execution_options(isolation_level="AUTOCOMMIT")
        if location.is_sqlite:
            free.execute(text("VACUUM"))
            free.execute(text("ANALYZE"))
            free.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        else:
            free.execute(text("VACUUM (ANALYZE)"))


def facts(url: str) -> Facts:
    """Return what the database is; raises StateUnreachable when there is none."""
    location = _present(url)
    with connected(location) as connection:
        version = version_of(connection, location)
        if location.is_sqlite:
            engine = f"SQLite {sqlite3.sqlite_version}"
            pages = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            size: int = connection.scalar(text(pages)) or 0
        else:
            number = connection.scalar(text("SHOW server_version"))
            engine = f"PostgreSQL {number}"
            size = connection.scalar(text("SELECT pg_database_size(current_database())")) or 0
    return Facts(where=str(location), engine=engine, version=version, known_version=HEAD, size=size)


def _present(url: str) -> Location:
    """Return where the database is; a file that is not there is not made by looking at it."""
    location = locate(url)
    if location.path is not None and not location.path.exists():
        raise StateUnreachable(f"{location} is not there")
    return location


def _version(location: Location) -> str | None:
    with connected(location) as connection:
        return version_of(connection, location)


def _copy(source: Path, target: Path) -> None:
    """Copy a SQLite file in use; `target` is whole or not there."""
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    make_private(partial)
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(partial)) as new:
            old.backup(new)
    except sqlite3.Error as error:
        partial.unlink(missing_ok=True)
        raise translated(error, str(target)) from None
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.replace(target)


def _mistake(message: str) -> ConfigError:
    return ConfigError([Problem(message=message)])
