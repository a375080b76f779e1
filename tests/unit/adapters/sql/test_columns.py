"""A value is written as its column has it, and compared as it comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import types
from sqlalchemy.dialects import mysql

from adapters.sql.columns import (
    TYPES,
    fitted,
    fitted_key,
    is_same,
    key_type,
    kind_of_type,
    read_as,
    unpadded,
)
from connector.domain.values import FieldType, Misfit, Written

AT = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)
NAIVE = AT.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("value", "column", "written"),
    [
        (None, types.Integer(), None),
        ("hot", types.Text(), "hot"),
        (Decimal("41.50"), types.Double(), 41.5),
        (Decimal("41.50"), types.Numeric(5, 2), Decimal("41.50")),
        (Decimal(41), types.Integer(), 41),
        (Decimal("-0.0"), types.Text(), "0.0"),
        (Decimal("41.50"), types.String(), "41.50"),
        (True, types.Boolean(), True),
        (True, types.SmallInteger(), 1),
        (False, types.Text(), "false"),
        (AT, types.DateTime(timezone=True), AT),
        (AT, types.DateTime(), NAIVE),
        (AT, types.Text(), "2026-01-15T10:30:00Z"),
    ],
)
def test_a_value_is_written_as_its_column_has_it(
    value: Written, column: types.TypeEngine[object], written: object
) -> None:
    found = fitted(value, column)

    assert (found, type(found)) == (written, type(written))


@pytest.mark.parametrize(
    ("value", "column"),
    [
        (Decimal("41.5"), types.Integer()),
        (Decimal(1), types.Boolean()),
        ("hot", types.Double()),
        (AT, types.Date()),
        (True, types.DateTime()),
        ("x", types.LargeBinary()),
        (Decimal("9999.95"), types.Numeric(5, 1)),
        (Decimal(-1000), types.Numeric(3)),
        (Decimal("1e300"), types.Numeric(5, 1)),
    ],
)
def test_one_of_another_kind_is_told_with_the_type(
    value: Written, column: types.TypeEngine[object]
) -> None:
    with pytest.raises(Misfit, match=type(column).__name__.upper()):
        fitted(value, column)


def test_a_text_that_is_longer_than_its_column_is_told() -> None:
    with pytest.raises(Misfit, match="takes 3 characters"):
        fitted("warm", types.String(3))


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        (41.5, Decimal("41.50")),
        (1, True),
        (AT, NAIVE + timedelta(milliseconds=400)),
        ("hot", "hot"),
        (None, None),
    ],
)
def test_what_comes_back_is_the_same_however_a_driver_has_it(written: object, seen: object) -> None:
    assert is_same(written, seen)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        (41.5, 41),
        ("hot", "Hot"),
        (0, None),
        (None, 0),
        (AT, NAIVE + timedelta(seconds=1)),
        ("1", 1),
    ],
)
def test_anything_else_is_not(written: object, seen: object) -> None:
    assert not is_same(written, seen)


def test_a_key_is_a_number_where_ids_are() -> None:
    assert isinstance(key_type(int), types.BigInteger)
    assert isinstance(key_type(str), types.String)
    assert isinstance(key_type(None), types.String)
    assert fitted_key("17", types.BigInteger()) == 17
    assert fitted_key("17", types.String(255)) == "17"


@pytest.mark.parametrize(
    ("remote_id", "column"),
    [
        ("c-17", types.BigInteger()),
        ("017", types.BigInteger()),
        ("1_7", types.BigInteger()),
        ("a" * 256, types.String(255)),
    ],
)
def test_an_id_that_its_column_cannot_hold_is_a_misfit(
    remote_id: str, column: types.TypeEngine[object]
) -> None:
    with pytest.raises(Misfit):
        fitted_key(remote_id, column)


@pytest.mark.parametrize("kind", FieldType)
def test_a_column_that_is_made_is_of_the_type_it_is_made_for(kind: FieldType) -> None:
    made = kind_of_type(TYPES[kind])

    assert made is (FieldType.TEXT if kind is FieldType.EMAIL else kind)


@pytest.mark.parametrize(
    ("column", "kind", "text"),
    [
        (mysql.TINYINT(display_width=1), FieldType.BOOLEAN, "BOOL"),
        (mysql.TINYINT(), FieldType.NUMBER, "TINYINT"),
        (mysql.DOUBLE(), FieldType.NUMBER, "DOUBLE"),
        (mysql.DECIMAL(5, 1), FieldType.NUMBER, "DECIMAL(5, 1)"),
    ],
)
def test_a_column_of_mysql_is_read_as_what_it_was_made_for(
    column: types.TypeEngine[Any], kind: FieldType, text: str
) -> None:
    found = read_as(column)

    assert kind_of_type(found) is kind
    assert found.compile(dialect=mysql.dialect()) == text
    if isinstance(found, types.Double):
        assert not found.asdecimal


@pytest.mark.parametrize("column", [types.CHAR(6), mysql.CHAR(6)])
def test_blanks_that_pad_a_text_are_no_part_of_it(column: types.TypeEngine[Any]) -> None:
    assert unpadded("hot   ", column) == "hot"
    assert fitted("hot ", column) == "hot"
    assert unpadded("hot ", types.VARCHAR(6)) == "hot "
