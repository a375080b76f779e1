"""What strangers write cannot make a condition think for ever."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import polars as pl
import pytest

from connector.conditions.compiler import compile_expression
from connector.conditions.expression import Kind
from connector.conditions.parser import parse


@pytest.mark.parametrize(
    "condition",
    [
        "title ~ '(a+)+$'",
        "title ~ '(a|aa)*b'",
        "REGEXP_LIKE(title, '(.*)*c')",
        "title LIKE '%a%a%a%a%a%a%a%a%a%a%b'",
    ],
)
def test_a_pattern_that_goes_back_over_a_text_elsewhere_reads_it_once_here(condition: str) -> None:
    expression = parse(
        condition, {"title": Kind.TEXT}, expect=Kind.BOOLEAN, timezone=ZoneInfo("UTC")
    )
    texts = pl.DataFrame({"title": ["a" * 20_000 + "!"]})

    assert texts.filter(compile_expression(expression)).is_empty()
