from __future__ import annotations

import math
import struct
from decimal import ROUND_HALF_UP, Context, Decimal

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connector.domain.rounding import MAX_DIGITS, round_expr, round_half_away

DIGITS = st.integers(0, MAX_DIGITS)
NEAR_HALVES = st.builds(
    lambda whole, digits, noise: (whole + 0.5) / 10**digits + noise,
    st.integers(-(10**6), 10**6),
    st.integers(0, 9),
    st.sampled_from([0.0, 4e-10, -4e-10, 5e-10, 6e-10, 1e-12, -1e-12]),
)
VALUES = st.one_of(st.floats(), st.floats(-1e4, 1e4), NEAR_HALVES)


def bits(value: float | None) -> bytes | str | None:
    return value if value is None else "NaN" if math.isnan(value) else struct.pack("d", value)


def on_paper(value: float, digits: int) -> Decimal:
    """Round the decimal text of `value` twice, with the decimal library alone."""
    context = Context(prec=1200, rounding=ROUND_HALF_UP)
    billionths = Decimal(value).quantize(Decimal("1e-9"), context=context)
    return billionths.quantize(Decimal(1).scaleb(-digits), context=context)


@settings(max_examples=300, deadline=None)
@given(values=st.lists(st.one_of(st.none(), VALUES), min_size=1, max_size=20), digits=DIGITS)
def test_a_column_is_rounded_as_each_of_its_values(values: list[float | None], digits: int) -> None:
    expected = [None if value is None else bits(round_half_away(value, digits)) for value in values]
    frame = pl.LazyFrame({"x": values}, schema={"x": pl.Float64()}).select(
        round_expr(pl.col("x"), digits)
    )

    eager = frame.collect(engine="in-memory").to_series().to_list()
    streamed = frame.collect(engine="streaming").to_series().to_list()

    assert list(map(bits, eager)) == expected
    assert list(map(bits, streamed)) == expected


@settings(max_examples=500, deadline=None)
@given(value=VALUES.filter(math.isfinite), digits=DIGITS)
@example(value=4503599627370495.5, digits=0)
@example(value=0.0049999995, digits=2)
def test_rounding_is_the_double_nearest_to_what_paper_gives(value: float, digits: int) -> None:
    assert round_half_away(value, digits) == float(on_paper(value, digits))


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(1.005, 2, 1.01), (2.675, 2, 2.68), (0.5, 0, 1.0), (-0.5, 0, -1.0), (16.9999999999, 0, 17.0)],
)
def test_halves_go_away_from_zero_on_the_decimal_text(
    value: float, digits: int, expected: float
) -> None:
    assert round_half_away(value, digits) == expected


@pytest.mark.parametrize("value", [-0.4, -0.0, -1e-12])
def test_zero_has_no_sign(value: float) -> None:
    assert bits(round_half_away(value, 0)) == bits(0.0)


@pytest.mark.parametrize("value", [1e15, -1e300, math.inf, -math.inf, math.nan])
def test_what_has_no_digits_to_lose_stays(value: float) -> None:
    assert bits(round_half_away(value, 2)) == bits(value)


@pytest.mark.parametrize("digits", [-1, 10])
def test_digits_outside_zero_to_nine_are_refused(digits: int) -> None:
    with pytest.raises(ValueError, match="digits are 0 to 9"):
        round_expr(pl.col("x"), digits)
