"""Rounding as people do it on paper: to 9 decimals first, then halves away from zero.

1.005 is 1.01 at two digits, 2.675 is 2.68, 0.5 is 1, -0.5 is -1 and -0.4 is 0, never -0. Integers
do it: a double times a power of ten is not the number one sees.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from math import isfinite

import polars as pl

from connector.domain.arithmetic import quotient

MAX_DIGITS = 9
"""What is finer than this is noise of the arithmetic."""

_BILLION = 10**MAX_DIGITS
# What a fraction has below 2^-90 cannot reach half of a ninth decimal.
_FRACTION_BITS = 90
_EXACT_INTEGERS = 2**53
_DECIMAL = Context(prec=400, rounding=ROUND_HALF_UP)


def round_half_away(value: float, digits: int) -> float:
    """Return `value` with `digits` (0 to 9) decimals; NaN and infinities stay what they are.

    A double of 2^53 units of the last digit or more has none to lose and is returned unchanged.
    Raises ValueError on other digits.
    """
    _check(digits)
    if not isfinite(value) or abs(value) >= _EXACT_INTEGERS / 10**digits:
        return value
    billionths = _quantize(Decimal(value), MAX_DIGITS)
    # Decimal keeps the sign of a zero.
    return float(_quantize(billionths, digits)) + 0.0


def round_expr(value: pl.Expr, digits: int) -> pl.Expr:
    """Return the column of doubles `value` rounded as `round_half_away` does; NULL stays NULL.

    Raises ValueError on digits outside 0 to 9.
    """
    _check(digits)
    size = value.abs()
    whole = size.floor()
    fraction = ((size - whole) * 2.0**_FRACTION_BITS).cast(pl.Int128, strict=False)
    billionths = _nearest(fraction * pl.lit(_BILLION, pl.Int128), 2**_FRACTION_BITS, pl.Int128())
    tail = _nearest(billionths.cast(pl.Int64), 10 ** (MAX_DIGITS - digits), pl.Int64())
    units = whole.cast(pl.Int64, strict=False) * 10**digits + tail
    signed = pl.when(value < 0).then(-units).otherwise(units).cast(pl.Float64)
    rounded = quotient(signed, pl.lit(10.0**digits), along=[value]) if digits else signed
    return pl.when(size < _EXACT_INTEGERS / 10**digits).then(rounded).otherwise(value)


def _nearest(count: pl.Expr, unit: int, dtype: pl.DataType) -> pl.Expr:
    """Return how many `unit` are nearest to `count`, which is not negative; halves go up."""
    return (count + pl.lit(unit // 2, dtype)) // pl.lit(unit, dtype)


def _quantize(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), context=_DECIMAL)


def _check(digits: int) -> None:
    if not 0 <= digits <= MAX_DIGITS:
        raise ValueError(f"digits are 0 to {MAX_DIGITS}, not {digits}")
