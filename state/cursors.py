"""Where each stream resumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, select

from connector.domain.ledger import StoredCursor
from state.schema import CURSORS
from state.statements import upsert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from state.database import Session

_KEYS = ("platform", "stream")


class Cursors:
    """Keeps the contract of CursorStore."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, platform: str, stream: str) -> StoredCursor | None:
        """Return where a stream resumes."""
        query = select(CURSORS).where(CURSORS.c.platform == platform, CURSORS.c.stream == stream)

        def work(connection: Connection) -> StoredCursor | None:
            row = connection.execute(query).mappings().first()
            return None if row is None else StoredCursor(**row)

        return await self._session.run(work)

    async def put(self, cursor: StoredCursor) -> None:
        """Say where a stream resumes."""
        row = {
            "platform": cursor.platform,
            "stream": cursor.stream,
            "cursor": cursor.cursor,
            "reading": cursor.reading,
            "updated_at": cursor.updated_at,
        }
        await self._session.run(lambda connection: upsert(connection, CURSORS, [row], keys=_KEYS))

    async def drop(self, platform: str, stream: str) -> None:
        """Let a stream start anew."""
        statement = delete(CURSORS).where(
            CURSORS.c.platform == platform, CURSORS.c.stream == stream
        )

        def work(connection: Connection) -> None:
            connection.execute(statement)

        await self._session.run(work)

    async def all(self) -> Sequence[StoredCursor]:
        """Return every stream's, by platform and stream."""
        query = select(CURSORS).order_by(*(CURSORS.c[key] for key in _KEYS))
        return await self._session.run(
            lambda connection: [StoredCursor(**row) for row in connection.execute(query).mappings()]
        )
