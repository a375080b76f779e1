"""Contributions: the engine's result that scores are summed from and explanations are read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import CONTACT, CONTRIBUTION_SCHEMA, OVERRIDE_PREFIX, exact_column
from connector.scoring.columns import (
    LIMIT,
    OVERRIDE,
    computed_column,
    points_column,
    total_column,
)
from connector.scoring.fixed import to_float

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.scoring.model import Dimension, Model
    from connector.scoring.rules.effect import Effect

_IS_DECIDED = "_is_decided"
"""Whether a person decided: told also where it is what was computed."""


def detail_columns(model: Model, effects: Mapping[str, Effect]) -> dict[str, pl.Expr]:
    """Return the columns that `contributions` needs beside the answer's."""
    inner = [
        *(points_column(name) for name in model.rules),
        *(total_column(name) for name in model.dimensions),
        *(computed_column(name) for name in model.scores),
        *(f"{OVERRIDE_PREFIX}{name}" for name in model.scores),
    ]
    return {name: pl.col(name) for name in inner} | {
        f"_{what}:{name}": value
        for name, effect in effects.items()
        for what, value in (
            ("raw_points", to_float(effect.raw_points)),
            ("events", effect.events.cast(pl.Int64)),
            ("first_at", effect.first_at),
            ("last_at", effect.last_at),
        )
    }


def contributions(frame: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Return why each contact of `frame` has its points, as CONTRIBUTION_SCHEMA, by contact.

    Rules come as declared, then limits, then persons' decisions. What gives nothing and has no
    events is left out.
    """
    parts = [
        *(_of_rule(name, rule.dimension) for name, rule in model.rules.items()),
        *(_of_limit(dimension) for dimension in model.dimensions.values()),
        *(_of_override(name) for name in model.scores),
    ]
    told = [_told(frame.lazy(), part) for part in parts]
    if not told:
        return pl.DataFrame(schema=CONTRIBUTION_SCHEMA)
    return pl.concat(told).sort(CONTACT, maintain_order=True).collect()


def _told(frame: pl.LazyFrame, part: dict[str, pl.Expr]) -> pl.LazyFrame:
    """Return one line for each contact of whom there is something to tell."""
    is_told = (pl.col("points") != 0) | (pl.col("events") > 0) | pl.col(_IS_DECIDED)
    lines = frame.select(CONTACT, **{_IS_DECIDED: pl.lit(False), **part}).filter(is_told)
    return lines.select(pl.col(name).cast(dtype) for name, dtype in CONTRIBUTION_SCHEMA.items())


def _of_rule(rule: str, dimension: str) -> dict[str, pl.Expr]:
    return {
        "rule": pl.lit(rule),
        "dimension": pl.lit(dimension),
        "raw_points": pl.col(f"_raw_points:{rule}").fill_null(0.0),
        "points": to_float(pl.col(points_column(rule))),
        "events": pl.col(f"_events:{rule}").fill_null(0),
        "first_at": pl.col(f"_first_at:{rule}"),
        "last_at": pl.col(f"_last_at:{rule}"),
    }


def _of_limit(dimension: Dimension) -> dict[str, pl.Expr]:
    cut = pl.col(dimension.name) - to_float(pl.col(total_column(dimension.name)))
    return _eventless(LIMIT, pl.lit(dimension.name), cut)


def _of_override(score: str) -> dict[str, pl.Expr]:
    """Tell a person's decision as the difference to what was computed."""
    override = pl.col(f"{OVERRIDE_PREFIX}{score}")
    moved = pl.col(exact_column(score)) - pl.col(computed_column(score)).fill_null(0.0)
    is_decided = override.is_not_null()
    entry = _eventless(OVERRIDE, pl.lit(None, pl.String), pl.when(is_decided).then(moved))
    return {**entry, _IS_DECIDED: is_decided}


def _eventless(rule: str, dimension: pl.Expr, points: pl.Expr) -> dict[str, pl.Expr]:
    nothing = pl.lit(None)
    return {
        "rule": pl.lit(rule),
        "dimension": dimension,
        "raw_points": pl.lit(0.0),
        "points": points,
        "events": pl.lit(0),
        "first_at": nothing,
        "last_at": nothing,
    }
