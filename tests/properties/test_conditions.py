from __future__ import annotations

import math
import struct
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.conditions.compiler import DTYPES, compile_expression
from connector.conditions.expression import ConditionError, Expression, Kind
from connector.conditions.parser import parse
from tests.properties.condition_evaluator import Row, evaluate
from tests.properties.condition_texts import COLUMNS, ROWS, expressions

PARIS = ZoneInfo("Europe/Paris")
SCHEMA = {name: DTYPES[kind] for name, kind in COLUMNS.items()}


@st.composite
def parsed(draw: st.DrawFn) -> Expression:
    kind = draw(st.sampled_from(Kind))
    text = draw(expressions(kind))
    try:
        return parse(text, COLUMNS, expect=kind, timezone=PARIS)
    except ConditionError as error:
        if "too large" not in error.message:
            raise
        return parse("p", COLUMNS, expect=Kind.BOOLEAN, timezone=PARIS)


def bits(value: Any) -> Any:  # noqa: ANN401 - a value of any kind
    """Return the bits of a double; adding zero takes the sign from zero, which means nothing."""
    if not isinstance(value, float):
        return value
    return "NaN" if math.isnan(value) else struct.pack("d", value + 0.0)


def outcomes(frame: pl.DataFrame, expression: Expression, engine: Any) -> list[Any]:  # noqa: ANN401
    plan = frame.lazy().with_columns(outcome=compile_expression(expression))
    column = plan.collect(engine=engine)["outcome"]
    assert column.dtype == DTYPES[expression.kind]
    return list(map(bits, column.to_list()))


@settings(max_examples=400, deadline=None)
@given(expression=parsed(), rows=ROWS)
def test_a_condition_means_what_a_naive_reading_of_it_means(
    expression: Expression, rows: list[Row]
) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA)

    got = outcomes(frame, expression, "in-memory")

    assert got == [bits(evaluate(expression.node, row)) for row in rows]


@settings(max_examples=200, deadline=None)
@given(expression=parsed(), rows=ROWS)
def test_one_row_or_many_and_any_engine_give_the_same_bits(
    expression: Expression, rows: list[Row]
) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA)
    many = pl.concat([frame] * 70)

    alone = [outcomes(frame[place], expression, "in-memory") for place in range(len(rows))]
    expected = [outcome for row in alone for outcome in row]

    assert outcomes(many, expression, "in-memory") == expected * 70
    assert outcomes(many, expression, "streaming") == expected * 70
    eager = many.with_columns(outcome=compile_expression(expression))["outcome"]
    assert list(map(bits, eager.to_list())) == expected * 70


@settings(max_examples=200, deadline=None)
@given(expression=parsed(), rows=ROWS)
def test_a_column_that_a_plan_made_of_one_value_changes_no_bit(
    expression: Expression, rows: list[Row]
) -> None:
    first = {name: pl.lit(value, SCHEMA[name]) for name, value in rows[0].items() if name != "n"}
    plan = pl.DataFrame(rows, schema=SCHEMA).lazy().with_columns(**first)
    frame = pl.DataFrame([{**rows[0], "n": row["n"]} for row in rows], schema=SCHEMA)

    got = plan.with_columns(outcome=compile_expression(expression)).collect()["outcome"]

    assert list(map(bits, got.to_list())) == outcomes(frame, expression, "in-memory")


@pytest.mark.parametrize("divisor", [3.0, 7.0, 10.0, 0.1, 49.0])
@pytest.mark.parametrize("height", [1, 2, 10_000])
def test_division_by_a_literal_is_rounded_once(divisor: float, height: int) -> None:
    values = [place * 0.37 - 50 for place in range(height)]
    frame = pl.DataFrame({"n": values})
    expression = parse(f"n / {divisor}", COLUMNS, expect=Kind.NUMBER, timezone=PARIS)

    got = frame.select(compile_expression(expression)).to_series().to_list()

    assert got == [value / divisor for value in values]
