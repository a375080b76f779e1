"""How far the limits on requests are used, in the database."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from connector.domain.instants import from_micros, to_micros
from state.failures import translated
from state.pacing.kept import Kept, Taken
from state.schema import BUDGETS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from state.database import Database

_COLUMNS = (
    BUDGETS.c.told_limit,
    BUDGETS.c.taken,
    BUDGETS.c.resets_at,
    BUDGETS.c.closed_until,
    BUDGETS.c.closed_at,
)


_STALLED_SECONDS = 10
_STALLED = text("SELECT set_config('idle_in_transaction_session_timeout', :span, true)")
"""Whoever is stalled amid a change of a limit keeps the others from asking no longer."""


class DatabaseLedger:
    """Keeps the contract of Ledger over SQLite or PostgreSQL.

    On PostgreSQL a limit is locked by its row, and nobody's turn to write is waited for. A SQLite
    file has one writer at a time: whoever holds it must not wait for a request.
    """

    def __init__(self, database: Database) -> None:
        """Take the database; it is closed by whoever opened it."""
        self._database = database

    @property
    def waits_for_writers(self) -> bool:
        """Return whether nothing can be kept while somebody else holds the turn to write."""
        return self._database.location.path is not None

    async def all(self, platform: str) -> Mapping[str, Kept]:
        """Return what is kept of the limits of a platform, by bucket."""
        query = select(BUDGETS.c.bucket, *_COLUMNS).where(BUDGETS.c.platform == platform)
        async with self._database.reading() as session:
            rows = await session.run(lambda connection: connection.execute(query).all())
        return {row.bucket: _kept(row) for row in rows}

    async def change(self, platform: str, bucket: str, work: Callable[[Kept], Kept]) -> Kept:
        """Replace what is kept by what `work` makes of it."""
        key = {"platform": platform, "bucket": bucket}
        if not self.waits_for_writers:
            return await asyncio.to_thread(self._apart, key, work)
        async with self._database.writing() as session:
            return await session.run(lambda connection: _change(connection, key, work))

    def _apart(self, key: Mapping[str, str], work: Callable[[Kept], Kept]) -> Kept:
        try:
            with self._database.engine.begin() as connection:
                connection.execute(_STALLED, {"span": f"{_STALLED_SECONDS}s"})
                first = postgresql.insert(BUDGETS).values(**key, **_row(Kept()))
                connection.execute(first.on_conflict_do_nothing())
                return _change(connection, key, work)
        except (DBAPIError, sqlite3.Error) as error:
            raise translated(error, str(self._database.location)) from None


def _change(connection: Connection, key: Mapping[str, str], work: Callable[[Kept], Kept]) -> Kept:
    here = (BUDGETS.c.platform == key["platform"]) & (BUDGETS.c.bucket == key["bucket"])
    found = connection.execute(select(*_COLUMNS).where(here).with_for_update()).one_or_none()
    kept = work(Kept() if found is None else _kept(found))
    if found is None:
        connection.execute(insert(BUDGETS).values(**key, **_row(kept)))
    else:
        connection.execute(update(BUDGETS).where(here).values(**_row(kept)))
    return kept


def _kept(row: Any) -> Kept:  # noqa: ANN401 - a row with the columns above
    return Kept(
        limit=row.told_limit,
        taken=tuple(
            Taken(until=from_micros(until), count=count, owner=owner[0] if owner else "")
            for until, count, *owner in json.loads(row.taken)
        ),
        resets_at=row.resets_at,
        closed_until=row.closed_until,
        closed_at=row.closed_at,
    )


def _row(kept: Kept) -> dict[str, Any]:
    return {
        "told_limit": kept.limit,
        "taken": json.dumps([_taken(each) for each in kept.taken]),
        "resets_at": kept.resets_at,
        "closed_until": kept.closed_until,
        "closed_at": kept.closed_at,
    }


def _taken(taken: Taken) -> Sequence[int | str]:
    plain = (to_micros(taken.until), taken.count)
    return (*plain, taken.owner) if taken.owner else plain
