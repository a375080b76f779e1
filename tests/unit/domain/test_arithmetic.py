from __future__ import annotations

import math

import polars as pl
import pytest

from connector.domain.arithmetic import quotient, remainder

X, Y = pl.col("x"), pl.col("y")
ALWAYS_THREE = pl.when(X > 1e9).then(2.0).otherwise(3.0)


@pytest.mark.parametrize("height", [1, 2, 1_000])
@pytest.mark.parametrize(
    "divisor", [pl.lit(3.0), ALWAYS_THREE, Y], ids=["literal", "one branch", "column of a plan"]
)
def test_a_quotient_is_rounded_once_however_the_divisor_came_about(
    divisor: pl.Expr, height: int
) -> None:
    values = [place * 0.37 - 50 for place in range(height)]
    plan = pl.LazyFrame({"x": values}).with_columns(y=pl.lit(3.0))

    got = plan.select(quotient(X, divisor, along=[X])).collect().to_series().to_list()

    assert got == [value / 3.0 for value in values]


@pytest.mark.parametrize(
    ("dividend", "divisor", "expected"),
    [(1.0, 0.0, math.inf), (-1.0, 0.0, -math.inf), (1.0, -0.0, math.inf), (None, 2.0, None)],
)
def test_a_divisor_of_zero_has_no_sign(
    dividend: float | None, divisor: float, expected: float | None
) -> None:
    frame = pl.DataFrame(
        {"x": [dividend], "y": [divisor]}, schema={"x": pl.Float64, "y": pl.Float64}
    )

    assert frame.select(quotient(X, Y, along=[X, Y])).item() == expected


@pytest.mark.parametrize(
    ("dividend", "divisor"), [(7.0, 3.0), (-7.0, 3.0), (7.0, -3.0), (1.0, 0.1), (1e17, 3.0)]
)
def test_a_remainder_is_exact_and_has_the_sign_of_the_dividend(
    dividend: float, divisor: float
) -> None:
    frame = pl.DataFrame({"x": [dividend] * 2})

    got = frame.select(remainder(X, pl.lit(divisor))).to_series().to_list()

    assert got == [math.fmod(dividend, divisor)] * 2
