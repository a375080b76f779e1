"""The engine's wide frames against the long ones that are kept; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import (
    CONTACT,
    DECISION_SCHEMA,
    HELD_PREFIX,
    IS_EXCLUDED,
    NEXT_CHANGE_AT,
    OVERRIDE_PREFIX,
    SCORE_SCHEMA,
    exact_column,
)
from connector.scoring.columns import millionths_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.scoring.model import Model


def memory(
    model: Model, contacts: Sequence[int], current: pl.DataFrame, overrides: pl.DataFrame
) -> pl.LazyFrame:
    """Return what the engine has to remember: stages held, and overrides in force.

    One row per contact; all columns are there, empty or not.
    """
    frame = pl.LazyFrame({CONTACT: contacts}, schema={CONTACT: pl.Int64()})
    held_before, overridden = current.lazy(), overrides.lazy()
    for name, each in model.scores.items():
        if each.stages:
            held = held_before.filter(pl.col("name") == name).select(
                CONTACT, pl.col("stage").alias(f"{HELD_PREFIX}{name}")
            )
            frame = frame.join(held, on=CONTACT, how="left")
        chosen = overridden.filter(pl.col("name") == name).select(
            CONTACT, pl.col("value").alias(f"{OVERRIDE_PREFIX}{name}")
        )
        frame = frame.join(chosen, on=CONTACT, how="left")
    return frame


def long_scores(model: Model, results: pl.DataFrame) -> pl.DataFrame:
    """Return scores and grades as SCORE_SCHEMA says, those that are NULL left out."""
    scored = results.filter(~pl.col(IS_EXCLUDED))
    parts = [pl.DataFrame(schema=SCORE_SCHEMA)]
    for name, each in model.scores.items():
        stage = pl.col(f"{name}_stage") if each.stages else pl.lit(None, dtype=pl.String())
        parts.append(
            scored.select(
                CONTACT,
                pl.lit(name).alias("name"),
                pl.col(exact_column(name)).alias("value"),
                pl.col(name).alias("rounded"),
                stage.alias("stage"),
            ).drop_nulls("value")
        )
    nothing = pl.lit(None, dtype=pl.Float64())
    parts.extend(
        scored.select(
            CONTACT,
            pl.lit(name).alias("name"),
            nothing.alias("value"),
            nothing.alias("rounded"),
            pl.col(name).alias("stage"),
        ).drop_nulls("stage")
        for name in model.grades
    )
    return pl.concat(parts)


def decisions(model: Model, results: pl.DataFrame) -> pl.DataFrame:
    """Return one row per contact as DECISION_SCHEMA says; excluded ones have no dimensions."""
    dimensions = (
        pl.struct(list(model.dimensions)).struct.json_encode()
        if model.dimensions
        else pl.lit("{}", dtype=pl.String())
    )
    return results.select(
        CONTACT,
        pl.when(~pl.col(IS_EXCLUDED)).then(dimensions).alias("dimensions"),
        NEXT_CHANGE_AT,
        _rules(model).alias("rules"),
    ).cast(DECISION_SCHEMA)


def _rules(model: Model) -> pl.Expr:
    """Return what rules give as DECISION_SCHEMA says, empty for nothing."""
    given = [
        (f"{place}:", pl.col(millionths_column(name)))
        for place, name in enumerate(sorted(model.rules))
    ]
    if not given:
        return pl.lit("")
    return pl.concat_str(
        (
            pl.when(millionths != 0).then(pl.concat_str(pl.lit(place), millionths))
            for place, millionths in given
        ),
        separator=",",
        ignore_nulls=True,
    )
