from __future__ import annotations

import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from connector.conditions.compiler import compile_expression
from connector.conditions.expression import Kind
from connector.conditions.parser import parse
from connector.domain.frames import in_list_column
from tests.unit.conditions.bench import COLUMNS, holds, read, value, value_of

NAN = math.nan


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("amount = 1", None),
        ("NOT amount = 1", None),
        ("amount = 1 AND FALSE", False),
        ("amount = 1 OR TRUE", True),
        ("amount IS NULL", True),
        ("amount IS NOT NULL", False),
        ("is_machine IS TRUE", None),
        ("is_machine IS NOT TRUE", None),
        ("1 IN (amount, 1)", True),
        ("1 IN (amount, 2)", None),
        ("1 NOT IN (amount, 2)", None),
        ("title LIKE '%'", None),
        ("CASE WHEN amount = 1 THEN TRUE ELSE FALSE END", False),
    ],
)
def test_null_is_neither_true_nor_false(text: str, outcome: bool | None) -> None:
    assert holds(text) is outcome


@pytest.mark.parametrize(
    "text", ["amount >= 40", "amount = amount", "amount <> 1", "amount IN (1)", "NOT amount < 1"]
)
def test_a_comparison_with_nan_is_null(text: str) -> None:
    assert holds(text, amount=NAN) is None


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("7 / 2", 3.5),
        ("amount / 0", math.inf),
        ("-amount / 0", -math.inf),
        ("-7 % 3", -1.0),
        ("7 % -3", 1.0),
        ("5.5 % 2", 1.5),
        ("1 % 0.1", math.fmod(1, 0.1)),
        ("-amount - -2", 1.0),
        ("2 + 3 * 4 - 10 / 4", 11.5),
        ("0.1 + 0.2", 0.1 + 0.2),
        ("LEAST(NULL, amount, 3)", 1.0),
        ("amount / -quantity", math.inf),
        ("GREATEST(amount, 3, 0 / quantity)", 3.0),
        ("ABS(-amount)", 1.0),
        ("FLOOR(-1.5)", -2.0),
        ("CEIL(-1.5)", -1.0),
        ("ROUND(0.125, 2)", 0.12),
        ("ROUND(2.675, 2)", 2.68),
        ("ROUND(0.5)", 0.0),
        ("ROUND(-1.5)", -2.0),
        ("NULLIF(amount, 1)", None),
        ("COALESCE(NULL, amount)", 1.0),
        ("CASE amount WHEN 1 THEN 10 WHEN 1 THEN 20 END", 10.0),
        ("CASE WHEN amount > 1 THEN 10 END", None),
        ("LENGTH('né\U0001f600')", 3.0),
    ],
)
def test_arithmetic_and_functions_of_numbers(text: str, outcome: float | None) -> None:
    assert value(text, amount=1.0, quantity=0.0) == outcome


@pytest.mark.parametrize(
    ("pattern", "text", "outcome"),
    [
        ("ceo", "ceo", True),
        ("ceo", "the ceo", False),
        ("%ceo%", "the ceo", True),
        ("ceo%", "the ceo", False),
        ("%ceo", "the ceo", True),
        ("%CEO%", "the ceo", False),
        ("c_o", "ceo", True),
        ("c_o", "co", False),
        ("c_o", "c\no", True),
        ("%a%b%", "1a\n2b3", True),
        ("a.c", "abc", False),
        ("a.c%d", "a.cxd", True),
        (r"\d_%", r"\d1", True),
        ("[a]%_", "[a]x", True),
        ("%", "", True),
        ("", "", True),
        ("", "x", False),
        ("_", "\U0001f600", True),
        ("a%_", "a\n", True),
        ("a_", "a\n\n", False),
    ],
)
def test_like_compares_the_whole_text(pattern: str, text: str, outcome: bool) -> None:
    assert holds(f"title LIKE '{pattern}'", title=text) is outcome
    assert holds(f"title NOT LIKE '{pattern}'", title=text) is not outcome


