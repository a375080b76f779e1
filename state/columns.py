"""Column types: the same bytes and the same order on SQLite and PostgreSQL."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Integer, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator

from connector.domain.instants import from_micros, to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Dialect

_ESCAPE = "\ufdd0"
_UNFIT = re.compile("[\x00\ud800-\udfff\ufdd0]")
_ESCAPED = re.compile(f"{_ESCAPE}([0-9a-f]{{4}})")
_HALF_PAIR = re.compile("[\ud800-\udfff]")


def storable(text: str) -> str:
    """Return `text` as both databases can hold it.

    PostgreSQL refuses NUL, UTF-8 has no half surrogate pairs, and both arrive in what strangers
    send. They are written as a noncharacter and four digits, and come back by `restored`.
    """
    if text.isascii() and "\x00" not in text:
        return text
    return _UNFIT.sub(lambda found: f"{_ESCAPE}{ord(found[0]):04x}", text)


def is_plain(texts: Sequence[str | None]) -> bool:
    """Return whether all of these are held as they are, as most are."""
    together = "".join(filter(None, texts))
    return together.isascii() and "\x00" not in together


def restored(text: str) -> str:
    """Return what `storable` was given."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if _ESCAPE in text else text


def storable_json(text: str) -> str:
    """Return a JSON text with half surrogate pairs written as JSON escapes."""
    if text.isascii():
        return text
    return _HALF_PAIR.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class Instant(TypeDecorator[datetime]):
    """An instant as whole microseconds since the epoch: exact, and ordered as time is."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return the microseconds of an instant."""
        del dialect
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the instant of these microseconds."""
        del dialect
        return None if value is None else from_micros(value)


class Words(TypeDecorator[str]):
    """Any text, compared by its UTF-8 bytes whatever the locale of the database."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Text:
        """Return the type with byte order, which is SQLite's own."""
        if dialect.name == "postgresql":
            return postgresql.TEXT(collation="C")
        return Text()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text as it can be held."""
        del dialect
        return None if value is None else storable(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text as it was given."""
        del dialect
        return None if value is None else restored(value)


class Json(TypeDecorator[str]):
    """A JSON text, kept as text: it comes back byte for byte, and NUL is no trouble in it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text as it can be held."""
        del dialect
        return None if value is None else storable_json(value)


class Number(TypeDecorator[int]):
    """A number of ours; an integer primary key is the row's own address in SQLite."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Integer:
        """Return INTEGER on SQLite, which alone names the row there."""
        return Integer() if dialect.name == "sqlite" else BigInteger()
