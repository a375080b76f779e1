"""The same installation in PostgreSQL: every row of a SQLite file, copied table by table."""

from __future__ import annotations

import asyncio
import csv
import io
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from sqlalchemy import LargeBinary

from benchmarks.dashboard_site import opened, settings_for
from benchmarks.measuring import say
from benchmarks.store import FILE
from state.location import locate
from state.schema import METADATA
from state.versions import ensure_current

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Column, Table

_ROWS = 50_000
"""Copied at a time."""
_MADE = (
    "SELECT indexname, indexdef FROM pg_indexes "
    "WHERE schemaname = 'public' AND indexname ~ '^[iu]x_'"
)


def in_postgres(folder: Path, server: str, cache: Path) -> str:
    """Return the URL of a database with what is in a folder's SQLite file, events copied."""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("CREATE DATABASE heatsync")
    url = server.replace("/postgres?", "/heatsync?")
    ensure_current(locate(url))
    with closing(sqlite3.connect(folder / FILE)) as source, psycopg.connect(url) as connection:
        _fill(connection, source)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    asyncio.run(_copy_events(url, cache))
    return url


def _fill(connection: psycopg.Connection[Any], source: sqlite3.Connection) -> None:
    """Insert everything without looking who belongs to whom, and index afterwards."""
    connection.execute("SET session_replication_role = replica")
    indexes = connection.execute(_MADE).fetchall()
    for name, _ in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    for table in METADATA.sorted_tables:
        say(f"copying {table.name}")
        connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
        _copy(connection, source, table)
    say("indexing")
    for _, statement in indexes:
        connection.execute(statement)


def _copy(connection: psycopg.Connection[Any], source: sqlite3.Connection, table: Table) -> None:
    names = [each.name for each in table.columns]
    read = (
        f"'\\x' || hex({each.name})" if _is_bytes(each) else each.name for each in table.columns
    )
    reading = source.execute(f"SELECT {', '.join(read)} FROM {table.name}")  # noqa: S608 - our own
    filled = [sql.Identifier(each.name) for each in table.columns if not each.nullable]
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({}))").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(filled),
    )
    with connection.cursor().copy(statement) as copy:
        while rows := reading.fetchmany(_ROWS):
            written = io.StringIO()
            csv.writer(written).writerows(rows)
            copy.write(written.getvalue())
    _go_on_counting(connection, table)


def _is_bytes(column: Column[Any]) -> bool:
    return isinstance(column.type, LargeBinary)


def _go_on_counting(connection: psycopg.Connection[Any], table: Table) -> None:
    """Let the next number of a table be one that no row has."""
    for column in table.primary_key.columns:
        found = connection.execute(
            "SELECT pg_get_serial_sequence(%s, %s)", [table.name, column.name]
        ).fetchone()
        if found and found[0]:
            latest = sql.SQL("SELECT setval({}, (SELECT coalesce(max({}), 0) + 1 FROM {}))")
            connection.execute(
                latest.format(
                    sql.Literal(found[0]), sql.Identifier(column.name), sql.Identifier(table.name)
                )
            )


async def _copy_events(url: str, cache: Path) -> None:
    say("copying events")
    async with opened(settings_for(url, cache)) as workspace:
        await workspace.state.fold_events(workspace.configuration.model.properties, anew=True)
