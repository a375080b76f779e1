"""How many webhook calls came, minute by minute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, func, select

from connector.domain.calls import COUNTS_KEPT, STORED, CallCount
from state.schema import CALL_COUNTS
from state.statements import upsert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnCollection

    from state.database import Session

_TABLE = CALL_COUNTS
_KEYS = ["platform", "outcome", "minute"]


class Pulse:
    """Keeps the contract of PulseStore."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, counts: Sequence[CallCount]) -> None:
        """Add to what was counted in the same minutes, and forget what is long past."""
        rows = [
            {**{key: getattr(each, key) for key in _KEYS}, "calls": each.calls} for each in counts
        ]

        def work(connection: Connection) -> None:
            upsert(connection, _TABLE, rows, keys=_KEYS, assign=_more)
            latest = max((each.minute for each in counts), default=None)
            if latest is not None:
                connection.execute(delete(_TABLE).where(_TABLE.c.minute < latest - COUNTS_KEPT))

        await self._session.run(work)

    async def since(self, at: datetime) -> Sequence[CallCount]:
        """Return what was counted in minutes that began at `at` or later."""
        query = select(_TABLE).where(_TABLE.c.minute >= at)
        found = await self._session.run(
            lambda connection: [CallCount(**row) for row in connection.execute(query).mappings()]
        )
        # Sorted here: for an order of the database's it may read all there is.
        return sorted(found, key=lambda each: (each.platform, each.outcome, each.minute))

    async def last(self, platform: str) -> datetime | None:
        """Return the minute in which a call of a platform was last stored."""
        query = select(func.max(_TABLE.c.minute)).where(
            _TABLE.c.platform == platform, _TABLE.c.outcome == STORED
        )
        return await self._session.run(lambda connection: connection.execute(query).scalar())


def _more(given: ColumnCollection[str, Any]) -> Mapping[str, Any]:
    return {"calls": _TABLE.c.calls + given["calls"]}
