"""Webhook calls between their answer and their processing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
    update,
)

from connector.domain.ledger import Backlog, Inbound
from connector.ports.inbound_store import MOST_BYTES
from state.moves import forget_moves, overtaken
from state.schema import INBOUND
from state.statements import among, change, insert_new
from state.tellings import forget_tellings, without_repeats
from state.waiting import has_come

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Update

    from state.database import Session

_KEYS = ("platform", "id")
_KEY_COLUMNS = tuple(INBOUND.c[name] for name in _KEYS)
_IS_UNPROCESSED = INBOUND.c.processed_at.is_(None)
_IS_OPEN = _IS_UNPROCESSED & (INBOUND.c.is_dead == false())
_NAMED = (INBOUND.c.platform == bindparam("of_platform")) & (INBOUND.c.id == bindparam("of_id"))
_IS_DEAD = _NAMED & _IS_UNPROCESSED & (INBOUND.c.is_dead == true())
_AS_LEASED = _NAMED & (INBOUND.c.fence == bindparam("of_fence")) & _IS_OPEN
_FREED = {"lease_owner": None, "lease_until": None}
_OLDEST_FIRST = (INBOUND.c.received_at, INBOUND.c.platform, INBOUND.c.id)
_LET_GO: dict[str, Any] = {"body": b"", "headers": "{}", **_FREED}


class InboundCalls:
    """Keeps the contract of InboundStore."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, deliveries: Sequence[Inbound]) -> int:
        """Store calls; return how many were new."""

        def work(connection: Connection) -> int:
            rows = [_to_row(call) for call in without_repeats(connection, deliveries)]
            return insert_new(connection, INBOUND, rows, keys=_KEYS)

        return await self._session.run(work)

    async def overtaken(
        self, platform: str, moves: Mapping[tuple[str, str], datetime], *, now: datetime
    ) -> Collection[tuple[str, str]]:
        """Keep when calls told of members, by list and record; return of which a later one did."""
        return await self._session.run(
            lambda connection: overtaken(connection, platform, moves, now=now)
        )

    async def lease(
        self, platform: str, *, owner: str, now: datetime, until: datetime, limit: int
    ) -> Sequence[Inbound]:
        """Return unprocessed calls of a platform, oldest first, now leased by `owner`."""
        ready = _ready(platform, now).limit(limit)
        leased = (
            update(INBOUND)
            .where(_AS_LEASED)
            .values(fence=INBOUND.c.fence + 1, lease_owner=owner, lease_until=until)
        )

        def work(connection: Connection) -> Sequence[Inbound]:
            chosen = _bounded(connection.execute(ready))
            if not chosen:
                return []
            change(connection, leased, [_named(platform, row.id, row.fence) for row in chosen])
            query = select(INBOUND).where(
                INBOUND.c.platform == platform,
                among(connection, INBOUND.c.id, [row.id for row in chosen]),
            )
            found = {row.id: row for row in connection.execute(query)}
            return [_from_row(found[row.id]) for row in chosen]

        return await self._session.run(work)

    async def done(self, deliveries: Sequence[Inbound], *, now: datetime) -> int:
        """Mark calls processed and let go of their bodies; older fences are ignored."""
        statement = update(INBOUND).where(_AS_LEASED).values(processed_at=now, **_LET_GO)
        return await self._change(statement, deliveries)

    async def fail(
        self,
        deliveries: Sequence[Inbound],
        *,
        error: str,
        not_before: datetime | None,
        is_dead: bool,
    ) -> int:
        """Record that processing failed; return how many counted."""
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
        return await self._change(statement, deliveries)

    async def release(self, deliveries: Sequence[Inbound]) -> None:
        """Give leased calls back untried."""
        await self._change(update(INBOUND).where(_AS_LEASED).values(_FREED), deliveries)

    async def reclaim(self, platform: str | None = None) -> int:
        """End every lease; of one platform, or of all."""
        freed = update(INBOUND).where(INBOUND.c.lease_until.is_not(None), _IS_OPEN).values(_FREED)
        if platform is not None:
            freed = freed.where(INBOUND.c.platform == platform)
        return await self._session.run(lambda connection: connection.execute(freed).rowcount)

    async def backlog(self) -> Mapping[str, Backlog]:
        """Return, per platform that has any, the calls that wait and those that are dead."""
        waits = INBOUND.c.is_dead == false()
        query = (
            select(
                INBOUND.c.platform,
                func.count().filter(waits).label("waiting"),
                func.count().filter(~waits).label("dead"),
                func.min(INBOUND.c.received_at).filter(waits).label("oldest"),
            )
            .where(_IS_UNPROCESSED)
            .group_by(INBOUND.c.platform)
        )

        def work(connection: Connection) -> Mapping[str, Backlog]:
            return {
                row.platform: Backlog(waiting=row.waiting, dead=row.dead, oldest=row.oldest)
                for row in connection.execute(query)
            }

        return await self._session.run(work)

    async def list(
        self, *, platform: str | None = None, is_dead: bool | None = None, limit: int = 1000
    ) -> Sequence[Inbound]:
        """Return calls that are not processed, oldest first: dead ones, others, or both."""
        query = select(INBOUND).where(_IS_UNPROCESSED)
        if platform is not None:
            query = query.where(INBOUND.c.platform == platform)
        if is_dead is not None:
            query = query.where(INBOUND.c.is_dead == is_dead)
        query = query.order_by(*_OLDEST_FIRST).limit(limit)
        return await self._session.run(
            lambda connection: [_from_row(row) for row in connection.execute(query)]
        )

    async def replay(self, calls: Collection[tuple[str, str]]) -> int:
        """Let dead calls wait as if they had not been tried; return how many."""
        anew = {"is_dead": False, "attempts": 0, "not_before": None, "last_error": None}
        return await self._change_dead(anew, calls)

    async def drop(self, calls: Collection[tuple[str, str]], *, now: datetime) -> int:
        """Let go of dead calls, as if processed; return how many."""
        return await self._change_dead({"is_dead": False, "processed_at": now, **_LET_GO}, calls)

    async def prune(self, before: datetime, *, limit: int) -> int:
        """Forget at most `limit` calls that were processed before an instant; return how many."""
        old = (
            select(*_KEY_COLUMNS)
            .where(INBOUND.c.processed_at < before)
            .order_by(INBOUND.c.processed_at)
            .limit(limit)
        )
        statement = delete(INBOUND).where(tuple_(*_KEY_COLUMNS).in_(old))
        return await self._session.run(lambda connection: connection.execute(statement).rowcount)

    async def prune_tellings(self, before: datetime, *, limit: int) -> int:
        """Forget at most `limit` of what calls said before an instant; return how many."""
        return await self._session.run(
            lambda connection: forget_tellings(connection, before, limit=limit)
        )

    async def prune_moves(self, before: datetime, *, limit: int) -> int:
        """Forget at most `limit` of the moves told before an instant; return how many."""
        return await self._session.run(
            lambda connection: forget_moves(connection, before, limit=limit)
        )

    async def abandon(
        self, platforms: Collection[str], before: datetime, *, error: str, limit: int
    ) -> int:
        """Let go of what calls of other platforms received before an instant carry."""
        is_whole = (INBOUND.c.is_dead == false()) | (func.length(INBOUND.c.body) > 0)
        old = _strange(platforms, before).where(is_whole).limit(limit)
        values = {"is_dead": True, "not_before": None, "last_error": error, **_LET_GO}
        statement = update(INBOUND).where(tuple_(*_KEY_COLUMNS).in_(old)).values(**values)
        return await self._session.run(lambda connection: connection.execute(statement).rowcount)

    async def prune_abandoned(
        self, platforms: Collection[str], before: datetime, *, limit: int
    ) -> int:
        """Forget at most `limit` calls received before an instant of all but `platforms`."""
        old = _strange(platforms, before).limit(limit)
        statement = delete(INBOUND).where(tuple_(*_KEY_COLUMNS).in_(old))
        return await self._session.run(lambda connection: connection.execute(statement).rowcount)

    async def _change(self, statement: Update, deliveries: Sequence[Inbound]) -> int:
        rows = [_named(call.platform, call.id, call.fence) for call in deliveries]
        return await self._session.run(lambda connection: change(connection, statement, rows))

    async def _change_dead(
        self, values: Mapping[str, Any], calls: Collection[tuple[str, str]]
    ) -> int:
        statement = update(INBOUND).where(_IS_DEAD).values(**values)
        rows = [{"of_platform": platform, "of_id": number} for platform, number in {*calls}]
        return await self._session.run(lambda connection: change(connection, statement, rows))


