"""Which version the tables of a database have, and bringing them to ours."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from connector.errors import MigrationNeeded, StateUnreachable
from state.database import begin, make_engine
from state.failures import forbidden, translated
from state.location import check_file, locate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.config import Config

    from state.location import Location

HEAD = "0018"
"""The newest version in `migrations/versions`, known here so that a start need not read them."""

_TABLE = "alembic_version"
_RIGHTS = """
SELECT current_schema() IS NOT NULL AND has_schema_privilege(current_schema(), 'CREATE')
    AND has_database_privilege(current_database(), 'CREATE')
"""
"""To make tables, and a schema for jobs."""
_MIGRATIONS = Path(__file__).parent / "migrations"


def ensure_current(location: Location) -> None:
    """Give an empty database its tables; raise MigrationNeeded when it has another version's.

    Nothing but an empty database is changed: an older one may be in use by the version it is of.
    """
    with connected(location) as connection:
        version = version_of(connection, location)
    if version is None:
        upgrade_to_head(location)
    elif version > HEAD:
        raise MigrationNeeded(
            f"{location} is of version {version} and this heatsync knows {HEAD}: use the newer one"
        )
    elif version < HEAD:
        raise MigrationNeeded(
            f"{location} is of version {version}, this heatsync needs {HEAD}: stop what uses it, "
            "then run `heatsync db upgrade`"
        )


def is_current(url: str) -> bool:
    """Return whether the database at `url` is there and has our tables; none is made.

    Raises ConfigError when the URL means no database we know, StateUnreachable when it does not
    answer, or there can be none.
    """
    location = locate(url)
    if location.path is not None:
        check_file(location.path)
        if not location.path.exists():
            return False
    with connected(location) as connection:
        return version_of(connection, location) == HEAD


def check_rights(url: str) -> None:
    """Raise StateForbidden where a PostgreSQL database lacks tables that we may not make in it.

    Raises StateUnreachable when it does not answer.
    """
    location = locate(url)
    if location.is_sqlite:
        return
    with connected(location) as connection:
        if version_of(connection, location) != HEAD and not connection.scalar(text(_RIGHTS)):
            raise forbidden(str(location))


def version_of(connection: Connection, location: Location) -> str | None:
    """Return the version of the tables; None when there are none at all.

    Raises StateUnreachable when there are tables, but not ours.
    """
    names = inspect(connection).get_table_names()
    if _TABLE in names:
        version: str | None = connection.scalar(text(f"SELECT version_num FROM {_TABLE}"))  # noqa: S608 - a constant
        return version
    if names:
        raise StateUnreachable(f"{location} holds the tables of another program, {names[0]} first")
    return None


def upgrade_to_head(location: Location) -> None:
    """Run the migrations that a database lacks, all or none of them."""
    with connected(location) as connection:
        begin(connection, writing=True)
        # Another process may have done it while this one waited for its turn.
        version = version_of(connection, location)
        if version is None or version < HEAD:
            _migrate(connection)
        connection.commit()


def migrations(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration of our migrations, to run on `connection`."""
    from alembic.config import Config  # noqa: PLC0415 - a start without migrations need not load it

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def connected(location: Location) -> Iterator[Connection]:
    """Open one connection for a while; raises StateError."""
    engine = make_engine(location)
    try:
        with engine.connect() as connection:
            yield connection
    except (DBAPIError, sqlite3.Error) as error:
        raise translated(error, str(location)) from None
    finally:
        engine.dispose()


def _migrate(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - a start without migrations need not load it

    command.upgrade(migrations(connection), "head")
