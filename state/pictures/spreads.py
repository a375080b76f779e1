"""How many persons have how many points: kept with the scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from sqlalchemy import Connection, select

from state.pictures.keeping import keep
from state.schema import SCORE_COUNTS
from state.statements import among

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST = 10**15
_KEYS = ["name", "points"]


def distribution(connection: Connection, name: str) -> Mapping[int, int]:
    """Return how many persons have how many whole points of a score."""
    query = select(SCORE_COUNTS.c.points, SCORE_COUNTS.c.persons)
    query = query.where(SCORE_COUNTS.c.name == name).order_by(SCORE_COUNTS.c.points)
    return {row.points: row.persons for row in connection.execute(query)}


def whole(column: str) -> pl.Expr:
    """Return the whole points of a column of rounded scores."""
    return pl.col(column).floor().clip(-_MOST, _MOST).cast(pl.Int64)


def count_points(connection: Connection, moved: pl.DataFrame) -> None:
    """Say who has how many points now: ``name``, ``rounded`` and ``rounded_before`` of each."""
    points = moved.lazy().select(
        "name", whole("rounded").alias("is"), whole("rounded_before").alias("was")
    )
    elsewhere = points.filter(pl.col("is").ne_missing(pl.col("was")))
    parts = [
        elsewhere.drop_nulls(column).select("name", pl.col(column).alias("points"), persons=sign)
        for column, sign in (("is", pl.lit(1, pl.Int64)), ("was", pl.lit(-1, pl.Int64)))
    ]
    counted = pl.concat(parts).group_by(_KEYS).agg(pl.col("persons").sum())
    changes = counted.filter(pl.col("persons") != 0).collect()
    if changes.is_empty():
        return
    query = select(SCORE_COUNTS).where(
        SCORE_COUNTS.c.name.in_(changes["name"].unique().to_list()),
        among(connection, SCORE_COUNTS.c.points, changes["points"].unique().to_list()),
    )
    standing = {(row.name, row.points): row.persons for row in connection.execute(query)}
    rows = [
        {"name": name, "points": number, "persons": standing.get((name, number), 0) + persons}
        for name, number, persons in changes.iter_rows()
    ]
    keep(connection, SCORE_COUNTS, rows, keys=_KEYS)
