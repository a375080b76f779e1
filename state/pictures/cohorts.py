"""How scores stand per month of arrival, month by month.

The entry of a month is as things stood when it ended, or stand now: the first change of a month
carries on what the month before came to. A month in which nothing moved has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from sqlalchemy import ColumnElement, Connection, delete, select

from connector.domain.instants import from_micros
from connector.domain.pictures import PER_POINT, CohortScore, millionths, month_of
from state.counters import LATEST_AT, value_of
from state.schema import COHORT_SCORES
from state.statements import among, insert_new, upsert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_TABLE = COHORT_SCORES
_KEYS = ["name", "cohort", "month"]


def cohort_scores(connection: Connection, name: str) -> Sequence[CohortScore]:
    """Return how a score stood per month of arrival, by cohort and month."""
    query = select(_TABLE).where(_TABLE.c.name == name).order_by(_TABLE.c.cohort, _TABLE.c.month)
    return [
        CohortScore(
            name=row.name,
            cohort=row.cohort,
            month=row.month,
            persons=row.persons,
            total=row.total / PER_POINT,
        )
        for row in connection.execute(query)
    ]


def count_cohorts(connection: Connection, moved: pl.DataFrame, at: datetime | None) -> None:
    """Say what the scores of cohorts come to: each with its cohort and score, and what was before.

    `moved` has the columns ``name``, ``rounded``, ``cohort``, and the same ``_before``. Without
    `at`, what changes belongs to the month of the last decision.
    """
    sides = [("", 1), ("_before", -1)]
    parts = [
        moved.lazy()
        .drop_nulls(f"rounded{side}")
        .select(
            "name",
            pl.col(f"cohort{side}").alias("cohort"),
            pl.lit(sign, pl.Int64).alias("persons"),
            (millionths(f"rounded{side}") * sign).alias("total"),
        )
        for side, sign in sides
    ]
    summed = pl.concat(parts).group_by("name", "cohort").agg(pl.col("persons", "total").sum())
    is_other = (pl.col("persons") != 0) | (pl.col("total") != 0)
    changes = summed.drop_nulls("cohort").filter(is_other).collect()
    if changes.is_empty():
        return
    if at is None:
        at = from_micros(value_of(connection, LATEST_AT) or 0)
    month = month_of(at)
    these = among(connection, _TABLE.c.cohort, changes["cohort"].unique().to_list())
    standing = _latest(connection, _TABLE.c.name.in_(changes["name"].unique().to_list()), these)
    rows = []
    for name, cohort, persons, total in changes.iter_rows():
        before = standing.get((name, cohort), (0, 0))
        now = {"persons": before[0] + persons, "total": before[1] + total}
        rows.append({"name": name, "cohort": cohort, "month": month, **now})
    upsert(connection, _TABLE, rows, keys=_KEYS)


def return_to(connection: Connection, at: datetime) -> None:
    """Let nothing be told of months after that of `at`: what stands now is how that one stands.

    What is taken back afterwards is then taken from it.
    """
    month = month_of(at)
    later = _TABLE.c.month > month
    rows = [
        {"name": name, "cohort": cohort, "month": month, "persons": persons, "total": total}
        for (name, cohort), (persons, total) in _latest(connection, later).items()
    ]
    upsert(connection, _TABLE, rows, keys=_KEYS)
    connection.execute(delete(_TABLE).where(later))


def add_past(
    connection: Connection,
    name: str,
    first: str,
    scores: Sequence[CohortScore],
    *,
    anew: bool = False,
) -> None:
    """Add persons and points to months before `first`, or replace what stands there."""
    is_past = (_TABLE.c.name == name) & (_TABLE.c.month < first)
    if anew:
        connection.execute(delete(_TABLE).where(is_past))
    standing = {
        (row.cohort, row.month): (row.persons, row.total)
        for row in connection.execute(select(_TABLE).where(is_past))
    }
    rows = []
    for each in scores:
        persons, total = standing.get((each.cohort, each.month), (0, 0))
        now = {"persons": persons + each.persons, "total": total + round(each.total * PER_POINT)}
        rows.append({"name": name, "cohort": each.cohort, "month": each.month, **now})
    upsert(connection, _TABLE, rows, keys=_KEYS)
    nobody = {"name": name, "month": first, "persons": 0, "total": 0}
    cohorts = sorted({each.cohort for each in scores})
    insert_new(connection, _TABLE, [{**nobody, "cohort": each} for each in cohorts], keys=_KEYS)


def _latest(
    connection: Connection, *conditions: ColumnElement[bool]
) -> dict[tuple[str, str], tuple[int, int]]:
    """Return the number of persons and the sum of these scores and cohorts as last told."""
    query = select(_TABLE).where(*conditions).order_by(_TABLE.c.month)
    return {(row.name, row.cohort): (row.persons, row.total) for row in connection.execute(query)}
