"""Deleting what is kept for a while only, in steps that are over at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    delete,
    exists,
    func,
    select,
    text,
)

from connector.domain.ledger import FiringState
from connector.domain.retention import Swept
from state.columnar import changes
from state.schema import (
    EVENTS,
    FIRINGS,
    RECORD_CHANGES,
    RUNS,
    SCORE_HISTORY,
    SUBJECTS,
    TRIGGER_COUNTS,
)
from state.statements import among, change, insert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Column, Table

    from state.database import Session

# The states are written out, since a partial index is used only where its condition is seen.
_IS_OVER = text(f"state IN ('{FiringState.DONE.value}', '{FiringState.DROPPED.value}')")
_HAS_EVENTS = exists().where(EVENTS.c.subject == SUBJECTS.c.id)


class Retention:
    """Keeps the contract of RetentionStore."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def events(self, cutoff: datetime, *, start: int, limit: int) -> Swept:
        """Delete events that occurred at or before `cutoff`, corrected versions included."""
        return await self._session.run(
            lambda connection: _events(connection, cutoff, start=start, limit=limit)
        )

    async def subjects(self, *, start: int, limit: int) -> Swept:
        """Delete names of nobody known that no event is left of."""
        unused = delete(SUBJECTS).where(
            SUBJECTS.c.id.between(start, start + limit - 1),
            SUBJECTS.c.contact.is_(None),
            ~_HAS_EVENTS,
        )

        def work(connection: Connection) -> Swept:
            deleted = connection.execute(unused).rowcount
            return _moved_on(connection, start + limit, deleted)

        return await self._session.run(work)

    async def score_history(self, cutoff: datetime, *, start: int, limit: int) -> Swept:
        """Delete what was decided before `cutoff`, but for the last of each person and score."""
        of = (SCORE_HISTORY.c.contact, SCORE_HISTORY.c.name)
        return await self._session.run(
            lambda connection: _outlived(
                connection, SCORE_HISTORY, SCORE_HISTORY.c.at, of, cutoff, start=start, limit=limit
            )
        )

    async def record_history(self, cutoff: datetime, *, start: int, limit: int) -> Swept:
        """Delete changes of records recorded before `cutoff` but for the last of each value."""
        of = [RECORD_CHANGES.c[name] for name in ("platform", "remote_id", "what", "name")]
        recorded_at = RECORD_CHANGES.c.recorded_at
        return await self._session.run(
            lambda connection: _outlived(
                connection, RECORD_CHANGES, recorded_at, of, cutoff, start=start, limit=limit
            )
        )

    async def firings(self, before: datetime, *, limit: int) -> int:
        """Delete at most `limit` actions that were done or called off; return how many."""
        over = select(FIRINGS.c.key).where(_IS_OVER, FIRINGS.c.at <= before)
        statement = delete(FIRINGS).where(FIRINGS.c.key.in_(over.limit(limit)))
        return await self._session.run(lambda connection: connection.execute(statement).rowcount)

    async def trigger_counts(self, before: datetime) -> int:
        """Keep of each trigger's counts up to `before` but their sum; return how many rows went."""
        is_old = TRIGGER_COUNTS.c.at <= before
        sums = (
            select(
                TRIGGER_COUNTS.c.trigger,
                func.max(TRIGGER_COUNTS.c.at, type_=TRIGGER_COUNTS.c.at.type).label("at"),
                func.sum(TRIGGER_COUNTS.c.fired).label("fired"),
            )
            .where(is_old)
            .group_by(TRIGGER_COUNTS.c.trigger)
            .having(func.count() > 1)
        )

        def work(connection: Connection) -> int:
            rows = [
                {"trigger": row.trigger, "at": row.at, "fired": int(row.fired)}
                for row in connection.execute(sums)
            ]
            of_them = among(connection, TRIGGER_COUNTS.c.trigger, [row["trigger"] for row in rows])
            deleted = connection.execute(delete(TRIGGER_COUNTS).where(is_old, of_them)).rowcount
            insert(connection, TRIGGER_COUNTS, rows)
            return deleted - len(rows)

        return await self._session.run(work)

    async def runs(self, before: datetime, *, keep: int) -> int:
        """Delete runs that began before `before`, but not the last `keep`; return how many."""
        kept = select(RUNS.c.id).order_by(RUNS.c.id.desc()).limit(keep)
        old = delete(RUNS).where(RUNS.c.started_at < before, RUNS.c.id.not_in(kept))
        return await self._session.run(lambda connection: connection.execute(old).rowcount)


def _events(connection: Connection, cutoff: datetime, *, start: int, limit: int) -> Swept:
    # Subject by subject the old ones lie together: no need to look at all events.
    is_old = EVENTS.c.occurred_at <= cutoff
    old = (
        select(EVENTS.c.subject, EVENTS.c.occurred_at, EVENTS.c.superseded_at)
        .select_from(SUBJECTS)
        .join(EVENTS, (EVENTS.c.subject == SUBJECTS.c.id) & is_old)
        .where(SUBJECTS.c.id.between(start, start + limit - 1))
        .order_by(SUBJECTS.c.id, EVENTS.c.occurred_at)
        .limit(limit)
    )
    rows = connection.execute(old).all()
    if not rows:
        return _moved_on(connection, start + limit, 0)
    changes.record_subjects(connection, {row.subject for row in rows if row.superseded_at is None})
    last = rows[-1]
    deleted = _delete_events(connection, {row.subject for row in rows} - {last.subject}, is_old)
    is_read = EVENTS.c.occurred_at <= last.occurred_at
    deleted += _delete_events(connection, {last.subject}, is_read)
    if len(rows) == limit:
        return Swept(deleted=deleted, place=last.subject, is_over=False)
    return _moved_on(connection, start + limit, deleted)


def _delete_events(connection: Connection, subjects: set[int], which: ColumnElement[bool]) -> int:
    of_them = among(connection, EVENTS.c.subject, subjects)
    return connection.execute(delete(EVENTS).where(of_them, which)).rowcount


def _moved_on(connection: Connection, start: int, deleted: int) -> Swept:
    """Return that a sweep goes on with the first subject from `start` on, if there is one."""
    query = select(SUBJECTS.c.id).where(SUBJECTS.c.id >= start).order_by(SUBJECTS.c.id).limit(1)
    place = connection.execute(query).scalar()
    return Swept(deleted=deleted, place=start if place is None else place, is_over=place is None)


def _outlived(
    connection: Connection,
    table: Table,
    instant: Column[Any],
    of: Sequence[Column[Any]],
    cutoff: datetime,
    *,
    start: int,
    limit: int,
) -> Swept:
    """Delete the entries that others up to `cutoff` have outlived, as far as these are read."""
    query = select(table.c.id, instant, *of).where(table.c.id > start)
    latest: dict[tuple[Any, ...], int] = {}
    # In their order, and not one behind the cutoff: what is newer need not be read to its end.
    rows = connection.execute(query.order_by(table.c.id).limit(limit)).all()
    place, passed = start, 0
    for row in rows:
        if row[1] > cutoff:
            break
        place, passed = row.id, passed + 1
        latest[tuple(row[2:])] = row.id
    statement = delete(table).where(
        table.c.id < bindparam("newest"),
        *(column == bindparam(f"of_{column.name}") for column in of),
    )
    keys = [f"of_{column.name}" for column in of]
    outlived = [
        {"newest": number, **dict(zip(keys, values, strict=True))}
        for values, number in latest.items()
    ]
    deleted = change(connection, statement, outlived)
    return Swept(deleted=deleted, place=place, is_over=passed < limit)
