"""Who moved most within a day: each score keeps what it was as the day of its last change began."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select, update

from connector.domain.pictures import Mover, Movers
from state.schema import PERSONS, SCORES
from state.statements import among

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select

_NO_DAY = {"day": None, "before": None, "moved": None}


def movers(connection: Connection, name: str, day: datetime, *, limit: int) -> Movers:
    """Return who rose and who fell most since `day` began, ties by our numbers."""
    moved, contact = SCORES.c.moved, SCORES.c.contact
    # In the order of the index: whoever changes a rule may move everybody as far.
    rose = _furthest(name, day, moved > 0, (moved.desc(), contact.desc()), limit)
    fell = _furthest(name, day, moved < 0, (moved, contact), limit)
    return Movers(
        rose=[Mover(**row) for row in connection.execute(rose).mappings()],
        fell=[Mover(**row) for row in connection.execute(fell).mappings()],
    )


def forget_days(connection: Connection, contacts: Collection[int]) -> None:
    """Have scores of these persons move from what they are now on."""
    of_them = among(connection, SCORES.c.contact, contacts)
    connection.execute(update(SCORES).where(of_them, SCORES.c.day.is_not(None)).values(_NO_DAY))


def _furthest(
    name: str,
    day: datetime,
    direction: ColumnElement[bool],
    order: tuple[ColumnElement[object], ...],
    limit: int,
) -> Select[Any]:
    return (
        select(
            SCORES.c.contact,
            PERSONS.c.key,
            PERSONS.c.email,
            SCORES.c.before,
            SCORES.c.rounded.label("after"),
            SCORES.c.stage,
        )
        .join(PERSONS, PERSONS.c.contact == SCORES.c.contact)
        .where(SCORES.c.name == name, SCORES.c.day == day, direction)
        .order_by(*order)
        .limit(limit)
    )
