"""Sums that are the same bit for bit in whatever order they are made.

Numbers are added as 128-bit integers that count 2^-56ths. Every double of 1/16 or more is such a
number exactly, so that a sum of points is the true sum, rounded once. A single number is held
within 2^47 (1.4e14): sixteen million of the largest can be added before anything overflows.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

UNIT = 2.0**-56
"""What the integers count."""
_PER_ONE = 2.0**56
_LARGEST = 2.0**103

ZERO = pl.lit(0, pl.Int128)


def to_fixed(number: pl.Expr) -> pl.Expr:
    """Return a Float64 column as integers to be added, cut towards zero; NULL and NaN are NULL."""
    return (number * _PER_ONE).clip(-_LARGEST, _LARGEST).cast(pl.Int128, strict=False)


def constant(number: float) -> pl.Expr:
    """Return one finite number as an integer to be added."""
    held = max(-_LARGEST, min(_LARGEST, number * _PER_ONE))
    return pl.lit(int(held), pl.Int128)


def to_float(fixed: pl.Expr) -> pl.Expr:
    """Return the nearest Float64 of an integer sum; it is never minus zero."""
    return fixed.cast(pl.Float64) * UNIT


def total(parts: Iterable[pl.Expr]) -> pl.Expr:
    """Return the sum of integer columns, nothing being zero."""
    terms = list(parts) or [ZERO]
    while len(terms) > 1:  # a flat tree: Polars is slow with deep ones
        pairs = zip_longest(terms[::2], terms[1::2], fillvalue=ZERO)
        terms = [one + other for one, other in pairs]
    return terms[0]
