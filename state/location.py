"""Which database a URL means, and how to name it to people without its password."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from connector.errors import ConfigError, Problem, StateUnreachable

SETTING = "HEATSYNC_DATABASE_URL"
_HINT = "write sqlite:///heatsync.db or postgresql://user:password@host/name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where the state lives."""

    url: URL
    path: Path | None
    """The file; None on PostgreSQL."""

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a SQLite file."""
        return self.path is not None

    def copy_folder(self, cache: Path | None) -> Path | None:
        """Return where the columnar copy of its events is: beside a file, else in `cache`."""
        if self.path is not None:
            return self.path.with_name(f"{self.path.name}.events")
        if cache is None:
            return None
        place = f"{self.url.host}:{self.url.port}/{self.url.database}"
        digest = hashlib.sha256(place.encode()).hexdigest()
        return cache / f"{digest[:16]}.events"

    def __str__(self) -> str:
        """Return what people call it: the file, or the server's address without the password."""
        if self.path is not None:
            return str(self.path)
        return f"the PostgreSQL database {self.url.database!r} at {self.url.host or 'localhost'}"


def locate(text: str) -> Location:
    """Return the database that a URL means; raise ConfigError when it means none."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise _problem("is not a database URL") from None
    backend, _, driver = url.drivername.partition("+")
    if backend == "sqlite" and driver in {"", "pysqlite"}:
        return _file(url)
    if backend in {"postgresql", "postgres"} and driver in {"", "psycopg"}:
        return Location(url=url.set(drivername="postgresql+psycopg"), path=None)
    raise _problem(f"names the database {url.drivername!r}, which heatsync does not know")


def check_file(path: Path) -> None:
    """Raise StateUnreachable, saying why, when there can be no SQLite database at `path`.

    What it holds is for SQLite to say: to open and close the file by any other way ends all locks
    that this process has on it.
    """
    if path.is_dir():
        raise StateUnreachable(f"{path} is a folder, not a database")
    if not path.parent.is_dir():
        raise StateUnreachable(f"the folder {path.parent} for {path.name} does not exist")


def make_private(path: Path) -> None:
    """Make an empty file that its owner alone may read; one that is there stays as it is.

    SQLite gives the files that it makes beside it the same rights.
    """
    # Where none can be made, SQLite says why.
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _file(url: URL) -> Location:
    name = url.database
    if not name or name == ":memory:":
        raise _problem("names no file: what is kept in memory alone is lost at the end")
    if url.host or url.query:
        raise _problem("is not a database URL")
    return Location(url=url.set(drivername="sqlite+pysqlite"), path=Path(name))


def _problem(message: str) -> ConfigError:
    return ConfigError([Problem(path=SETTING, message=message, hint=_HINT)])
