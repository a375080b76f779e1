"""Every error of a database becomes one of ours, and tells nothing of what is stored."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import DBAPIError

from connector.errors import StaleWrite, StateBusy, StateError, StateForbidden, StateUnreachable
from state.failures import translated

SECRET = "ann@example.com"


def _sqlite(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError(f"constraint failed: {SECRET}")
    error.sqlite_errorcode = code
    error.sqlite_errorname = "SQLITE_X"
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(_sqlite(sqlite3.SQLITE_BUSY), StateBusy, id="busy"),
        pytest.param(_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), StateBusy, id="busy snapshot"),
        pytest.param(_sqlite(sqlite3.SQLITE_FULL), StateUnreachable, id="disk full"),
        pytest.param(_sqlite(sqlite3.SQLITE_IOERR_READ), StateUnreachable, id="disk error"),
        pytest.param(_sqlite(sqlite3.SQLITE_READONLY), StateUnreachable, id="read only"),
        pytest.param(_sqlite(sqlite3.SQLITE_CONSTRAINT), StateError, id="constraint"),
        pytest.param(sqlite3.ProgrammingError(SECRET), StateError, id="no code"),
        pytest.param(errors.SerializationFailure(SECRET), StaleWrite, id="serialization"),
        pytest.param(errors.DeadlockDetected(SECRET), StaleWrite, id="deadlock"),
        pytest.param(errors.LockNotAvailable(SECRET), StateBusy, id="lock timeout"),
        pytest.param(errors.UniqueViolation(SECRET), StateError, id="unique"),
    ],
)
def test_an_error_is_told_by_what_can_be_done_about_it(
    error: BaseException, expected: type[StateError]
) -> None:
    found = translated(DBAPIError("INSERT", {"email": SECRET}, error), "heatsync.db")

    assert type(found) is expected
    assert SECRET not in str(found)


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(psycopg.OperationalError("connection refused"), id="no answer"),
        pytest.param(errors.AdminShutdown("terminating connection"), id="shutdown"),
        pytest.param(errors.InvalidPassword("password authentication failed"), id="password"),
        pytest.param(errors.InvalidCatalogName('database "x" does not exist'), id="no database"),
        pytest.param(errors.DiskFull("could not extend file"), id="disk full"),
    ],
)
def test_a_server_that_cannot_be_used_says_why(error: psycopg.Error) -> None:
    found = translated(DBAPIError("SELECT 1", None, error), "the PostgreSQL database 'x' at h")

    assert isinstance(found, StateUnreachable)
    assert str(found) == f"the PostgreSQL database 'x' at h does not answer: {error}"


def test_a_right_that_is_missing_is_named_with_its_cure() -> None:
    refused = errors.InsufficientPrivilege("permission denied for schema public")

    found = translated(DBAPIError("CREATE TABLE", {"email": SECRET}, refused), "the database")

    assert type(found) is StateForbidden
    assert found.exit_code == 78
    assert "permission denied for schema public" in str(found)
    assert "ALTER DATABASE ... OWNER TO" in str(found)
