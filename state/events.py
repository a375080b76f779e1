"""Events, clustered by subject; corrected versions are kept."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import polars as pl
from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    func,
    select,
    update,
)

from connector.domain.events import fields_to_json
from connector.domain.instants import MICROSECOND
from connector.domain.records import SavedEvents
from state.columnar import changes
from state.columns import storable_json
from state.event_rows import IS_CURRENT, IS_REPEATED, event_frame
from state.schema import EVENTS, SUBJECTS
from state.statements import among, change, insert

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from connector.domain.events import Event
    from connector.domain.values import FieldType
    from state.columnar.copy import EventsCopy
    from state.database import Session

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
    EVENTS.c.occasion,
)

_REFS = select(EVENTS.c.id, SUBJECTS.c.ref).join(SUBJECTS, SUBJECTS.c.id == EVENTS.c.subject)
_TYPES = (
    select(EVENTS.c.platform, EVENTS.c.type, func.count().label("n"))
    .where(IS_CURRENT)
    .group_by(EVENTS.c.platform, EVENTS.c.type)
)
_REPEATED = (
    select(EVENTS.c.platform, EVENTS.c.type)
    .join(SUBJECTS, SUBJECTS.c.id == EVENTS.c.subject)
    .where(IS_CURRENT, IS_REPEATED)
)
_OF_NOBODY = select(SUBJECTS.c.id).where(SUBJECTS.c.contact.is_(None))
"""No copy holds their events."""


class Events:
    """Keeps the contract of EventStore."""

    def __init__(self, session: Session, copy: EventsCopy | None = None) -> None:
        self._session = session
        self._copy = copy

    async def save(
        self,
        platform: str,
        events: Sequence[tuple[int, Event]],
        recorded_at: datetime,
        *,
        keep_later: bool = False,
    ) -> SavedEvents:
        """Store events, each with the number of its subject."""
        rows = {
            event.id: _to_row(platform, subject, event, recorded_at) for subject, event in events
        }
        return await self._session.run(
            lambda connection: _save(connection, platform, rows, keep_later=keep_later)
        )

    async def refs(self, platform: str, ids: Collection[str]) -> Mapping[str, str]:
        """Return by id, of those events that are known, whom they are about as they name them."""

        def work(connection: Connection) -> Mapping[str, str]:
            query = _REFS.where(
                EVENTS.c.platform == platform, among(connection, EVENTS.c.id, ids), IS_CURRENT
            )
            return {row.id: row.ref for row in connection.execute(query)}

        return await self._session.run(work)

    async def frame(
        self, contacts: Collection[int] | None, properties: Mapping[str, FieldType]
    ) -> pl.LazyFrame:
        """Return the current events of persons (of everybody when None) as `event_schema` says."""
        return await self._session.run(lambda it: self._frame(it, contacts, properties))

    async def count(self) -> int:
        """Return how many current events there are."""
        return await self._session.run(self._count)

    async def types(self) -> Mapping[tuple[str, str], int]:
        """Return the number of current events per platform and type."""
        return await self._session.run(self._types)

    def _count(self, connection: Connection) -> int:
        # A database counts by reading all of an index, which takes it a minute for 20 millions.
        query = select(func.count()).select_from(EVENTS).where(IS_CURRENT)
        copied = None if self._copy is None else self._copy.frame(connection, None, {})
        if copied is None:
            repeated = _repeated(connection).total()
            return connection.execute(query).scalar_one() - repeated
        known: int = copied.select(pl.len()).collect(engine="streaming").item()
        of_nobody = query.where(EVENTS.c.subject.in_(_OF_NOBODY))
        return known + connection.execute(of_nobody).scalar_one()

    def _types(self, connection: Connection) -> Mapping[tuple[str, str], int]:
        # Of millions the copy tells in a second; without one no event need leave the database.
        copied = None if self._copy is None else self._copy.frame(connection, None, {})
        if copied is None:
            return _counted(connection, _TYPES) - _repeated(connection)
        by_type = copied.group_by("platform", "type").len().collect(engine="streaming")
        known = Counter({(platform, kind): n for platform, kind, n in by_type.iter_rows()})
        return known + _counted(connection, _TYPES.where(EVENTS.c.subject.in_(_OF_NOBODY)))

    def _frame(
        self,
        connection: Connection,
        contacts: Collection[int] | None,
        properties: Mapping[str, FieldType],
    ) -> pl.LazyFrame:
        if self._copy is not None:
            copied = self._copy.frame(connection, contacts, properties)
            if copied is not None:
                return copied
        number = SUBJECTS.c.contact
        whose = number.is_not(None) if contacts is None else among(connection, number, contacts)
        return event_frame(connection, whose, properties).lazy()


def _counted(connection: Connection, query: Select[str, str, int]) -> Counter[tuple[str, str]]:
    return Counter({(platform, kind): n for platform, kind, n in connection.execute(query)})


def _repeated(connection: Connection) -> Counter[tuple[str, str]]:
    """Return how many do not count, as others tell of the same occasion."""
    return Counter((platform, kind) for platform, kind in connection.execute(_REPEATED))


def _save(
    connection: Connection, platform: str, rows: Mapping[str, dict[str, Any]], *, keep_later: bool
) -> SavedEvents:
    query = _VERSION.where(
        EVENTS.c.platform == platform, among(connection, EVENTS.c.id, rows.keys()), IS_CURRENT
    )
    replaced: list[dict[str, Any]] = []
    unchanged: set[str] = set()
    touched: set[int] = set()
    for before in connection.execute(query):
        row = rows[before.id]
        is_outlived = keep_later and before.occurred_at > row["occurred_at"]
        if is_outlived or _is_same(before, row):
            unchanged.add(before.id)
            continue
        # Two versions never have one instant of recording, whatever the clock does.
        row["recorded_at"] = max(row["recorded_at"], before.recorded_at + MICROSECOND)
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
    return (before.subject, before.occurred_at, before.type, before.fields, before.occasion) == (
        row["subject"],
        row["occurred_at"],
        row["type"],
        row["fields"],
        row["occasion"],
    )


def _superseding(before: Row[*tuple[Any, ...]], at: datetime) -> dict[str, Any]:
    return {
        "of_subject": before.subject,
        "of_occurred_at": before.occurred_at,
        "of_id": before.id,
        "of_recorded_at": before.recorded_at,
        "at": at,
    }


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
        "occasion": event.occasion,
    }
