"""Where a database is: its URL, and how it is named to people, without the password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic import SecretStr
    from sqlalchemy import URL

_SECRETS = frozenset({"password", "passwd", "pwd", "sslpassword", "token", "access_token"})
_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
"""What is meant by the name of a database alone."""


class BadLocation(ValueError):
    """A URL that names no database; the message repeats nothing of it."""


def checked_url(text: str) -> str:
    """Return `text`; raises ValueError unless it names a database, and no password."""
    url = _parsed(text)
    texts = [str(each).lower() for each in url.query.values()]
    if url.password or _SECRETS & {name.lower() for name in url.query} or _holds_password(texts):
        msg = (
            "a password has no place in this file: set "
            "HEATSYNC_PLATFORMS__<NAME>__PASSWORD instead, or all of the URL as "
            "HEATSYNC_PLATFORMS__<NAME>__DATABASE_URL"
        )
        raise ValueError(msg)
    return text


def locate(text: str | None, secrets: Mapping[str, SecretStr], folder: Path) -> URL:
    """Return the URL of a database; a relative file of SQLite starts at `folder`.

    A URL among the secrets takes the place of `text`. Raises BadLocation.
    """
    whole = secrets.get("database_url")
    url = _parsed(whole.get_secret_value() if whole else text or "")
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    if password := secrets.get("password"):
        url = url.set(password=password.get_secret_value())
    if url.get_backend_name() != "sqlite":
        return url
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise BadLocation("names no file (write sqlite:///shop.db)")
    return url.set(database=str(folder / url.database))


def shown(url: URL) -> str:
    """Return what people call it: the file, or the database and its host."""
    backend = url.get_backend_name()
    if backend == "sqlite":
        return str(url.database)
    return f"{url.database or backend} at {url.host}" if url.host else f"{url.database or backend}"


def _parsed(text: str) -> URL:
    try:
        return make_url(text.strip())
    except (ArgumentError, ValueError):
        msg = "is no URL of a database (write postgresql://user@host/name or sqlite:///shop.db)"
        raise BadLocation(msg) from None


def _holds_password(texts: list[str]) -> bool:
    return any("pwd=" in each or "password=" in each for each in texts)
