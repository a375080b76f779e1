"""Decisions of people in place of computed scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from sqlalchemy import Connection, select, update

from connector.domain.frames import OVERRIDE_SCHEMA
from connector.domain.ledger import Override
from state.schema import OVERRIDES
from state.statements import among, frame_of, insert, typed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from state.database import Session

_FIELDS = ("contact", "score", "value", "reason", "made_at", "cleared_at")


class Overrides:
    """The part of ScoreStore about overrides."""

    _session: Session

    async def overrides(self, contacts: Collection[int] | None) -> pl.DataFrame:
        """Return the overrides in force, as OVERRIDE_SCHEMA says."""
        query = (
            select(OVERRIDES.c.contact, OVERRIDES.c.score, OVERRIDES.c.value)
            .where(OVERRIDES.c.cleared_at.is_(None))
            .order_by(OVERRIDES.c.contact, OVERRIDES.c.score)
        )

        def work(connection: Connection) -> pl.DataFrame:
            chosen = query
            if contacts is not None:
                chosen = query.where(among(connection, OVERRIDES.c.contact, contacts))
            return frame_of(connection, chosen, OVERRIDE_SCHEMA, typed(OVERRIDE_SCHEMA))

        return await self._session.run(work)

    async def override(self, override: Override) -> None:
        """Put an override in force in place of any other of that score."""
        row = {name: getattr(override, name) for name in _FIELDS}

        def work(connection: Connection) -> None:
            _clear(connection, override.contact, override.score, override.made_at)
            insert(connection, OVERRIDES, [row])

        await self._session.run(work)

    async def clear_override(self, contact: int, score: str, cleared_at: datetime) -> bool:
        """End an override; return whether there was one."""
        return await self._session.run(
            lambda connection: _clear(connection, contact, score, cleared_at)
        )

    async def all_overrides(self, contact: int) -> Sequence[Override]:
        """Return every override of a person, ended ones included, oldest first."""
        query = (
            select(*(OVERRIDES.c[name] for name in _FIELDS))
            .where(OVERRIDES.c.contact == contact)
            .order_by(OVERRIDES.c.id)
        )
        return await self._session.run(
            lambda connection: [Override(**row) for row in connection.execute(query).mappings()]
        )


def _clear(connection: Connection, contact: int, score: str, cleared_at: datetime) -> bool:
    statement = (
        update(OVERRIDES)
        .where(
            OVERRIDES.c.contact == contact,
            OVERRIDES.c.score == score,
            OVERRIDES.c.cleared_at.is_(None),
        )
        .values(cleared_at=cleared_at)
    )
    return connection.execute(statement).rowcount > 0
