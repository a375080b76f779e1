"""What each rule gives to everybody: kept with what it gives to each.

A standing has it as a text such as ``3:1500000,7:-200000``: the place of each rule that gives or
takes points among the sorted names of the model's, and how many millionths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from sqlalchemy import Connection, select

from connector.domain.pictures import PER_POINT, RuleTally
from state.pictures.keeping import keep
from state.schema import RULE_COUNTS

if TYPE_CHECKING:
    from collections.abc import Mapping

_TABLE = RULE_COUNTS
_KEYS = ["model", "rule"]


def rule_tallies(connection: Connection, model: str) -> Mapping[int, RuleTally]:
    """Return what each rule of a model gives to those last decided by it, by its place."""
    query = select(_TABLE).where(_TABLE.c.model == model).order_by(_TABLE.c.rule)
    return {
        row.rule: RuleTally(persons=row.persons, points=row.points / PER_POINT)
        for row in connection.execute(query)
    }


def count_rules(connection: Connection, given: pl.DataFrame) -> None:
    """Say what rules give: ``model`` and ``rules`` of each person, and the same ``_before``."""
    is_other = pl.any_horizontal(
        pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in ("model", "rules")
    )
    moved = given.lazy().filter(is_other)
    parts = [_each(moved, side, sign) for side, sign in (("", 1), ("_before", -1))]
    summed = pl.concat(parts).group_by(_KEYS).agg(pl.col("persons", "points").sum())
    changes = summed.filter((pl.col("persons") != 0) | (pl.col("points") != 0)).collect()
    if changes.is_empty():
        return
    standing = {
        (row.model, row.rule): (row.persons, row.points)
        for row in connection.execute(
            select(_TABLE).where(_TABLE.c.model.in_(changes["model"].unique().to_list()))
        )
    }
    rows = []
    for model, rule, persons, points in changes.iter_rows():
        before = standing.get((model, rule), (0, 0))
        now = {"persons": before[0] + persons, "points": before[1] + points}
        rows.append({"model": model, "rule": rule, **now})
    keep(connection, _TABLE, rows, keys=_KEYS)


def _each(moved: pl.LazyFrame, side: str, sign: int) -> pl.LazyFrame:
    """Return a row per person and rule."""
    pair = pl.col("pair").str.splitn(":", 2).struct
    return (
        moved.select(
            pl.col(f"model{side}").alias("model"),
            pl.col(f"rules{side}").str.split(",").alias("pair"),
        )
        .explode("pair")
        .filter(pl.col("pair").str.len_bytes() > 0)
        .select(
            "model",
            pair.field("field_0").cast(pl.Int64).alias("rule"),
            pl.lit(sign, pl.Int64).alias("persons"),
            (pair.field("field_1").cast(pl.Int64) * sign).alias("points"),
        )
    )
