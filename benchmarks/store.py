"""State databases of any size, filled as fast as SQLite takes rows.

The tables are the product's own, made by its migrations; the rows are those that pulling would
leave. Pulling a million contacts would take an hour and is measured elsewhere.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import polars as pl

from benchmarks.blocks import CODE as BLOCKS_CODE
from benchmarks.blocks import blocks
from benchmarks.history import AT as NOW
from benchmarks.kept import kept
from connector.domain.events import EVENT_COLUMNS
from connector.domain.frames import AT, CONTACT, CREATED_AT, EVENT_ID
from connector.domain.instants import to_micros
from state.opening import open_state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "state.db"
_PLATFORMS = ("mail", "shop")
_RECORDED_AT = to_micros(NOW)
_ATTRIBUTES = ("country", "email", "job_title")
_FIELDS = sorted(EVENT_COLUMNS.keys() - {"type", "platform"})


def store(contacts: int, *, every: int = 1) -> Path:
    """Return a folder with a state database of so many contacts, none of them scored.

    Only one event in `every` is there.
    """
    source = blocks(contacts)

    def make(folder: Path) -> None:
        path = folder / FILE
        asyncio.run(_with_tables(path))
        with closing(sqlite3.connect(path)) as connection:
            _fill(connection, source, every)

    name = f"store-{contacts}" if every == 1 else f"thin{every}-store-{contacts}"
    return kept(name, make, code=(*BLOCKS_CODE, "blocks.py", "store.py"))


async def _with_tables(path: Path) -> None:
    await (await open_state(f"sqlite:///{path}")).aclose()


def _fill(connection: sqlite3.Connection, source: Path, every: int) -> None:
    """Insert in the order of primary keys, and index afterwards."""
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    for path in sorted(source.glob("contacts-*.parquet")):
        for table, rows in _rows_of_contacts(pl.read_parquet(path)):
            _insert(connection, table, rows)
    for path in sorted(source.glob("events-*.parquet")):
        events = pl.read_parquet(path).gather_every(every)
        _insert(connection, "events", _rows_of_events(events))
    connection.commit()
    for _, statement in indexes:
        connection.execute(statement)
    connection.executescript("PRAGMA optimize; PRAGMA journal_mode = WAL;")


def _insert(connection: sqlite3.Connection, table: str, rows: pl.DataFrame) -> None:
    names, marks = ", ".join(rows.columns), ", ".join("?" * rows.width)
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of ours
    connection.executemany(statement, rows.iter_rows())


def _rows_of_contacts(contacts: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    number = pl.col(CONTACT)
    persons = contacts.select(
        number.alias("contact"),
        pl.concat_str(pl.lit("p"), number).alias("key"),
        "email",
        _json(_ATTRIBUTES).alias("attributes"),
        pl.col(CREATED_AT).dt.epoch("us").alias("created_at"),
    )
    yield "persons", persons
    yield "standings", persons.select("contact", stale=pl.lit(0), model=pl.lit(""))
    for platform in _PLATFORMS:
        name = {"platform": pl.lit(platform)}
        remote = pl.concat_str(pl.lit(platform), number).alias("remote_id")
        yield (
            "subjects",
            contacts.select(
                _subject(platform).alias("id"), remote.alias("ref"), number.alias("contact"), **name
            ),
        )
        yield (
            "records",
            contacts.select(
                remote,
                number.alias("contact"),
                _json(_ATTRIBUTES).alias("attributes"),
                pl.lit("{}").alias("stamps"),
                pl.col(CREATED_AT).dt.epoch("us").alias("changed_at"),
                pl.col(CREATED_AT).dt.epoch("us").alias("created_at"),
                pl.lit(_RECORDED_AT).alias("recorded_at"),
                pl.lit(0).alias("opted_out"),
                **name,
            ),
        )
        yield "record_emails", contacts.select(remote, "email", position=pl.lit(0), **name)


def _subject(platform: str) -> pl.Expr:
    """Return the number of the subject that a contact is on a platform."""
    return pl.col(CONTACT) * len(_PLATFORMS) + _PLATFORMS.index(platform)


def _rows_of_events(events: pl.DataFrame) -> pl.DataFrame:
    is_first = pl.col("platform") == _PLATFORMS[0]
    subject = pl.when(is_first).then(_subject(_PLATFORMS[0])).otherwise(_subject(_PLATFORMS[1]))
    return events.select(
        subject.alias("subject"),
        pl.col(AT).dt.epoch("us").alias("occurred_at"),
        pl.col(EVENT_ID).alias("id"),
        pl.lit(_RECORDED_AT).alias("recorded_at"),
        "platform",
        "type",
        _json(_FIELDS).alias("fields"),
    ).sort("subject", "occurred_at", "id")


def _json(names: tuple[str, ...] | list[str]) -> pl.Expr:
    """Return the columns that are not NULL as the product keeps them: sorted, without spaces."""
    parts = pl.concat_str(*(_part(name) for name in sorted(names)))
    return pl.concat_str(pl.lit("{"), parts.str.strip_prefix(","), pl.lit("}"))


def _part(name: str) -> pl.Expr:
    """Return one name and value as JSON; none of our texts needs an escape."""
    is_plain = EVENT_COLUMNS.get(name) is not None and EVENT_COLUMNS[name].value in {
        "number",
        "boolean",
    }
    quote = pl.lit("" if is_plain else '"')
    value = pl.concat_str(quote, pl.col(name).cast(pl.String), quote)
    return pl.concat_str(pl.lit(f',"{name}":'), value).fill_null("")
