"""Webhook calls between their answer and their processing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, bindparam, false, func, or_, select, update

from connector.domain.ledger import Inbound
from state.schema import INBOUND
from state.statements import change, insert_new

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from state.database import Session

_KEYS = ("platform", "id")
_IS_OPEN = INBOUND.c.processed_at.is_(None) & (INBOUND.c.is_dead == false())
_AS_LEASED = (
    (INBOUND.c.platform == bindparam("of_platform"))
    & (INBOUND.c.id == bindparam("of_id"))
    & (INBOUND.c.fence == bindparam("of_fence"))
    & _IS_OPEN
)
_FREED = {"lease_owner": None, "lease_until": None}


class InboundCalls:
    """Keeps the contract of InboundStore."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, deliveries: Sequence[Inbound]) -> int:
        """Store calls; return how many were new."""
        rows = [_to_row(call) for call in deliveries]
        return await self._session.run(
            lambda connection: insert_new(connection, INBOUND, rows, keys=_KEYS)
        )

    async def lease(
        self, *, owner: str, now: datetime, until: datetime, limit: int
    ) -> Sequence[Inbound]:
        """Return unprocessed calls, oldest first, now leased by `owner`."""
        ready = (
            select(INBOUND)
            .where(
                _IS_OPEN,
                or_(INBOUND.c.not_before.is_(None), INBOUND.c.not_before <= now),
                or_(INBOUND.c.lease_until.is_(None), INBOUND.c.lease_until <= now),
            )
            .order_by(INBOUND.c.received_at, INBOUND.c.platform, INBOUND.c.id)
            .limit(limit)
        )
        leased = (
            update(INBOUND)
            .where(_AS_LEASED)
            .values(fence=INBOUND.c.fence + 1, lease_owner=owner, lease_until=until)
        )

        def work(connection: Connection) -> Sequence[Inbound]:
            rows = connection.execute(ready).fetchall()
            change(connection, leased, [_named(row.platform, row.id, row.fence) for row in rows])
            return [_from_row(row, fence=row.fence + 1) for row in rows]

        return await self._session.run(work)

    async def done(self, deliveries: Sequence[Inbound], *, now: datetime) -> int:
        """Mark calls processed and let go of their bodies; older fences are ignored."""
        statement = (
            update(INBOUND)
            .where(_AS_LEASED)
            .values(processed_at=now, body=b"", headers="{}", **_FREED)
        )
        rows = [_named(call.platform, call.id, call.fence) for call in deliveries]
        return await self._session.run(lambda connection: change(connection, statement, rows))

    async def fail(
        self, delivery: Inbound, *, error: str, not_before: datetime | None, is_dead: bool
    ) -> bool:
        """Record that processing failed; return whether it counted."""
        statement = (
            update(INBOUND)
            .where(_AS_LEASED)
            .values(
                attempts=INBOUND.c.attempts + 1,
                not_before=not_before,
                last_error=error,
                is_dead=is_dead,
                **_FREED,
            )
        )
        row = _named(delivery.platform, delivery.id, delivery.fence)
        counted = await self._session.run(lambda connection: change(connection, statement, [row]))
        return counted > 0

    async def reclaim(self, platform: str | None = None) -> int:
        """End every lease; of one platform, or of all."""
        freed = update(INBOUND).where(INBOUND.c.lease_until.is_not(None), _IS_OPEN).values(_FREED)
        if platform is not None:
            freed = freed.where(INBOUND.c.platform == platform)
        return await self._session.run(lambda connection: connection.execute(freed).rowcount)

    async def backlog(self) -> int:
        """Return how many calls wait."""
        query = select(func.count()).select_from(INBOUND).where(_IS_OPEN)
        return await self._session.run(lambda connection: connection.execute(query).scalar_one())


def _named(platform: str, number: str, fence: int) -> dict[str, Any]:
    return {"of_platform": platform, "of_id": number, "of_fence": fence}


def _to_row(call: Inbound) -> dict[str, Any]:
    return {
        "platform": call.platform,
        "id": call.id,
        "body": call.body,
        "headers": json.dumps(dict(call.headers)),
        "received_at": call.received_at,
        "fence": call.fence,
        "attempts": call.attempts,
        "is_dead": False,
    }


def _from_row(row: Row[Any], *, fence: int) -> Inbound:
    return Inbound(
        platform=row.platform,
        id=row.id,
        body=row.body,
        headers=json.loads(row.headers),
        received_at=row.received_at,
        fence=fence,
        attempts=row.attempts,
    )
