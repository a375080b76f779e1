from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from connector.conditions import reference
from connector.conditions.expression import Kind
from connector.conditions.nodes import Function
from connector.conditions.parser import parse
from connector.conditions.words import FUNCTIONS, IN_LIST, KEYWORDS, RESERVED, SIGNS, TYPES

ENTRIES = (*reference.OPERATORS, *reference.FUNCTIONS, *reference.LITERALS, *reference.TYPES)
COLUMNS = {name: Kind(kind) for name, kind in reference.EXAMPLE_COLUMNS.items()}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_example_of_the_reference_can_be_read(entry: reference.Entry) -> None:
    expression = parse(
        entry.example, COLUMNS, expect=Kind.BOOLEAN, timezone=ZoneInfo("UTC"), lists=True
    )

    assert expression.kind is Kind.BOOLEAN


def test_the_reference_names_the_functions_that_the_parser_takes_and_no_others() -> None:
    named = {entry.name for entry in reference.FUNCTIONS} | {"TRY_CAST"}

    assert named == FUNCTIONS | {IN_LIST}
    assert {function.value for function in Function} <= named


def test_the_reference_shows_every_keyword_and_sign() -> None:
    entries = (*reference.OPERATORS, *reference.FUNCTIONS, *reference.LITERALS)
    shown = " ".join(entry.form for entry in entries)

    assert {word for word in KEYWORDS if word not in shown} == set()
    assert {sign for sign in SIGNS if sign not in shown} == set()


def test_the_reference_names_every_type() -> None:
    named = {word for entry in reference.TYPES for word in entry.form.split(", ")}

    assert named == set(TYPES)


def test_no_keyword_can_be_a_name() -> None:
    assert {word.lower() for word in KEYWORDS} <= RESERVED
