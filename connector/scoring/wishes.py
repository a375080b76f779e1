"""The truth of what targets and triggers ask: lists, tags, and one-off actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.scoring.conditions import wishes
from connector.scoring.matching import holds

if TYPE_CHECKING:
    import polars as pl

    from connector.conditions.expression import Expression
    from connector.scoring.model import Model


def conditions(model: Model) -> dict[str, Expression]:
    """Return the conditions of lists, tags and triggers by the column of their truth."""
    return {each.column: each.when for each in wishes(model)}


def with_conditions(frame: pl.LazyFrame, model: Model) -> pl.LazyFrame:
    """Add whether each of them holds; NULL is false."""
    return frame.with_columns(**{name: holds(when) for name, when in conditions(model).items()})
