"""Counts of persons, of which those of nobody are not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, delete

from state.statements import change, upsert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Table

    from state.statements import Rows


def keep(connection: Connection, table: Table, rows: Rows, *, keys: Sequence[str]) -> None:
    """Replace these rows; those of no ``persons`` go."""
    upsert(connection, table, [row for row in rows if row["persons"]], keys=keys)
    gone = delete(table).where(*(table.c[key] == bindparam(f"of_{key}") for key in keys))
    change(
        connection,
        gone,
        [{f"of_{key}": row[key] for key in keys} for row in rows if not row["persons"]],
    )
