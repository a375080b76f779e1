"""The truth of what targets and triggers ask: lists, tags, and one-off actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.frames import target_list_column, target_tag_column, trigger_column
from connector.scoring.matching import holds

if TYPE_CHECKING:
    import polars as pl

    from connector.conditions.expression import Expression
    from connector.scoring.model import Model


def conditions(model: Model) -> dict[str, Expression]:
    """Return the conditions of lists, tags and triggers by the column of their truth."""
    lists = {
        target_list_column(target.platform, each.name): each.when
        for target in model.targets.values()
        for each in target.lists
    }
    tags = {
        target_tag_column(target.platform, name): when
        for target in model.targets.values()
        for name, when in target.tags.items()
    }
    return {**lists, **tags, **{trigger_column(t.name): t.when for t in model.triggers.values()}}


def with_conditions(frame: pl.LazyFrame, model: Model) -> pl.LazyFrame:
    """Add whether each of them holds; NULL is false."""
    return frame.with_columns(**{name: holds(when) for name, when in conditions(model).items()})
