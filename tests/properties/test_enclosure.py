"""Whatever a condition comes to while columns move lies in its enclosure."""

from __future__ import annotations

import math
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.conditions import intervals
from connector.conditions.compiler import DTYPES, compile_expression
from connector.conditions.enclosure import NoEnclosure, Value, enclose, known
from connector.conditions.expression import ConditionError, Expression, Kind
from connector.conditions.intervals import Number, Truth, between
from connector.conditions.parser import parse
from tests.properties.condition_texts import COLUMNS, ROWS, expressions

PARIS = ZoneInfo("Europe/Paris")
SCHEMA = {name: DTYPES[kind] for name, kind in COLUMNS.items()}
_points = st.one_of(
    st.sampled_from([0.0, 1.0, -1.0, 0.5, 3.0, 7.25, 1e3, 5e-324, 1e300, -1e308]),
    st.integers(-20, 20).map(float),
    st.floats(-1e6, 1e6),
)


@st.composite
def parsed(draw: st.DrawFn) -> Expression:
    kind = draw(st.sampled_from([Kind.NUMBER, Kind.BOOLEAN]))
    try:
        return parse(draw(expressions(kind)), COLUMNS, expect=kind, timezone=PARIS)
    except ConditionError:
        return parse("n > 1", COLUMNS, expect=Kind.BOOLEAN, timezone=PARIS)


def contains(enclosed: Value, outcome: Any) -> bool:  # noqa: ANN401 - a number or a truth
    may = int(enclosed.may.reshape(-1)[0]) if enclosed.may.ndim else int(enclosed.may)
    if outcome is None:
        return bool(may & intervals.NULL)
    if isinstance(enclosed, Truth):
        return bool(may & (intervals.TRUE if outcome else intervals.FALSE))
    if math.isnan(outcome):
        return bool(may & intervals.NAN)
    is_between = bool(np.all(enclosed.low <= outcome) and np.all(outcome <= enclosed.high))
    return bool(may & intervals.VALUE) and is_between


@settings(max_examples=600, deadline=None)
@given(
    expression=parsed(),
    rows=ROWS,
    spans=st.fixed_dictionaries(
        {name: st.lists(_points, min_size=2, max_size=5) for name in ("n", "m")}
    ),
    moving=st.sampled_from([("n",), ("n", "m")]),
)
def test_an_enclosure_contains_every_outcome(
    expression: Expression,
    rows: list[dict[str, Any]],
    spans: dict[str, list[float]],
    moving: tuple[str, ...],
) -> None:
    try:
        enclosure = enclose(expression, moving, "_k")
    except NoEnclosure:
        return
    frame = pl.DataFrame(rows[:1], schema=SCHEMA)
    columns: dict[str, Value] = {
        name: between(np.array([min(spans[name])]), np.array([max(spans[name])])) for name in moving
    }
    constants = frame.select(**enclosure.constants)
    columns |= {name: known(constants[name]) for name in enclosure.constants}

    with np.errstate(all="ignore"):
        enclosed = enclosure.value(columns)

    for place in range(max(map(len, spans.values()))):
        inside = {name: spans[name][place % len(spans[name])] for name in moving}
        moved = frame.with_columns(**{name: pl.lit(value) for name, value in inside.items()})
        outcome = moved.select(outcome=compile_expression(expression))["outcome"][0]
        assert contains(enclosed, outcome), (expression.text, inside, enclosed, outcome)
    assert isinstance(enclosed, Number if expression.kind is Kind.NUMBER else Truth)
