"""Whose events changed, recorded with the change itself, and which copy the database vouches for.

Only one transaction writes at a time and its number becomes visible with its commit, on both
databases. So whoever sees the number N sees all changes up to N, and none behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from sqlalchemy import Connection, delete, func, select

from connector.domain.frames import CONTACT
from state.counters import TOUCHES, next_of, raise_to, value_of
from state.event_rows import IS_CURRENT
from state.schema import EVENT_CHANGES, EVENTS, NOTES, SUBJECTS
from state.statements import among, upsert

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement, Select

_COUNTER = "event_changes"
_NOTE = "event copy"
NO_LIMIT = 2**62

CHANGED = select(EVENT_CHANGES.c.contact)
"""The query of all whose events changed since the copy was folded."""


def watch(connection: Connection) -> None:
    """Record changes from now on: before, there is no copy that would miss them."""
    raise_to(connection, _COUNTER, 0)


def last_number(connection: Connection) -> int:
    """Return the number of the last change."""
    return value_of(connection, _COUNTER) or 0


def moment(connection: Connection) -> tuple[int | None, ...]:
    """Return numbers that move whenever the events of anybody do, with or without a copy."""
    return value_of(connection, _COUNTER), value_of(connection, TOUCHES)


def record(connection: Connection, contacts: Collection[int]) -> None:
    """Say that these persons' events are others now."""
    if not contacts or value_of(connection, _COUNTER) is None:
        return
    number = next_of(connection, _COUNTER)
    rows = [{"contact": contact, "number": number} for contact in contacts]
    upsert(connection, EVENT_CHANGES, rows, keys=["contact"])


def record_subjects(connection: Connection, subjects: Collection[int]) -> None:
    """Say that the events of these subjects are others now, whoever they belong to."""
    if subjects and value_of(connection, _COUNTER) is not None:
        record(connection, contacts_of(connection, among(connection, SUBJECTS.c.id, subjects)))


def contacts_of(connection: Connection, of: ColumnElement[bool]) -> set[int]:
    """Return the persons to whom the subjects that `of` chooses belong."""
    query = select(SUBJECTS.c.contact).where(SUBJECTS.c.contact.is_not(None), of)
    return set(connection.execute(query).scalars())


def changed_between(first: int, last: int) -> Select[tuple[int]]:
    """Return the query of those whose events changed, of the numbers `first` to `last`."""
    return CHANGED.where(EVENT_CHANGES.c.contact.between(first, last))


def numbers(connection: Connection, query: Select[tuple[int]]) -> pl.Series:
    """Return the contacts that a query finds."""
    found = connection.execute(query).scalars()
    return pl.Series(CONTACT, list(found), dtype=pl.Int64)


def changed_events(connection: Connection, limit: int = NO_LIMIT) -> int:
    """Return how many current events those have whose events changed; `limit` when more."""
    some = (
        select(EVENTS.c.id)
        .join(SUBJECTS, SUBJECTS.c.id == EVENTS.c.subject)
        .where(SUBJECTS.c.contact.in_(CHANGED), IS_CURRENT)
    )
    return _count(connection, some, limit)


def changed_contacts(connection: Connection, limit: int = NO_LIMIT) -> int:
    """Return how many there are whose events changed; `limit` when more."""
    return _count(connection, CHANGED, limit)


def events(connection: Connection, limit: int) -> int:
    """Return how many events there are, corrected versions included; `limit` when more."""
    return _count(connection, select(EVENTS.c.subject), limit)


def forget_up_to(connection: Connection, number: int) -> None:
    """Say that the copy holds all changes up to this number."""
    connection.execute(delete(EVENT_CHANGES).where(EVENT_CHANGES.c.number <= number))


def in_force(connection: Connection) -> str | None:
    """Return the digest of the manifest that this database vouches for."""
    query = select(NOTES.c.value).where(NOTES.c.key == _NOTE)
    digest: str | None = connection.execute(query).scalar()
    return digest


def put_in_force(connection: Connection, digest: str) -> None:
    """Vouch for the manifest with this digest."""
    upsert(connection, NOTES, [{"key": _NOTE, "value": digest}], keys=["key"])


def withdraw(connection: Connection) -> None:
    """Vouch for no copy any more."""
    connection.execute(delete(NOTES).where(NOTES.c.key == _NOTE))


def _count(connection: Connection, query: Select[Any], limit: int) -> int:
    some = query.limit(limit).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()
