"""Who went from stage to stage when: counted as it is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from sqlalchemy import Connection, delete, select

from connector.domain.pictures import MOVES_KEPT, StageMoves, slot_of
from state.schema import STAGE_MOVES
from state.statements import upsert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_KEYS = ["at", "name", "before", "after"]
_NONE = ""
"""No stage has an empty name."""


def stage_moves_since(connection: Connection, since: datetime) -> Sequence[StageMoves]:
    """Return the moves of quarters that began at `since` or later."""
    query = select(STAGE_MOVES).where(STAGE_MOVES.c.at >= since)
    found = connection.execute(query.order_by(*(STAGE_MOVES.c[name] for name in _KEYS)))
    return [
        StageMoves(
            name=row.name,
            at=row.at,
            before=row.before or None,
            after=row.after or None,
            persons=row.persons,
        )
        for row in found
    ]


def note_moves(connection: Connection, moved: pl.DataFrame, at: datetime) -> None:
    """Count who has another stage: ``name``, ``stage`` and ``stage_before`` of each."""
    elsewhere = moved.filter(pl.col("stage").ne_missing(pl.col("stage_before")))
    if elsewhere.is_empty():
        return
    slot = slot_of(at)
    of_now = select(STAGE_MOVES).where(STAGE_MOVES.c.at == slot)
    standing = {
        (row.name, row.before, row.after): row.persons for row in connection.execute(of_now)
    }
    counted = (
        elsewhere.with_columns(pl.col("stage", "stage_before").fill_null(_NONE))
        .group_by("name", "stage_before", "stage")
        .len()
    )
    rows = [
        {
            "at": slot,
            "name": name,
            "before": before,
            "after": after,
            "persons": standing.get((name, before, after), 0) + persons,
        }
        for name, before, after, persons in counted.iter_rows()
    ]
    upsert(connection, STAGE_MOVES, rows, keys=_KEYS)
    connection.execute(delete(STAGE_MOVES).where(STAGE_MOVES.c.at < slot - MOVES_KEPT))


def forget_moves(connection: Connection, after: datetime) -> None:
    """Delete what was counted in quarters that began later than `after`."""
    connection.execute(delete(STAGE_MOVES).where(STAGE_MOVES.c.at > after))
