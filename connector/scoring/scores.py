"""Scores: numbers over dimensions, a person's decision in their place, and their rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.conditions.compiler import compile_expression
from connector.domain.frames import OVERRIDE_PREFIX, exact_column
from connector.domain.rounding import round_expr
from connector.scoring.columns import computed_column
from connector.scoring.fixed import to_fixed, to_float, total
from connector.scoring.matching import holds

if TYPE_CHECKING:
    from connector.scoring.model import Model, Score


def with_scores(frame: pl.LazyFrame, model: Model) -> pl.LazyFrame:
    """Add every score as computed, exact (a person's decision wins) and rounded."""
    scores = model.scores.values()
    return (
        frame.with_columns(
            _computed(each, model).alias(computed_column(each.name)) for each in scores
        )
        .with_columns(_decided(each.name).alias(exact_column(each.name)) for each in scores)
        .with_columns(
            round_expr(pl.col(exact_column(each.name)), each.digits).alias(each.name)
            for each in scores
        )
    )


def _computed(score: Score, model: Model) -> pl.Expr:
    """Return the clamped formula; NULL for NaN, infinite, and outside the population."""
    if score.formula is None:
        number = to_float(total(to_fixed(pl.col(name)) for name in model.dimensions))
    else:
        number = compile_expression(score.formula).cast(pl.Float64)
    clamped = _never_minus_zero(number.clip(score.low, score.high))
    return pl.when(number.is_finite() & holds(score.population)).then(clamped)


def _decided(score: str) -> pl.Expr:
    override = pl.col(f"{OVERRIDE_PREFIX}{score}")
    decided = pl.when(override.is_finite()).then(_never_minus_zero(override))
    return pl.coalesce(decided, computed_column(score))


def _never_minus_zero(number: pl.Expr) -> pl.Expr:
    # To add 0.0 takes the sign away in some frames, of one row for instance, and not in others.
    return pl.when(number == 0.0).then(0.0).otherwise(number)
