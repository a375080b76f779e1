"""Grades: where a contact stands in a matrix of two values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.rounding import round_expr

if TYPE_CHECKING:
    from connector.scoring.model import Grade, Model, Side

_THRESHOLD_DIGITS = 9


def with_grades(frame: pl.LazyFrame, model: Model) -> pl.LazyFrame:
    """Add every grade: the row's label, then the column's."""
    return frame.with_columns(_cell(grade).alias(grade.name) for grade in model.grades.values())


def _cell(grade: Grade) -> pl.Expr:
    return pl.concat_str(_band(grade.rows), _band(grade.columns))


def _band(side: Side) -> pl.Expr:
    """Return the label of the highest threshold reached, else the lowest; NULL for no value."""
    value = round_expr(pl.col(side.of), _THRESHOLD_DIGITS)
    rising = sorted(side.bands, key=lambda band: band[1])
    label = pl.lit(rising[0][0])
    for name, threshold in rising[1:]:
        label = pl.when(value >= threshold).then(pl.lit(name)).otherwise(label)
    return pl.when(value.is_not_null()).then(label)
