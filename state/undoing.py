"""Taking back decisions at instants that have not come yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, update

from connector.domain.instants import MICROSECOND, to_micros
from state.counters import LATEST_AT, TOUCHES, next_of
from state.pictures.movers import forget_days
from state.pictures.moves import forget_moves
from state.pictures.standings import standings_of
from state.recording import replace_scores
from state.schema import COUNTERS, SCORE_HISTORY, STANDINGS
from state.statements import among

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import polars as pl

UNDONE_AT_ONCE = 10_000


def undo(
    connection: Connection, *, contacts: Sequence[int], scores: pl.DataFrame, at: datetime
) -> None:
    """Let persons show `scores` (SCORE_SCHEMA) again, and be scored anew."""
    these = among(connection, STANDINGS.c.contact, contacts)
    # Told as of an instant that is deleted next: nothing was decided anew.
    standings = standings_of(connection, contacts)
    replace_scores(connection, standings, scores, at=at + MICROSECOND, day=None, model="")
    forget_days(connection, contacts)
    number = next_of(connection, TOUCHES)
    connection.execute(
        update(STANDINGS).where(these).values(stale=number, decided_at=at, next_change_at=None)
    )


def forget_after(connection: Connection, *, at: datetime) -> None:
    """Delete what the history tells of instants later than `at`; the latest decision is of then."""
    connection.execute(delete(SCORE_HISTORY).where(SCORE_HISTORY.c.at > at))
    forget_moves(connection, at)
    latest = update(COUNTERS).where(COUNTERS.c.name == LATEST_AT)
    connection.execute(latest.values(value=to_micros(at)))
