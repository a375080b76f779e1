from __future__ import annotations

from time import process_time
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.conditions.compiler import DTYPES, compile_expression
from connector.conditions.expression import ConditionError, Expression, Kind
from connector.conditions.parser import parse
from tests.properties.condition_texts import COLUMNS, expressions

LONGEST_SECONDS = 2.0
LINES = """
n m t p d ( ( ) ) , ; = <> != < <= > >= + - * / % ~ || :: . [ ] ? : @ $1 $$ ' \\ " ` -- /* */
AND OR NOT IN BETWEEN LIKE ILIKE ESCAPE IS NULL TRUE FALSE CASE WHEN THEN ELSE END CAST AS
DATE TIMESTAMP INTERVAL SELECT FROM WHERE DISTINCT OVER FILTER ANY ALL EXISTS COALESCE ROUND
LEAST LENGTH TRIM STARTS_WITH REGEXP_LIKE in_list NOW() RANDOM() text number 1 0.5 1e3 1e999
0x1F 'x' '2026-01-15' '%' '(' E'a' N'a' U&'a' é 😀 \0 { } # ^ & | !
"""
WORDS = LINES.split()

SOUP = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)
MUTANTS = st.builds(
    lambda text, place, cut, word: (
        text[: place % (len(text) + 1)] + word + text[place % (len(text) + 1) + cut :]
    ),
    st.sampled_from(Kind).flatmap(expressions),
    st.integers(0, 300),
    st.integers(0, 4),
    st.one_of(st.sampled_from(WORDS), st.text(max_size=2)),
)


def read(text: str) -> Expression | ConditionError:
    zone = ZoneInfo("Europe/Paris")
    try:
        return parse(text, COLUMNS, expect=Kind.BOOLEAN, timezone=zone, lists=True)
    except ConditionError as error:
        return error


@settings(max_examples=2_000, deadline=None)
@given(text=st.one_of(SOUP, MUTANTS, st.text(max_size=60)))
def test_any_text_is_an_expression_or_a_condition_error_and_soon(text: str) -> None:
    begun = process_time()

    outcome = read(text)

    assert process_time() - begun < LONGEST_SECONDS
    if isinstance(outcome, ConditionError):
        assert outcome.message
        assert outcome.position is None or 0 <= outcome.position <= len(text)
    elif not outcome.lists:
        schema = {name: DTYPES[kind] for name, kind in COLUMNS.items()}
        row = pl.DataFrame({name: [None] for name in COLUMNS}, schema=schema)
        assert row.filter(compile_expression(outcome)).height <= 1
