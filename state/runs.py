"""What each cycle did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, select, update

from connector.domain.ledger import Run
from state.schema import RUNS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from state.database import Session


class Runs:
    """Keeps the contract of RunStore."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def start(self, run: Run) -> int:
        """Store a run that begins; return its number."""
        statement = (
            insert(RUNS)
            .values(
                command=run.command,
                started_at=run.started_at,
                finished_at=run.finished_at,
                at=run.at,
                summary=run.summary,
                error=run.error,
            )
            .returning(RUNS.c.id)
        )

        def work(connection: Connection) -> int:
            number: int = connection.execute(statement).scalar_one()
            return number

        return await self._session.run(work)

    async def finish(
        self, number: int, *, finished_at: datetime, summary: str | None, error: str | None
    ) -> None:
        """Record how a run ended."""
        statement = (
            update(RUNS)
            .where(RUNS.c.id == number)
            .values(finished_at=finished_at, summary=summary, error=error)
        )

        def work(connection: Connection) -> None:
            connection.execute(statement)

        await self._session.run(work)

    async def last(self, limit: int = 10, *, before: int | None = None) -> Sequence[Run]:
        """Return the latest runs, newest first; those that began before the one of a number."""
        query = select(RUNS).order_by(RUNS.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(RUNS.c.id < before)
        return await self._session.run(
            lambda connection: [Run(**row) for row in connection.execute(query).mappings()]
        )
