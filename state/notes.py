"""Small facts by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from state.schema import NOTES
from state.statements import upsert

if TYPE_CHECKING:
    from state.database import Session


class Notes:
    """Keeps the contract of NoteStore."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, key: str) -> str | None:
        """Return a small fact, or None."""
        query = select(NOTES.c.value).where(NOTES.c.key == key)

        def work(connection: Connection) -> str | None:
            value: str | None = connection.execute(query).scalar()
            return value

        return await self._session.run(work)

    async def put(self, key: str, value: str) -> None:
        """Remember a small fact."""
        row = {"key": key, "value": value}
        await self._session.run(lambda connection: upsert(connection, NOTES, [row], keys=["key"]))
