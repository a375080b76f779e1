"""The queries of an entry: what they may be, and how more is asked of what they return."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

import sqlglot
from sqlalchemy import and_, bindparam, column, false, func, literal_column, or_, select, text
from sqlalchemy.types import Integer, NullType
from sqlglot import TokenType, exp
from sqlglot.errors import SqlglotError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select, Subquery
    from sqlglot import Token

_DIALECTS = (None, "postgres", "mysql", "tsql", "bigquery")
"""Which database it will be may be a secret yet: one that understands the text is enough."""
_BEGINNINGS = frozenset({TokenType.SELECT, TokenType.WITH})
_CHANGES = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Into)
_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w+(?![:\w]))")
_ESCAPED = re.compile(r"\\(?=:\w*(?![:\w]))")
_NAME = "q"


def checked_query(query: str) -> str:
    """Return `query` without blanks and semicolon at its end.

    Raises ValueError unless it is one SELECT. What no grammar of ours knows is for the database to
    judge, which is asked in a transaction that cannot write.
    """
    read = _read(query)
    if not read:
        return query.strip()
    tokens = read[0]
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        query = query[: tokens.pop().start]
    if not tokens or tokens[0].token_type not in _BEGINNINGS:
        msg = "a query begins with SELECT or WITH"
        raise ValueError(msg)
    # Where a text ends differs (E'\\''): what is one statement to all of them is one.
    if any(each.token_type is TokenType.SEMICOLON for tokens in _read(query) for each in tokens):
        msg = "holds more than one statement"
        raise ValueError(msg)
    # MySQL writes a file of its server (INTO OUTFILE) in any transaction; no grammar knows it.
    is_kept = any(each.token_type is TokenType.INTO for each in tokens)
    if is_kept or ((tree := _tree(query)) is not None and tree.find(*_CHANGES)):
        msg = "changes something: a query only reads"
        raise ValueError(msg)
    return query.strip()


def tables_of(query: str) -> frozenset[str]:
    """Return the names of tables that a query reads, in lower case, as far as they can be told."""
    tree = _tree(query)
    return (
        frozenset(each.name.lower() for each in tree.find_all(exp.Table)) if tree else frozenset()
    )


class Asked:
    """A query as a table: its rows behind a place, of some ids, or none of them."""

    def __init__(self, query: str, columns: Sequence[str]) -> None:
        """`columns` are those that rows are chosen or ordered by."""
        # A comment at the end of the query must not swallow the bracket behind it.
        clause = text(f"\n{_verbatim(query)}\n")
        self._table: Subquery = clause.columns(*map(column, dict.fromkeys(columns))).subquery(_NAME)

    def nothing(self) -> Select[tuple[object, ...]]:
        """Return what tells the columns, and no row.

        The limit is a parameter: PostgreSQL takes a statement with any for one, and refuses two.
        """
        return self._all().where(false()).limit(1)

    def behind(
        self, keys: Sequence[str], after: Sequence[object] = (), *, includes_first: bool = False
    ) -> Select[tuple[object, ...]]:
        """Return all rows in the order of `keys`, or those behind the values `after` of them.

        `after` may be the first value alone; then `includes_first` says whether rows that have it
        come as well. A row without a value in one of the keys has no place, and does not come.
        """
        columns = [self._table.c[each] for each in keys]
        query = self._all().where(*(each.is_not(None) for each in columns)).order_by(*columns)
        return query.where(_is_behind(columns, after, includes_first)) if after else query

    def unplaced(
        self, key: str, by: Sequence[str] = (), *, after: Sequence[object] = (), blank: bool = False
    ) -> Select[tuple[object, ...]]:
        """Return the rows that have no value in `key`, those that have one in the order of `by`.

        They begin behind the value `after` of that. Where values are texts, a `blank` one is none.
        """
        query = self.behind(by, after) if by else self._all()
        return query.where(self._lacks(key, blank=blank))

    def count_unplaced(self, key: str, most: int, *, blank: bool = False) -> Select[int]:
        """Return how many rows have no value in `key`, counted up to `most`."""
        lacking = select(literal_column("1", Integer).label("one")).select_from(self._table)
        found = lacking.where(self._lacks(key, blank=blank)).limit(most).subquery("u")
        return select(func.count()).select_from(found)

    def among(self, key: str, values: Sequence[object]) -> Select[tuple[object, ...]]:
        """Return the rows that have one of `values` in `key`."""
        return self._all().where(self._table.c[key].in_([_plain(each) for each in values]))

    def some_of(self, key: str, most: int) -> Select[tuple[object, ...]]:
        """Return at most `most` values of `key`."""
        return select(self._table.c[key]).where(self._table.c[key].is_not(None)).limit(most)

    def only(self, key: str, after: Sequence[object] = ()) -> Select[tuple[object, ...]]:
        """Return the values of `key` in order, or those behind one of them."""
        return self.behind([key], after).with_only_columns(self._table.c[key])

    def _lacks(self, key: str, *, blank: bool) -> ColumnElement[bool]:
        column_ = self._table.c[key]
        return or_(column_.is_(None), column_ == "") if blank else column_.is_(None)

    def _all(self) -> Select[tuple[object, ...]]:
        return select(literal_column("*")).select_from(self._table)


def _is_behind(
    columns: Sequence[ColumnElement[object]],
    after: Sequence[object],
    includes_first: bool,  # noqa: FBT001 - as it was asked for
) -> ColumnElement[bool]:
    first, value = columns[0], _plain(after[0])
    if len(after) == 1:
        return first >= value if includes_first else first > value
    # So put an index of the first column is enough to find the place.
    return and_(first >= value, or_(first > value, columns[1] > _plain(after[1])))


def _plain(value: object) -> ColumnElement[object]:
    """Return a value as the driver has it: SQLAlchemy would cast times to those without a zone."""
    return bindparam(None, value, NullType(), unique=True)


def _verbatim(query: str) -> str:
    r"""Return `query` so that SQLAlchemy finds no parameter (`:name`) and no escape (`\:`)."""
    return _PARAMETER.sub(r"\\:", _ESCAPED.sub(r"\\\\", query))


def _read(query: str) -> list[list[Token]]:
    """Return the words of a query, as each grammar reads it that can."""
    found = []
    for dialect in _DIALECTS:
        with suppress(SqlglotError):
            found.append(list(sqlglot.tokenize(query, read=dialect)))
    return found


@lru_cache(maxsize=64)
def _tree(query: str) -> exp.Expr | None:
    for dialect in _DIALECTS:
        try:
            return sqlglot.parse_one(query, read=dialect)
        except (SqlglotError, RecursionError):
            continue
    return None
