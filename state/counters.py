"""Numbers that only grow: touches, and the latest decision."""

from __future__ import annotations

from sqlalchemy import Connection, select

from state.schema import COUNTERS
from state.statements import upsert

TOUCHES = "touches"
LATEST_AT = "latest_at"
STAGE_CHANGES = "stage changes "
"""Before the name of a score or grade: how often somebody came from one stage to another."""


def value_of(connection: Connection, name: str) -> int | None:
    """Return where a counter stands; None before its first number."""
    query = select(COUNTERS.c.value).where(COUNTERS.c.name == name)
    return connection.execute(query).scalar()


def next_of(connection: Connection, name: str) -> int:
    """Return a number that this counter has never given. Only one transaction writes at a time."""
    number = (value_of(connection, name) or 0) + 1
    upsert(connection, COUNTERS, [{"name": name, "value": number}], keys=["name"])
    return number


def add_to(connection: Connection, name: str, number: int) -> None:
    """Move a counter on by `number`. Only one transaction writes at a time."""
    value = (value_of(connection, name) or 0) + number
    upsert(connection, COUNTERS, [{"name": name, "value": value}], keys=["name"])


def raise_to(connection: Connection, name: str, value: int) -> None:
    """Move a counter to `value` unless it is there or further."""
    before = value_of(connection, name)
    if before is None or before < value:
        upsert(connection, COUNTERS, [{"name": name, "value": value}], keys=["name"])
