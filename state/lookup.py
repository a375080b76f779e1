"""Whom a text names that a person typed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, and_, select

from connector.domain.emails import normalise_email
from state.schema import PERSONS, RECORD_EMAILS, RECORDS

_ONE = select(PERSONS)


def find(connection: Connection, text: str) -> Row[Any] | None:
    """Return the person with this id, address or ``<platform>:<id>``, merges followed."""
    found = connection.execute(_ONE.where(PERSONS.c.key == text)).first()
    if found is None:
        found = _by_email(connection, normalise_email(text))
    if found is None:
        found = _by_record(connection, *text.partition(":")[::2])
    while found is not None and found.merged_into is not None:
        found = connection.execute(_ONE.where(PERSONS.c.contact == found.merged_into)).first()
    return found


def _by_email(connection: Connection, email: str) -> Row[Any] | None:
    same_record = and_(
        RECORD_EMAILS.c.platform == RECORDS.c.platform,
        RECORD_EMAILS.c.remote_id == RECORDS.c.remote_id,
    )
    carriers = (
        _ONE.join(RECORDS, RECORDS.c.contact == PERSONS.c.contact)
        .join(RECORD_EMAILS, same_record)
        .where(RECORD_EMAILS.c.email == email)
        .order_by(RECORDS.c.removed_at.is_not(None), PERSONS.c.contact)
        .limit(1)
    )
    named = (
        _ONE.where(PERSONS.c.email == email)
        .order_by(PERSONS.c.merged_into.is_not(None), PERSONS.c.contact)
        .limit(1)
    )
    return connection.execute(carriers).first() or connection.execute(named).first()


def _by_record(connection: Connection, platform: str, remote_id: str) -> Row[Any] | None:
    seen: set[str] = set()
    contact: int | None = None
    following: str | None = remote_id
    while following is not None and following not in seen:
        seen.add(following)
        query = select(RECORDS.c.contact, RECORDS.c.merged_into).where(
            RECORDS.c.platform == platform, RECORDS.c.remote_id == following
        )
        row = connection.execute(query).first()
        if row is None:
            break
        contact, following = row.contact, row.merged_into
    if contact is None:
        return None
    return connection.execute(_ONE.where(PERSONS.c.contact == contact)).first()