@pytest.mark.parametrize(("text", "outcome"), [("50%", True), ("50x", False), ("50!", False)])
def test_an_escaped_wildcard_stands_for_itself(text: str, outcome: bool) -> None:
    assert holds("title LIKE '50!%' ESCAPE '!'", title=text) is outcome


@pytest.mark.parametrize("text", ["Directrice Générale", "GÉNÉRAL", "général"])
def test_ilike_has_no_regard_to_case(text: str) -> None:
    assert holds("title ILIKE '%génér%'", title=text) is True


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("title ~ '^a.c$'", True),
        ("title ~ 'B'", False),
        ("REGEXP_LIKE(title, '(?i)B')", True),
        ("STARTS_WITH(title, 'ab')", True),
        ("STARTS_WITH(title, url)", None),
        ("UPPER(title) = 'ABC'", True),
        ("LOWER('ABC') = title", True),
        ("TRIM('  abc ') = title", True),
        ("title < 'abd'", True),
        ("title IN ('x', 'abc')", True),
    ],
)
def test_conditions_on_texts(text: str, outcome: bool | None) -> None:
    assert holds(text, title="abc") is outcome


@pytest.mark.parametrize(
    ("text", "kind", "outcome"),
    [
        ("CAST('12' AS NUMBER)", Kind.NUMBER, 12.0),
        ("CAST(' 1.5e1 ' AS DOUBLE)", Kind.NUMBER, 15.0),
        ("CAST('nan' AS NUMBER)", Kind.NUMBER, None),
        ("CAST('inf' AS NUMBER)", Kind.NUMBER, None),
        ("CAST('1e400' AS NUMBER)", Kind.NUMBER, None),
        ("CAST('0x1F' AS NUMBER)", Kind.NUMBER, None),
        ("CAST('1 2' AS NUMBER)", Kind.NUMBER, None),
        ("TRY_CAST('x' AS NUMBER)", Kind.NUMBER, None),
        ("CAST('12.0' AS INTEGER)", Kind.NUMBER, None),
        ("CAST(-1.9 AS INTEGER)", Kind.NUMBER, -1.0),
        ("CAST(TRUE AS NUMBER)", Kind.NUMBER, 1.0),
        ("CAST(12 AS TEXT)", Kind.TEXT, "12"),
        ("CAST(-0.0 AS TEXT)", Kind.TEXT, "0"),
        ("CAST(1.5 AS TEXT)", Kind.TEXT, "1.5"),
        ("CAST(amount / 0 AS TEXT)", Kind.TEXT, None),
        ("CAST(TRUE AS TEXT)", Kind.TEXT, "true"),
        ("CAST(DATE '2026-01-15' AS TEXT)", Kind.TEXT, "2026-01-14T23:00:00Z"),
        ("CAST('Yes' AS BOOLEAN)", Kind.BOOLEAN, True),
        ("CAST('0' AS BOOLEAN)", Kind.BOOLEAN, False),
        ("CAST('maybe' AS BOOLEAN)", Kind.BOOLEAN, None),
        ("CAST(2 AS BOOLEAN)", Kind.BOOLEAN, True),
    ],
)
def test_a_cast_that_cannot_be_is_null(text: str, kind: Kind, outcome: object) -> None:
    assert value(text, kind, amount=1.0) == outcome


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-15", datetime(2026, 1, 14, 23, tzinfo=UTC)),
        ("2026-07-15 10:00", datetime(2026, 7, 15, 8, tzinfo=UTC)),
        ("2026-07-15T10:00:01.5+0530", datetime(2026, 7, 15, 4, 30, 1, 500_000, UTC)),
        ("2026-07-15T10:00:00Z", datetime(2026, 7, 15, 10, tzinfo=UTC)),
        ("2026-07-15T10:00:00-01", datetime(2026, 7, 15, 11, tzinfo=UTC)),
        ("2026-03-29 02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("2026-10-25 02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-02-30", None),
        ("2026-01-15 24:00", None),
        ("2026-01-15 10:00+25:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_text_becomes_an_instant_on_the_local_clock(text: str, instant: datetime | None) -> None:
    assert value("CAST(title AS TIMESTAMP)", Kind.INSTANT, title=text) == instant


@pytest.mark.parametrize(
    ("zone", "instant", "midnight"),
    [
        (
            "Europe/Paris",
            datetime(2026, 3, 29, 12, tzinfo=UTC),
            datetime(2026, 3, 28, 23, tzinfo=UTC),
        ),
        (
            "Europe/Paris",
            datetime(2026, 3, 28, 23, tzinfo=UTC),
            datetime(2026, 3, 28, 23, tzinfo=UTC),
        ),
        # There is no midnight on this day: the clock goes from 23:59:59 to 01:00.
        (
            "America/Sao_Paulo",
            datetime(2018, 11, 4, 12, tzinfo=UTC),
            datetime(2018, 11, 4, 3, tzinfo=UTC),
        ),
    ],
)
def test_a_date_is_the_local_midnight(zone: str, instant: datetime, midnight: datetime) -> None:
    expression = read("CAST(seen AS DATE)", Kind.INSTANT, timezone=zone)

    assert value_of(expression, seen=instant) == midnight


def test_a_date_literal_equals_the_date_of_its_instants() -> None:
    seen = datetime(2026, 1, 15, 10, tzinfo=UTC)

    assert holds("CAST(seen AS DATE) = DATE '2026-01-15'", seen=seen) is True
    assert holds("seen BETWEEN DATE '2026-01-15' AND DATE '2026-01-16'", seen=seen) is True


def test_a_membership_is_a_column_of_its_own() -> None:
    expression = read("NOT in_list('crm', 'Leads chauds')", lists=True)
    frame = pl.DataFrame({in_list_column("crm", "Leads chauds"): [True, False, None]})

    assert frame.select(compile_expression(expression)).to_series().to_list() == [
        False,
        True,
        None,
    ]


def test_one_bad_value_never_spoils_a_batch() -> None:
    text = "CAST(title AS NUMBER) > 10 OR CAST(title AS TIMESTAMP) > DATE '2026-01-01'"
    frame = pl.DataFrame({"title": ["x", "11", None, "", "2026-02-02", "9" * 400, "\U0001f600"]})

    got = frame.select(compile_expression(read(text))).to_series().to_list()

    assert got == [None, True, None, None, True, None, None]


@pytest.mark.parametrize(
    "text",
    [
        "0 = amount",
        "'x' = title",
        "NULLIF('x', title) = 'y'",
        "0 IN (amount, 1)",
        "CAST(0 AS TEXT) = title",
        "title <> CAST(0 AS TEXT)",
        "CASE 'x' WHEN title THEN TRUE END",
        "0 BETWEEN amount AND 1",
    ],
)
def test_a_constant_left_of_a_column_without_values_keeps_the_rows(text: str) -> None:
    frame = pl.DataFrame(
        {"amount": [None] * 3, "title": [None] * 3},
        schema={"amount": pl.Float64(), "title": pl.String()},
    ).with_columns(amount=pl.lit(None, pl.Float64()), title=pl.lit(None, pl.String()))

    assert frame.lazy().with_columns(o=compile_expression(read(text))).collect().height == 3


def test_conditions_run_on_no_rows_at_all() -> None:
    text = "amount % 2 = 1 OR ROUND(amount / 3, 2) > 1 OR CAST(title AS DATE) < seen"
    expression = parse(text, COLUMNS, expect=Kind.BOOLEAN, timezone=ZoneInfo("UTC"))
    schema = {"amount": pl.Float64(), "title": pl.String(), "seen": pl.Datetime("us", "UTC")}

    assert pl.DataFrame(schema=schema).filter(compile_expression(expression)).height == 0
