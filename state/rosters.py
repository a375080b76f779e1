"""Where the members that a platform reports are not those that outbound rows confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, select

from state.codec import names_from_json, names_to_json
from state.schema import MEMBERSHIPS, OUTBOUND, RECORDS

if TYPE_CHECKING:
    from collections.abc import Sequence


def missing_from(
    connection: Connection, platform: str, list_name: str, *, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Return rows confirmed to be in a list that is not reported to hold their record."""
    reported = exists().where(
        MEMBERSHIPS.c.platform == OUTBOUND.c.platform,
        MEMBERSHIPS.c.list_name == list_name,
        MEMBERSHIPS.c.remote_id == OUTBOUND.c.remote_id,
    )
    query = select(OUTBOUND).where(_confirmed_in(connection, platform, list_name), ~reported)
    if after is not None:
        query = query.where(OUTBOUND.c.contact > after)
    return connection.execute(query.order_by(OUTBOUND.c.contact).limit(limit)).fetchall()


def unconfirmed_in(
    connection: Connection, platform: str, list_name: str, *, after: str | None, limit: int
) -> Sequence[str]:
    """Return the live records that a list is reported to hold, and no row is confirmed to."""
    confirmed = exists().where(
        _confirmed_in(connection, platform, list_name),
        OUTBOUND.c.contact == RECORDS.c.contact,
        OUTBOUND.c.remote_id == RECORDS.c.remote_id,
    )
    is_record = and_(
        RECORDS.c.platform == MEMBERSHIPS.c.platform,
        RECORDS.c.remote_id == MEMBERSHIPS.c.remote_id,
    )
    query = (
        select(MEMBERSHIPS.c.remote_id)
        .join(RECORDS, is_record)
        .where(
            MEMBERSHIPS.c.platform == platform,
            MEMBERSHIPS.c.list_name == list_name,
            RECORDS.c.removed_at.is_(None),
            ~confirmed,
        )
    )
    if after is not None:
        # PostgreSQL does not conclude the one from the other, and would read all records before.
        query = query.where(MEMBERSHIPS.c.remote_id > after, RECORDS.c.remote_id > after)
    query = query.order_by(MEMBERSHIPS.c.remote_id).limit(limit)
    return list(connection.execute(query).scalars())


def _confirmed_in(connection: Connection, platform: str, list_name: str) -> ColumnElement[bool]:
    """Return the condition of being confirmed in a list; the sets of lists there are, are few."""
    known = select(OUTBOUND.c.confirmed_lists).where(
        OUTBOUND.c.platform == platform, OUTBOUND.c.confirmed_lists.is_not(None)
    )
    sets = connection.execute(known.group_by(OUTBOUND.c.confirmed_lists)).scalars()
    holding = [each for each in sets if list_name in names_from_json(each)]
    # Nobody has the empty set, which is stored as NULL.
    holding = holding or [names_to_json(())]
    return and_(OUTBOUND.c.platform == platform, OUTBOUND.c.confirmed_lists.in_(holding))
