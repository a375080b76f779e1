"""Ceilings shared by the rules that name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.arithmetic import quotient
from connector.scoring.columns import cooled_column, points_column
from connector.scoring.fixed import to_fixed, to_float, total

if TYPE_CHECKING:
    from connector.scoring.model import Model


def with_groups(frame: pl.LazyFrame, model: Model) -> pl.LazyFrame:
    """Add the points of every rule after its group's factor."""
    factors = {name: _factor(model, name).alias(_factor_column(name)) for name in model.groups}
    return frame.with_columns(*factors.values()).with_columns(
        _share(name, rule.group).alias(points_column(name)) for name, rule in model.rules.items()
    )


def _factor(model: Model, group: str) -> pl.Expr:
    """Return min(1, abs(cap) / abs(sum)) over the rules that name `group`, 1 for no points."""
    members = (name for name, rule in model.rules.items() if rule.group == group)
    size = to_float(total(pl.col(cooled_column(name)) for name in members)).abs()
    most = float(abs(model.groups[group]))
    return pl.when(size > most).then(quotient(pl.lit(most), size, along=[size]))


def _share(rule: str, group: str | None) -> pl.Expr:
    cooled = pl.col(cooled_column(rule))
    if group is None:
        return cooled
    factor = pl.col(_factor_column(group))
    held = to_fixed(to_float(cooled) * factor)
    return pl.when(factor.is_null()).then(cooled).otherwise(held)


def _factor_column(group: str) -> str:
    return f"_factor:{group}"
