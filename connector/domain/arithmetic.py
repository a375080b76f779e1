"""Division that gives the same bits for one row as for a million."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence


def quotient(dividend: pl.Expr, divisor: pl.Expr, *, along: Sequence[pl.Expr]) -> pl.Expr:
    """Return `dividend / divisor` rounded once, as IEEE 754 has it, whatever the frame's height.

    A divisor of zero has no sign. `along` are the columns that both are computed from.
    """
    if not along:
        return dividend / divisor
    # Polars multiplies a column by the reciprocal of a divisor that is one value: a literal, a
    # column that a lazy plan made of one, even a CASE that took the same branch in every row. A
    # third of those results differ in their last bit. Adding a zero from each row makes the
    # divisor a column of its own. It also takes the sign from -0.0, which Polars keeps or loses
    # in `x + 0` depending on whether that zero is one value or a column.
    nulls = reduce(add, (column.is_null().cast(pl.Float64) for column in along))
    return dividend / (divisor + nulls * 0.0)


def remainder(dividend: pl.Expr, divisor: pl.Expr) -> pl.Expr:
    """Return what is left of `dividend`, with its sign, after whole divisors; exact as C's fmod.

    NaN for a divisor of zero and for an infinite dividend, as IEEE 754 has it.
    """
    # Polars' own `%` between expressions takes the divisor's sign and rounds on the way; its SQL
    # has the exact one, but only over named columns.
    return pl.struct(dividend.alias("dividend"), divisor.alias("divisor")).map_batches(
        _remainders, return_dtype=pl.Float64, is_elementwise=True
    )


def _remainders(pairs: pl.Series) -> pl.Series:
    return pairs.struct.unnest().select(pl.sql_expr("dividend % divisor")).to_series()
