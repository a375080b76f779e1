"""Stored values become columns of the declared types."""

from __future__ import annotations

import pytest

from connector.domain.values import FieldType
from state.decoding import columns, fitted

TEXT, NUMBER = FieldType.TEXT, FieldType.NUMBER
BOOLEAN, DATETIME = FieldType.BOOLEAN, FieldType.DATETIME


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (12, TEXT, "12"),
        (12.0, TEXT, "12"),
        (12.5, TEXT, "12.5"),
        (1e300, TEXT, "1e+300"),
        (True, TEXT, "true"),
        (False, TEXT, "false"),
        ({"a": 1}, TEXT, None),
        ([1], TEXT, None),
        (None, TEXT, None),
        (3, NUMBER, 3.0),
        (True, NUMBER, None),
        ("3", NUMBER, 3.0),
        ("three", NUMBER, None),
        (10**400, NUMBER, None),
        (float("nan"), NUMBER, None),
        (1, BOOLEAN, True),
        (0.0, BOOLEAN, False),
        (2.0, BOOLEAN, None),
        ("yes", BOOLEAN, True),
        ("maybe", BOOLEAN, None),
        (7, DATETIME, 7),
        (7.0, DATETIME, 7_000_000),
        (True, DATETIME, None),
        (2**63, DATETIME, None),
        ("2026-01-15", DATETIME, 1_768_435_200_000_000),
        ("yesterday", DATETIME, None),
    ],
)
def test_a_value_fits_or_is_null(value: object, kind: FieldType, expected: object) -> None:
    found = fitted(value, kind)

    assert (type(found), found) == (type(expected), expected)


def test_no_rows_are_columns_of_their_types() -> None:
    found = columns([], {"a": TEXT, "b": DATETIME})

    assert [(column.name, len(column), str(column.dtype)) for column in found] == [
        ("a", 0, "String"),
        ("b", 0, "Datetime(time_unit='us', time_zone='UTC')"),
    ]


def test_half_a_surrogate_pair_is_read_as_no_character() -> None:
    (found,) = columns(['{"a":"x\\ud83dy"}', '{"a":"\\ud83d\\udd25"}'], {"a": TEXT})

    assert found.to_list() == ["x\ufffdy", "🔥"]
