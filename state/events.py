"""Events, clustered by subject; corrected versions are kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
from sqlalchemy import (
    BigInteger,
    Connection,
    Row,
    Text,
    bindparam,
    delete,
    func,
    select,
    type_coerce,
    update,
)

from connector.domain.events import EVENT_COLUMNS, fields_to_json
from connector.domain.frames import AT, CONTACT, EVENT_ID, INSTANT, event_schema
from connector.domain.records import SavedEvents
from state.columnar import changes
from state.columns import restored, storable_json
from state.decoding import columns, whole
from state.schema import EVENTS, SUBJECTS
from state.statements import among, change, frame_of, insert

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from connector.domain.events import Event
    from connector.domain.values import FieldType
    from state.database import Session

_ESCAPE = "\ufdd0"
_MICROSECOND = timedelta(microseconds=1)
_IS_CURRENT = EVENTS.c.superseded_at.is_(None)
_SUPERSEDE = (
    update(EVENTS)
    .where(
        EVENTS.c.subject == bindparam("of_subject"),
        EVENTS.c.occurred_at == bindparam("of_occurred_at"),
        EVENTS.c.id == bindparam("of_id"),
        EVENTS.c.recorded_at == bindparam("of_recorded_at"),
    )
    .values(superseded_at=bindparam("at"))
)


_VERSION = select(
    EVENTS.c.id,
    EVENTS.c.subject,
    EVENTS.c.occurred_at,
    EVENTS.c.type,
    EVENTS.c.fields,
    EVENTS.c.recorded_at,
)


class Events:
    """Keeps the contract of EventStore."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def save(
        self, platform: str, events: Sequence[tuple[int, Event]], recorded_at: datetime
    ) -> SavedEvents:
        """Store events, each with the number of its subject."""
        rows = {
            event.id: _to_row(platform, subject, event, recorded_at) for subject, event in events
        }
        return await self._session.run(lambda connection: _save(connection, platform, rows))

    async def frame(
        self, contacts: Collection[int] | None, properties: Mapping[str, FieldType]
    ) -> pl.LazyFrame:
        """Return the current events of persons (of everybody when None) as `event_schema` says."""
        return (
            await self._session.run(lambda connection: _frame(connection, contacts, properties))
        ).lazy()

    async def count(self) -> int:
        """Return how many current events there are."""
        query = select(func.count()).select_from(EVENTS).where(_IS_CURRENT)
        return await self._session.run(lambda connection: connection.execute(query).scalar_one())

    async def types(self) -> Mapping[tuple[str, str], int]:
        """Return the number of current events per platform and type."""
        query = (
            select(EVENTS.c.platform, EVENTS.c.type, func.count())
            .where(_IS_CURRENT)
            .group_by(EVENTS.c.platform, EVENTS.c.type)
        )
        return await self._session.run(
            lambda connection: {
                (platform, kind): n for platform, kind, n in connection.execute(query)
            }
        )

    async def delete_before(self, cutoff: datetime) -> int:
        """Delete events that occurred at or before `cutoff`; return how many."""
        # Subject by subject, the old ones lie together: no need to look at all events.
        is_old = EVENTS.c.occurred_at <= cutoff
        old = delete(EVENTS).where(EVENTS.c.subject.in_(select(SUBJECTS.c.id)), is_old)

        def work(connection: Connection) -> int:
            changes.record_deletion(connection, is_old)
            connection.execute(old.where(EVENTS.c.superseded_at.is_not(None)))
            return connection.execute(old.where(_IS_CURRENT)).rowcount

        return await self._session.run(work)


def _save(connection: Connection, platform: str, rows: Mapping[str, dict[str, Any]]) -> SavedEvents:
    query = _VERSION.where(
        EVENTS.c.platform == platform, among(connection, EVENTS.c.id, rows.keys()), _IS_CURRENT
    )
    replaced: list[dict[str, Any]] = []
    unchanged: set[str] = set()
    touched: set[int] = set()
    for before in connection.execute(query):
        row = rows[before.id]
        if _is_same(before, row):
            unchanged.add(before.id)
            continue
        # Two versions never have one instant of recording, whatever the clock does.
        row["recorded_at"] = max(row["recorded_at"], before.recorded_at + _MICROSECOND)
        replaced.append(_superseding(before, row["recorded_at"]))
        touched.add(before.subject)
    brought = [row for number, row in rows.items() if number not in unchanged]
    change(connection, _SUPERSEDE, replaced)
    insert(connection, EVENTS, brought)
    touched.update(row["subject"] for row in brought)
    changes.record_subjects(connection, touched)
    return SavedEvents(
        new=len(brought) - len(replaced),
        corrected=len(replaced),
        subjects=frozenset(touched),
    )


def _is_same(before: Row[*tuple[Any, ...]], row: Mapping[str, Any]) -> bool:
    """Return whether two versions differ in nothing but how the platform wrapped them."""
    return (before.subject, before.occurred_at, before.type, before.fields) == (
        row["subject"],
        row["occurred_at"],
        row["type"],
        row["fields"],
    )


def _superseding(before: Row[*tuple[Any, ...]], at: datetime) -> dict[str, Any]:
    return {
        "of_subject": before.subject,
        "of_occurred_at": before.occurred_at,
        "of_id": before.id,
        "of_recorded_at": before.recorded_at,
        "at": at,
    }


def _frame(
    connection: Connection,
    contacts: Collection[int] | None,
    properties: Mapping[str, FieldType],
) -> pl.DataFrame:
    query = (
        select(
            SUBJECTS.c.contact,
            type_coerce(EVENTS.c.occurred_at, BigInteger),
            type_coerce(EVENTS.c.id, Text),
            type_coerce(EVENTS.c.type, Text),
            type_coerce(EVENTS.c.platform, Text),
            EVENTS.c.fields,
        )
        .join(EVENTS, EVENTS.c.subject == SUBJECTS.c.id)
        .where(_IS_CURRENT)
    )
    if contacts is None:
        query = query.where(SUBJECTS.c.contact.is_not(None))
    else:
        query = query.where(among(connection, SUBJECTS.c.contact, contacts))
    types = {
        name: kind
        for name, kind in {**EVENT_COLUMNS, **properties}.items()
        if name not in {"type", "platform"}
    }

    def build(found: list[Sequence[Any]]) -> Iterable[pl.Series]:
        numbers, instants, ids, kinds, platforms, fields = found
        yield pl.Series(CONTACT, numbers, dtype=pl.Int64)
        yield pl.Series(AT, instants, dtype=pl.Int64).cast(INSTANT)
        yield _texts(EVENT_ID, ids)
        yield _texts("type", kinds)
        yield _texts("platform", platforms)
        yield from columns(fields, types)

    return frame_of(connection, query, event_schema(properties), build)


def _texts(name: str, values: Sequence[str]) -> pl.Series:
    """Return texts as they were given; only a strange one costs anything."""
    found = pl.Series(name, values, dtype=pl.String)
    if found.str.contains(_ESCAPE, literal=True).any():
        found = pl.Series(name, [whole(restored(value)) for value in values], dtype=pl.String)
    return found


def _to_row(platform: str, subject: int, event: Event, recorded_at: datetime) -> dict[str, Any]:
    return {
        "subject": subject,
        "occurred_at": event.occurred_at,
        "id": event.id,
        "recorded_at": recorded_at,
        "platform": platform,
        "type": event.type,
        "fields": storable_json(fields_to_json(event.fields)),
        "raw": event.raw,
    }
