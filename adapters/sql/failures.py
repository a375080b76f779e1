"""What a database's own errors mean to us. No value of a row and no password gets into a message.

Standard codes (SQLSTATE) are known of PostgreSQL and of drivers of ODBC, numbers of MySQL and
SQLite. Of any other database the kind of the error decides.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import contextmanager
from enum import Enum, auto
from typing import TYPE_CHECKING

from sqlalchemy import exc

from connector.errors import (
    AccessRefused,
    PlatformError,
    PlatformUnavailable,
    RejectedByPlatform,
    RightMissing,
    UnexpectedAnswer,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Code = str | int | None


class Kind(Enum):
    """What went wrong, and what follows from it."""

    AWAY = auto()
    CLASH = auto()
    ENDED = auto()
    KEY = auto()
    LOCKED = auto()
    RIGHT = auto()
    READS = auto()
    PLACE = auto()
    QUERY = auto()
    SLOW = auto()
    VALUE = auto()
    OTHER = auto()


_SAYINGS: Mapping[Kind, tuple[type[PlatformError], str]] = {
    Kind.AWAY: (PlatformUnavailable, "the database does not answer, or is busy"),
    Kind.CLASH: (PlatformUnavailable, "another transaction was in the way"),
    Kind.ENDED: (PlatformUnavailable, "somebody ended the statement"),
    Kind.LOCKED: (
        PlatformUnavailable,
        "somebody else keeps what is asked for locked, such as by a transaction that was left open",
    ),
    Kind.KEY: (AccessRefused, "the database refuses the user or the password"),
    Kind.RIGHT: (RightMissing, "the user lacks a right"),
    Kind.READS: (RightMissing, "what is asked for changes something, and a query only reads"),
    Kind.PLACE: (UnexpectedAnswer, "there is no such database"),
    Kind.QUERY: (UnexpectedAnswer, "the database refuses the statement"),
    Kind.SLOW: (
        UnexpectedAnswer,
        "the database took longer than `timeout` allows (ask for less, or let it take longer)",
    ),
    Kind.VALUE: (UnexpectedAnswer, "a value does not fit what the statement does with it"),
    Kind.OTHER: (UnexpectedAnswer, "the database failed"),
}
_STATES: Mapping[str, Kind] = {
    **dict.fromkeys(("08", "53", "55", "57", "58", "HYT"), Kind.AWAY),
    "28": Kind.KEY,
    "42501": Kind.RIGHT,
    "25006": Kind.READS,
    "3D": Kind.PLACE,
    **dict.fromkeys(("42", "3F", "0A", "26", "21"), Kind.QUERY),
    "25P03": Kind.AWAY,
    "40": Kind.CLASH,
    "55P03": Kind.LOCKED,
    "57014": Kind.SLOW,
    **dict.fromkeys(("22", "23"), Kind.VALUE),
    **dict.fromkeys(("25", "54", "XX"), Kind.OTHER),
}
"""By the beginning of the code; the longest one counts."""
_NUMBERS: Mapping[int, Kind] = {
    **dict.fromkeys((1040, 1203, 2002, 2003, 2006, 2013, 4031), Kind.AWAY),
    1205: Kind.LOCKED,
    1213: Kind.CLASH,
    **dict.fromkeys((1044, 1045, 1698), Kind.KEY),
    **dict.fromkeys((1142, 1143, 1227, 1370), Kind.RIGHT),
    **dict.fromkeys((1290, 1792, 1836), Kind.READS),
    1049: Kind.PLACE,
    **dict.fromkeys((1052, 1054, 1060, 1064, 1146), Kind.QUERY),
    **dict.fromkeys((1969, 3024), Kind.SLOW),
    **dict.fromkeys((1048, 1062, 1264, 1292, 1366, 1406, 3819, 4025), Kind.VALUE),
}
_SQLITE: Mapping[int, Kind] = {
    **dict.fromkeys((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED), Kind.LOCKED),
    **dict.fromkeys((sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL), Kind.AWAY),
    **dict.fromkeys((sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH), Kind.RIGHT),
    sqlite3.SQLITE_READONLY: Kind.READS,
    sqlite3.SQLITE_ERROR: Kind.QUERY,
    **dict.fromkeys(
        (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH), Kind.VALUE
    ),
}
_SQLITE_SAYS: Mapping[int, str] = {
    sqlite3.SQLITE_BUSY: "another program keeps the file locked (while it is in WAL mode, whoever "
    "reads waits for nobody)",
    sqlite3.SQLITE_CANTOPEN: "there is no such file, or it may not be opened",
    sqlite3.SQLITE_NOTADB: "the file is no SQLite database",
    sqlite3.SQLITE_CORRUPT: "the file is damaged",
}
_CONNECTING: Mapping[str, Kind] = {
    'database "': Kind.PLACE,
    **dict.fromkeys(("authentication", 'role "', "no password", "pg_hba.conf"), Kind.KEY),
}
"""What PostgreSQL says to whom it does not let in, of which drivers tell no code."""
_ENDED = "user request"
"""What PostgreSQL says of a statement that somebody ended, under the code of its time limit."""
_TOLD = frozenset(Kind) - {Kind.SLOW, Kind.VALUE, Kind.OTHER}
"""What a database says of these names no row."""
_LONGEST = 300
_BRACKET = "(\n"
"""What stands before the query of the configuration in each statement about it."""


@contextmanager
def told(platform: str, operation: str, *, writes: bool = False) -> Iterator[None]:
    """Turn what a database raises into a PlatformError.

    A value that it refuses is the item's fault where it `writes`, else the query's.
    """
    try:
        yield
    except exc.DBAPIError as error:
        raise translated(error, platform, operation, writes=writes) from None
    except exc.SQLAlchemyError as error:
        text = f"{operation}: the database cannot be used as it is ({type(error).__name__})"
        raise UnexpectedAnswer(text, platform=platform, operation=operation) from None
    except OSError as error:
        text = f"{operation}: {_SAYINGS[Kind.AWAY][1]}"
        raise PlatformUnavailable(text, platform=platform, operation=operation) from error


def translated(
    error: exc.DBAPIError, platform: str, operation: str, *, writes: bool = False
) -> PlatformError:
    """Return the error of ours that says what one of a database means."""
    kind = kind_of(error)
    made, saying = _SAYINGS[kind]
    if kind is Kind.VALUE and writes:
        made, saying = RejectedByPlatform, "the table does not take a value"
    if kind is Kind.READS and writes:
        saying = "the database takes no writes, as a replica or a protected file does"
    own = _own_words(error) if kind in _TOLD else None
    code = _code(error)
    if isinstance(error.orig, sqlite3.Error) and isinstance(code, int):
        saying = _SQLITE_SAYS.get(code, saying)
    details = f": {own}" if own else f" ({code or type(error).__name__})"
    return made(f"{operation}: {saying}{details}", platform=platform, operation=operation)


def kind_of(error: exc.DBAPIError) -> Kind:
    """Return what an error of a database says."""
    code = _code(error)
    if isinstance(error.orig, sqlite3.Error):
        return _SQLITE.get(code, Kind.OTHER) if isinstance(code, int) else Kind.OTHER
    if isinstance(code, int) and code in _NUMBERS:
        return _NUMBERS[code]
    if isinstance(code, str):
        known = [length for length in (5, 3, 2) if code[:length] in _STATES]
        if known:
            kind = _STATES[code[: known[0]]]
            is_ended = kind is Kind.SLOW and _ENDED in str(error.orig)
            return Kind.ENDED if is_ended else kind
    return _by_class(error)


def is_clash(error: exc.DBAPIError) -> bool:
    """Return whether a transaction was given up for another one, and may begin anew."""
    return kind_of(error) is Kind.CLASH


def _by_class(error: exc.DBAPIError) -> Kind:
    if error.connection_invalidated or isinstance(error, exc.InterfaceError):
        return Kind.AWAY
    if isinstance(error, exc.OperationalError):
        said = str(error.orig)
        return next((kind for word, kind in _CONNECTING.items() if word in said), Kind.AWAY)
    if isinstance(error, (exc.DataError, exc.IntegrityError)):
        return Kind.VALUE
    return Kind.QUERY if isinstance(error, exc.ProgrammingError) else Kind.OTHER


def _code(error: exc.DBAPIError) -> Code:
    """Return the code that the database gives its error, where the driver tells it."""
    original = error.orig
    if isinstance(original, sqlite3.Error):
        # Errors of the module itself have none.
        return getattr(original, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & 0xFF
    state = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)
    first = original.args[0] if original is not None and original.args else None
    # MySQL has one code for many numbers: HY000 is a lock, a lack of room and much more.
    if isinstance(state, str) and first not in _NUMBERS:
        return state
    is_state = isinstance(first, str) and len(first) == len("42000") and first.isalnum()
    return first if is_state or isinstance(first, int) else None


def _own_words(error: exc.DBAPIError) -> str | None:
    """Return what the database says: names that the configuration holds, no row."""
    original = error.orig
    words: object = None
    if isinstance(original, sqlite3.Error):
        words = str(original)
    elif (diagnosis := getattr(original, "diag", None)) is not None:
        words = getattr(diagnosis, "message_primary", None)
        if words is None and error.statement is None:
            # Where it was reached by, and behind that what it says.
            words = str(original).rpartition("failed: ")[2].partition("\n")[0]
    elif original is not None and _has_no_text(error.params):
        # Some drivers put values into the statement, of which the database quotes a part.
        words = next((each for each in original.args[1:] if isinstance(each, str)), None)
    if not isinstance(words, str) or not words:
        return None
    said = " ".join(words.split())[:_LONGEST]
    return f"{said}{_place(error)}"


def _has_no_text(values: object) -> bool:
    """Return whether there are no values but numbers of ours, as that of a limit."""
    each = values.values() if isinstance(values, dict) else values
    return not values or (
        isinstance(each, Iterable) and all(isinstance(value, int) for value in each)
    )


def _place(error: exc.DBAPIError) -> str:
    """Return where in the query of the configuration it is, as far as the database says so."""
    diagnosis = getattr(error.orig, "diag", None)
    position = getattr(diagnosis, "statement_position", None)
    statement = error.statement or ""
    # What stands in front of the query holds no placeholder, which would be spelled otherwise.
    start = statement.find(_BRACKET) + len(_BRACKET)
    if not position or start < len(_BRACKET):
        return ""
    behind = statement[start:].replace("%%", "%")
    place = int(position) - 1 - start
    if not 0 <= place < len(behind):
        return ""
    lines = behind[:place].split("\n")
    return f" (line {len(lines)}, column {len(lines[-1]) + 1} of the query)"
