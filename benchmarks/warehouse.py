"""The same events in DuckDB's own tables, and the same rules as SQL written by hand."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.blocks import CODE as BLOCKS_CODE
from benchmarks.blocks import blocks
from benchmarks.history import AT as NOW
from benchmarks.kept import HERE, kept
from benchmarks.measuring import Taken, apart
from connector.domain.frames import AT, CONTACT, CREATED_AT, EVENT_ID

if TYPE_CHECKING:
    import duckdb

FILE = "warehouse.duckdb"
RULES = HERE / "model" / "rules.sql"
_NAMES = {CONTACT: "contact", AT: "occurred_at", EVENT_ID: "id", CREATED_AT: "created_at"}


def warehouse(contacts: int) -> Path:
    """Return a folder with a DuckDB database of so many contacts and their events."""
    source = blocks(contacts)

    def make(folder: Path) -> None:
        apart(fill, str(source), str(folder))

    return kept(f"warehouse-{contacts}", make, code=(*BLOCKS_CODE, "blocks.py", "warehouse.py"))


def fill(source: str, folder: str) -> dict[str, object]:
    """Make the tables of Parquet files."""
    with closing(_connection(Path(folder) / FILE)) as connection:
        for table in ("contacts", "events"):
            files = str(Path(source) / f"{table}-*.parquet")
            names = [
                f'"{name}" AS {_NAMES[name]}' if name in _NAMES else f'"{name}"'
                for name, *_ in connection.execute(
                    "DESCRIBE SELECT * FROM read_parquet($1)", [files]
                ).fetchall()
            ]
            columns = ", ".join(names)
            connection.execute(
                f"CREATE TABLE {table} AS SELECT {columns} FROM read_parquet($1)",  # noqa: S608 - ours
                [files],
            )
        connection.execute("CHECKPOINT")
    return {}


def scored_in_sql(folder: str) -> dict[str, Any]:
    """Run the SQL over a warehouse twice, the first time to fill DuckDB's own cache."""
    taken = Taken()
    with closing(_connection(Path(folder) / FILE)) as connection:
        _score(connection)
        with taken.run():
            _score(connection)
    return taken.figures()


def export_scores(folder: str, file: str) -> dict[str, object]:
    """Run the SQL over a warehouse, and write what it finds to a Parquet file."""
    with closing(_connection(Path(folder) / FILE)) as connection:
        _score(connection)
        connection.execute(f"COPY scored TO '{file}'")
    return {}


def _score(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the table `scored`: the points of each rule, the dimensions, the score."""
    connection.execute(RULES.read_text(encoding="utf-8"), {"now": NOW})


def _connection(file: Path) -> duckdb.DuckDBPyConnection:
    # Only the processes that use it load it: its bindings tell of leaks when Python ends.
    import duckdb  # noqa: PLC0415

    connection = duckdb.connect(str(file))
    connection.execute("SET enable_progress_bar = false")
    return connection
