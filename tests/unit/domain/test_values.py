"""Typed values: every rule of cells, and hostile ones."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connector.domain.values import (
    FieldType,
    Misfit,
    Value,
    from_stored,
    read_value,
    to_stored,
)

TEN = datetime(2026, 1, 15, 10, tzinfo=UTC)
TEXT, NUMBER, BOOLEAN = FieldType.TEXT, FieldType.NUMBER, FieldType.BOOLEAN
DATETIME, EMAIL = FieldType.DATETIME, FieldType.EMAIL


@pytest.mark.parametrize("kind", list(FieldType))
@pytest.mark.parametrize("raw", [None, "", "   ", "\t\n", "\u00a0"], ids=repr)
def test_blank_is_nothing(raw: object, kind: FieldType) -> None:
    assert read_value(raw, kind) is None


@pytest.mark.parametrize(
    ("raw", "kind", "expected"),
    [
        (" hello ", TEXT, "hello"),
        (12, TEXT, "12"),
        (10**20, TEXT, "100000000000000000000"),
        (1.5, TEXT, "1.5"),
        (True, TEXT, "true"),
        (False, TEXT, "false"),
        ("=SUM(A1)", TEXT, "=SUM(A1)"),
        ("12", NUMBER, 12.0),
        (" 1.5 ", NUMBER, 1.5),
        ("+.5", NUMBER, 0.5),
        ("5.", NUMBER, 5.0),
        ("-1e-3", NUMBER, -0.001),
        (7, NUMBER, 7.0),
        (7.25, NUMBER, 7.25),
        ("true", BOOLEAN, True),
        ("TRUE", BOOLEAN, True),
        ("1", BOOLEAN, True),
        (1, BOOLEAN, True),
        ("Yes", BOOLEAN, True),
        ("false", BOOLEAN, False),
        ("0", BOOLEAN, False),
        (0, BOOLEAN, False),
        ("no", BOOLEAN, False),
        (True, BOOLEAN, True),
        ("2026-01-15T10:00:00Z", DATETIME, TEN),
        (1768471200, DATETIME, TEN),
        (TEN, DATETIME, TEN),
        (" Ann@X.org", EMAIL, "ann@x.org"),
    ],
)
def test_a_value_is_read_with_its_type(raw: object, kind: FieldType, expected: Value) -> None:
    read = read_value(raw, kind)

    assert (type(read), read) == (type(expected), expected)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ([], TEXT),
        ({"a": 1}, TEXT),
        (b"bytes", TEXT),
        ("twelve", NUMBER),
        ("1,5", NUMBER),
        ("1 000", NUMBER),
        ("1_000", NUMBER),
        ("0x1F", NUMBER),
        ("nan", NUMBER),
        ("inf", NUMBER),
        ("-Infinity", NUMBER),
        ("1e999", NUMBER),
        (10**400, NUMBER),
        (float("nan"), NUMBER),
        (float("inf"), NUMBER),
        (True, NUMBER),
        (Decimal(1), NUMBER),
        ("٣", NUMBER),
        ("e5", NUMBER),
        (".", NUMBER),
        ("maybe", BOOLEAN),
        ("2", BOOLEAN),
        (2, BOOLEAN),
        (1.0, BOOLEAN),
        ("on", BOOLEAN),
        ([], BOOLEAN),
        ("yesterday", DATETIME),
        (True, DATETIME),
        ("no address", EMAIL),
        (12, EMAIL),
    ],
    ids=lambda each: repr(each)[:20],
)
def test_what_does_not_fit_is_refused_without_repeating_it(raw: object, kind: FieldType) -> None:
    with pytest.raises(Misfit) as caught:
        read_value(raw, kind)

    assert str(caught.value).startswith("is ")
    if isinstance(raw, str) and len(raw) > 3:
        assert raw not in str(caught.value)


@pytest.mark.parametrize("length", [1_000, 100_000])
@pytest.mark.parametrize("kind", [NUMBER, DATETIME, BOOLEAN, EMAIL])
def test_huge_texts_are_refused_at_once(length: int, kind: FieldType) -> None:
    with pytest.raises(Misfit):
        read_value("9" * length + "x", kind)


@pytest.mark.parametrize(
    ("value", "kind"),
    [("a", TEXT), (1.5, NUMBER), (True, BOOLEAN), (TEN, DATETIME), ("a@x.org", EMAIL)],
    ids=[each.value for each in (TEXT, NUMBER, BOOLEAN, DATETIME, EMAIL)],
)
def test_a_value_comes_back_as_it_was_stored(value: Value, kind: FieldType) -> None:
    assert from_stored(to_stored(value), kind) == value


def test_a_whole_number_is_a_number_again_after_json() -> None:
    assert isinstance(from_stored(5, NUMBER), float)
