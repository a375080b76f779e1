"""Dimensions: the sums of their contributions, held between floor and cap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.scoring.columns import points_column, total_column
from connector.scoring.fixed import to_float, total

if TYPE_CHECKING:
    from connector.scoring.model import Model


def with_dimensions(frame: pl.LazyFrame, model: Model) -> pl.LazyFrame:
    """Add the sum of every dimension in fixed point, and its value."""
    sums = (
        total(
            pl.col(points_column(rule.name))
            for rule in model.rules.values()
            if rule.dimension == name
        ).alias(total_column(name))
        for name in model.dimensions
    )
    values = (
        to_float(pl.col(total_column(each.name))).clip(each.floor, each.cap).alias(each.name)
        for each in model.dimensions.values()
    )
    return frame.with_columns(*sums).with_columns(*values)