def _ready(platform: str, now: datetime) -> Select[Any]:
    """Return the query of the calls that may be taken up, and how large they are."""
    return (
        select(INBOUND.c.id, INBOUND.c.fence, func.length(INBOUND.c.body).label("size"))
        .where(
            INBOUND.c.platform == platform,
            _IS_OPEN,
            has_come(INBOUND.c.not_before, now),
            or_(INBOUND.c.lease_until.is_(None), INBOUND.c.lease_until <= now),
        )
        .order_by(*_OLDEST_FIRST)
    )


def _strange(platforms: Collection[str], before: datetime) -> Select[Any]:
    """Return the query of the calls of other platforms that nobody processed in time."""
    is_known = INBOUND.c.platform.in_(sorted(platforms))
    return select(*_KEY_COLUMNS).where(_IS_UNPROCESSED, ~is_known, INBOUND.c.received_at < before)


def _bounded(rows: Iterable[Row[Any]]) -> Sequence[Row[Any]]:
    """Return the first rows, up to the one with which their bodies are too large together."""
    chosen: list[Row[Any]] = []
    size = 0
    for row in rows:
        if size < MOST_BYTES:
            chosen.append(row)
            size += row.size
    return chosen


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


def _from_row(row: Row[Any]) -> Inbound:
    return Inbound(
        platform=row.platform,
        id=row.id,
        body=row.body,
        headers=json.loads(row.headers),
        received_at=row.received_at,
        fence=row.fence,
        attempts=row.attempts,
        not_before=row.not_before,
        last_error=row.last_error,
        is_dead=row.is_dead,
    )
