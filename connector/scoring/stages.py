"""Stages: the bands of a score, which remember where a contact stood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import HELD_PREFIX
from connector.scoring.columns import stage_column

if TYPE_CHECKING:
    from connector.scoring.model import Model, Score

_NOWHERE = -1


def with_stages(frame: pl.LazyFrame, model: Model) -> pl.LazyFrame:
    """Add the stage of every score that has some."""
    return frame.with_columns(
        stage_of(score).alias(stage_column(score.name))
        for score in model.scores.values()
        if score.stages
    )


def stage_of(score: Score) -> pl.Expr:
    """Return the stage of a rounded score, given the one held; NULL where the score is NULL.

    It is the highest rung with score >= from, or standing at or below the one held with
    score >= leave_below, else the first; `up_only` never goes below the one held.
    """
    names = [rung.name for rung in score.stages]
    held = pl.col(f"{HELD_PREFIX}{score.name}").replace_strict(
        names, list(range(len(names))), default=_NOWHERE, return_dtype=pl.Int64
    )
    value = pl.col(score.name)
    standing = pl.lit(0, pl.Int64)
    for height, rung in enumerate(score.stages):
        is_held = (held >= height) & (value >= rung.leave_below)
        standing = pl.when((value >= rung.from_) | is_held).then(height).otherwise(standing)
    if score.is_up_only:
        standing = pl.max_horizontal(standing, held)
    name = standing.replace_strict(list(range(len(names))), names, return_dtype=pl.String)
    return pl.when(value.is_not_null()).then(name)
