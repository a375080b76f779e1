"""Errors of databases have the error of ours that says what to do, and hold no value."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from sqlalchemy import exc

from adapters.sql.failures import told, translated
from connector.errors import (
    AccessRefused,
    PlatformError,
    PlatformUnavailable,
    RejectedByPlatform,
    RightMissing,
    UnexpectedAnswer,
)

SECRET = "ann@example.com"


class OfPostgres(Exception):
    """An error of psycopg."""

    def __init__(self, state: str | None) -> None:
        super().__init__(f"it was {SECRET}")
        self.sqlstate = state


class OfMySQL(Exception):
    """An error of PyMySQL, which tells a number and a code."""

    def __init__(self, number: int, state: str, words: str = "") -> None:
        super().__init__(number, words)
        self.sqlstate = state


def of_sqlite(code: int, words: str = "it failed") -> sqlite3.Error:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    return error


def an_error(
    original: Exception, made: type[exc.DBAPIError] = exc.OperationalError
) -> exc.DBAPIError:
    return made("SELECT 1", None, original)


@pytest.mark.parametrize(
    ("original", "kind"),
    [
        (OfPostgres("08006"), PlatformUnavailable),
        (OfPostgres("57P01"), PlatformUnavailable),
        (OfPostgres("40P01"), PlatformUnavailable),
        (OfPostgres("53300"), PlatformUnavailable),
        (OfPostgres("28P01"), AccessRefused),
        (OfPostgres("42501"), RightMissing),
        (OfPostgres("25006"), RightMissing),
        (OfPostgres("42P01"), UnexpectedAnswer),
        (OfPostgres("3D000"), UnexpectedAnswer),
        (Exception(1049, "unknown database"), UnexpectedAnswer),
        (OfPostgres("57014"), UnexpectedAnswer),
        (OfPostgres("22P02"), UnexpectedAnswer),
        (OfPostgres("XX000"), UnexpectedAnswer),
        (OfPostgres(None), PlatformUnavailable),
        (Exception(1045, "denied"), AccessRefused),
        (OfMySQL(1205, "HY000"), PlatformUnavailable),
        (OfMySQL(1969, "70100"), UnexpectedAnswer),
        (OfMySQL(1290, "HY000"), RightMissing),
        (OfMySQL(9999, "42S02"), UnexpectedAnswer),
        (Exception(1142, "denied"), RightMissing),
        (Exception(1213, "deadlock"), PlatformUnavailable),
        (Exception(1146, "no table"), UnexpectedAnswer),
        (Exception(3024, "too long"), UnexpectedAnswer),
        (Exception("42S02", "[42S02] no table"), UnexpectedAnswer),
        (Exception("28000", "[28000] login failed"), AccessRefused),
        (Exception("HYT00", "timeout"), PlatformUnavailable),
        (OfPostgres("55P03"), PlatformUnavailable),
        (OfPostgres("25P03"), PlatformUnavailable),
        (Exception(1205, "lock wait"), PlatformUnavailable),
        (Exception(1792, "read only"), RightMissing),
        (of_sqlite(sqlite3.SQLITE_BUSY), PlatformUnavailable),
        (of_sqlite(sqlite3.SQLITE_READONLY | 1 << 8), RightMissing),
        (of_sqlite(sqlite3.SQLITE_CANTOPEN), UnexpectedAnswer),
        (of_sqlite(sqlite3.SQLITE_NOTADB), UnexpectedAnswer),
        (of_sqlite(sqlite3.SQLITE_ERROR, "no such table: a"), UnexpectedAnswer),
    ],
)
def test_an_error_has_its_meaning(original: Exception, kind: type[PlatformError]) -> None:
    error = translated(an_error(original), "shop", "read contacts")

    assert type(error) is kind
    assert (error.platform, error.operation) == ("shop", "read contacts")
    assert SECRET not in str(error)


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (exc.InterfaceError, PlatformUnavailable),
        (exc.OperationalError, PlatformUnavailable),
        (exc.ProgrammingError, UnexpectedAnswer),
        (exc.InternalError, UnexpectedAnswer),
        (exc.NotSupportedError, UnexpectedAnswer),
    ],
)
def test_of_a_database_that_nobody_knows_the_class_decides(
    made: type[exc.DBAPIError], kind: type[PlatformError]
) -> None:
    error = translated(an_error(Exception(SECRET), made), "shop", "check")

    assert type(error) is kind
    assert SECRET not in str(error)


@pytest.mark.parametrize(
    "original", [OfPostgres("22001"), OfPostgres("23514"), Exception(1406, SECRET)]
)
def test_a_value_that_a_table_does_not_take_is_the_fault_of_its_item(original: Exception) -> None:
    error = translated(an_error(original, exc.DataError), "shop", "write", writes=True)

    assert type(error) is RejectedByPlatform
    assert SECRET not in str(error)


@pytest.mark.parametrize(
    ("said", "kind", "told_as"),
    [
        (
            'connection to server at "h", port 5432 failed: FATAL:  database "nope" does not exist',
            UnexpectedAnswer,
            'there is no such database: FATAL: database "nope" does not exist',
        ),
        (
            'connection to server at "h" failed: FATAL:  role "u" does not exist',
            AccessRefused,
            'the database refuses the user or the password: FATAL: role "u" does not exist',
        ),
        (
            'connection to server at "h", port 1 failed: Connection refused\n\tIs it running?',
            PlatformUnavailable,
            "the database does not answer, or is busy: Connection refused",
        ),
    ],
)
def test_why_nobody_is_let_in_is_told(said: str, kind: type[PlatformError], told_as: str) -> None:
    original = psycopg.OperationalError(said)

    error = translated(exc.OperationalError(None, None, original), "shop", "check")

    assert (type(error), str(error)) == (kind, f"check: {told_as}")


def test_a_database_that_may_quote_values_is_not_repeated() -> None:
    original = Exception(1064, f"syntax error near '{SECRET}'")

    error = translated(exc.ProgrammingError("SELECT", {"x": SECRET}, original), "shop", "read")

    assert SECRET not in str(error)


def test_what_a_database_says_of_a_query_is_told() -> None:
    words = "no such column: coutry"

    error = translated(an_error(of_sqlite(sqlite3.SQLITE_ERROR, words)), "shop", "check")

    assert str(error) == f"check: the database refuses the statement: {words}"


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (ConnectionResetError("reset"), PlatformUnavailable),
        (exc.NoSuchTableError(SECRET), UnexpectedAnswer),
        (an_error(OfPostgres("08006")), PlatformUnavailable),
    ],
)
def test_whatever_is_raised_on_the_way_is_told(
    raised: Exception, kind: type[PlatformError]
) -> None:
    with pytest.raises(kind) as caught, told("shop", "read"):
        raise raised

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("original", [OfPostgres("25006"), of_sqlite(sqlite3.SQLITE_READONLY)])
def test_a_database_that_takes_no_writes_is_told_apart_from_a_query_that_writes(
    original: Exception,
) -> None:
    of_query = translated(an_error(original), "shop", "read contacts")
    of_write = translated(an_error(original), "shop", "write", writes=True)

    assert "a query only reads" in str(of_query)
    assert "the database takes no writes" in str(of_write)


def test_what_mysql_says_of_a_query_without_values_of_ours_is_told() -> None:
    original = OfMySQL(1054, "42S22", "Unknown column 'coutry' in 'SELECT'")

    plain = translated(exc.OperationalError("SELECT", {"limit": 1}, original), "shop", "check")
    with_text = translated(exc.OperationalError("SELECT", [SECRET], original), "shop", "check")

    assert str(plain).endswith("refuses the statement: Unknown column 'coutry' in 'SELECT'")
    assert str(with_text).endswith("refuses the statement (1054)")
