"""Finding persons by the beginnings of words, however many there are.

SQLite has a table of its own for that, made by FTS5, which holds of the words where they stand
and is told whenever they become others: a batch at a time, which costs a tenth of what triggers
would. PostgreSQL keeps an index by itself.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Text, and_, bindparam, cast, column, func, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from state.schema import PERSONS
from state.statements import among, is_sqlite

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Select, TextClause

_INDEX = table("person_words", column("rowid"), column("person_words"))
_THESE = (
    "FROM persons WHERE contact IN (SELECT value FROM json_each(:contacts)) AND words IS NOT NULL"
)
_OUT = text(
    "INSERT INTO person_words (person_words, rowid, words) "
    f"SELECT 'delete', contact, words {_THESE}"
)
_IN = text(f"INSERT INTO person_words (rowid, words) SELECT contact, words {_THESE}")
_MERGE = text("INSERT INTO person_words (person_words) VALUES ('optimize')")


def with_words(connection: Connection, words: Sequence[str]) -> Select[tuple[int]]:
    """Return the query of who has, for each of these, a word that begins so: by the index."""
    if is_sqlite(connection):
        wanted = " AND ".join(f'"{word}"*' for word in words)
        match = _INDEX.c.person_words.op("MATCH")(bindparam(None, wanted, type_=Text()))
        return select(_INDEX.c.rowid.label("contact")).where(match)
    wanted = " & ".join(f"'{word}':*" for word in words)
    held = func.array_to_tsvector(func.string_to_array(PERSONS.c.words, " "), type_=TSVECTOR())
    return select(PERSONS.c.contact).where(held.op("@@")(cast(wanted, TSQUERY())))


def has_words(words: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a person has them, for questions about a few."""
    padded = " " + PERSONS.c.words
    return and_(*(padded.contains(f" {word}", autoescape=True) for word in words))


@contextmanager
def words_changing(connection: Connection, words: Mapping[int, str | None]) -> Iterator[None]:
    """Let the index follow what is done to persons meanwhile, after which they have these words."""
    changed: Collection[int] = ()
    if is_sqlite(connection):
        query = select(PERSONS.c.contact, PERSONS.c.words)
        query = query.where(among(connection, PERSONS.c.contact, words))
        before = {row.contact: row.words for row in connection.execute(query)}
        changed = [contact for contact, now in words.items() if now != before.get(contact)]
        _tell(connection, _OUT, changed)
    yield
    if changed:
        _tell(connection, _IN, changed)


def index_words(connection: Connection, contacts: Sequence[int]) -> None:
    """Take the words of persons who are new into the index."""
    if is_sqlite(connection):
        _tell(connection, _IN, contacts)


def merge_words(connection: Connection) -> None:
    """Leave nothing in the index of words that nobody has any more."""
    if is_sqlite(connection):
        connection.execute(_MERGE)


def _tell(connection: Connection, statement: TextClause, contacts: Collection[int]) -> None:
    connection.execute(statement, {"contacts": json.dumps(list(contacts))})
