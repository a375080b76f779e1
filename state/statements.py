"""Statements over batches of any size, on both databases.

Neither is given a parameter per value of a large batch, which both limit: SQLite takes a JSON
array, or row after row of one prepared statement; PostgreSQL takes arrays.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import polars as pl
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Text,
    bindparam,
    false,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from state.collector import collector_at_rest
from state.columns import Json, Number, Words, is_plain, storable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import BindParameter, Column, ColumnCollection, Delete, Select, Table, Update
    from sqlalchemy.sql.compiler import SQLCompiler
    from sqlalchemy.types import TypeEngine

Rows: TypeAlias = "Sequence[Mapping[str, Any]]"
Columns: TypeAlias = "Mapping[str, list[Any]]"
Assign: TypeAlias = "Callable[[ColumnCollection[str, Any]], Mapping[str, Any]]"
"""From the columns of a row that was given to what a row that is there takes."""

_PART = 10_000


_TEXT, _TEXTS, _NUMBERS = Text(), ARRAY(Text()), ARRAY(BigInteger())
_BOOLEAN = Boolean()


class _Given(FunctionElement[Any]):
    """Many values in one parameter, as a query: quicker to build and to compile than a Select."""

    inherit_cache = True


@compiles(_Given, "sqlite")
def _in_json(element: _Given, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    values = compiler.process(element.clauses, **options)
    return f"(SELECT value FROM json_each({values}))"  # noqa: S608 - a place for a parameter


@compiles(_Given, "postgresql")
def _in_array(element: _Given, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    return f"(SELECT unnest({compiler.process(element.clauses, **options)}))"


@dataclass(frozen=True, slots=True)
class _Assigned:
    """Assigns some columns what was given for them."""

    names: tuple[str, ...]

    def __call__(self, given: ColumnCollection[str, Any]) -> Mapping[str, Any]:
        return {name: given[name] for name in self.names}


def is_sqlite(connection: Connection) -> bool:
    """Return whether this is SQLite; else it is PostgreSQL."""
    return connection.dialect.name == "sqlite"


def among(
    connection: Connection, this: ColumnElement[Any], values: Collection[str] | Collection[int]
) -> ColumnElement[bool]:
    """Return the condition that a column is one of these values, however many they are."""
    if not values:
        # PostgreSQL could not tell the type of an array of nothing.
        return false()
    plain: list[Any] = list(values)
    if isinstance(plain[0], str):
        plain = [storable(value) for value in plain]
    given: BindParameter[Any]
    if is_sqlite(connection):
        given = bindparam(None, json.dumps(plain, ensure_ascii=False), type_=_TEXT)
    else:
        given = bindparam(None, plain, type_=_TEXTS if isinstance(plain[0], str) else _NUMBERS)
    return this.op("IN", return_type=_BOOLEAN)(_Given(given))


def insert(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows that are new."""
    _insert(connection, table, rows, keys=())


def insert_new(connection: Connection, table: Table, rows: Rows, *, keys: Sequence[str]) -> int:
    """Insert the rows whose keys are new; return how many. The first of equal ones counts."""
    unique: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for row in rows:
        unique.setdefault(tuple(row[key] for key in keys), row)
    return _insert(connection, table, list(unique.values()), keys=keys)


def upsert(
    connection: Connection,
    table: Table,
    rows: Rows,
    *,
    keys: Sequence[str],
    keep: Collection[str] = (),
    assign: Assign | None = None,
) -> None:
    """Insert rows or replace all columns but `keep`. The last of equal ones counts.

    Of a row that is there, what `assign` makes of the given values is replaced, where it is given.
    """
    unique = list({tuple(row[key] for key in keys): row for row in rows}.values())
    if unique:
        changed = tuple(name for name in unique[0] if name not in keys and name not in keep)
        _insert(connection, table, unique, keys=keys, assign=assign or _Assigned(changed))


def put(
    connection: Connection,
    table: Table,
    columns: Columns,
    *,
    keys: Sequence[str] = (),
    assign: Assign = _Assigned(()),
) -> None:
    """Insert rows given as columns of one length, each of other keys.

    Of a row that is there, what `assign` makes of the given values is replaced.
    """
    if next(iter(columns.values())):
        _insert_columns(connection, table, columns, keys=keys, assign=assign)


def change(connection: Connection, statement: Update | Delete, rows: Rows) -> int:
    """Run a statement once per row of parameters; return how many rows it changed."""
    return connection.execute(statement, list(rows)).rowcount if rows else 0


def frame_of(
    connection: Connection,
    query: Select[Any],
    schema: pl.Schema,
    build: Callable[[list[Sequence[Any]]], Iterable[pl.Series]],
) -> pl.DataFrame:
    """Return what `build` makes of the columns that a query finds, in the order of `schema`."""
    parts = list(frames_of(connection, query, schema, build))
    return pl.concat(parts, rechunk=False) if parts else schema.to_frame()


def frames_of(
    connection: Connection,
    query: Select[Any],
    schema: pl.Schema,
    build: Callable[[list[Sequence[Any]]], Iterable[pl.Series]],
) -> Iterator[pl.DataFrame]:
    """Yield what `frame_of` returns in parts, in the order of the query.

    Each part is a frame before the next is read: a million rows are never a million objects.
    """
    result = connection.execute(query, execution_options={"yield_per": _PART})
    parts = result.partitions()
    while True:
        with collector_at_rest():
            rows = next(parts, None)
            if rows is None:
                return
            part = pl.DataFrame(build(list(zip(*rows, strict=True)))).select(schema.names())
            del rows
        yield part


def typed(schema: pl.Schema) -> Callable[[list[Sequence[Any]]], Iterable[pl.Series]]:
    """Return what makes columns of this schema out of plain ones in the same order."""

    def build(found: list[Sequence[Any]]) -> Iterable[pl.Series]:
        for (name, kind), values in zip(schema.items(), found, strict=True):
            yield pl.Series(name, values, dtype=kind)

    return build


def _insert(
    connection: Connection,
    table: Table,
    rows: Rows,
    *,
    keys: Sequence[str],
    assign: Assign = _Assigned(()),
) -> int:
    if not rows:
        return 0
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return _insert_columns(connection, table, columns, keys=keys, assign=assign)


def _insert_columns(
    connection: Connection, table: Table, columns: Columns, *, keys: Sequence[str], assign: Assign
) -> int:
    if is_sqlite(connection):
        return _insert_each(connection, table, columns, keys=keys, assign=assign)
    return _insert_arrays(connection, table, columns, keys=keys, assign=assign)


def _insert_each(
    connection: Connection, table: Table, columns: Columns, *, keys: Sequence[str], assign: Assign
) -> int:
    # The driver is given tuples: as many dictionaries would cost more than the database does.
    text, places = _compiled(table, tuple(columns), tuple(keys), assign)
    values = [_plain(connection, table.c[name], columns[name]) for name in places]
    return connection.exec_driver_sql(text, list(zip(*values, strict=True))).rowcount


@cache
def _compiled(
    table: Table, names: tuple[str, ...], keys: tuple[str, ...], assign: Assign
) -> tuple[str, Sequence[str]]:
    """Return the text for SQLite, and the columns its parameters stand for, in order.

    Kept, since compiling takes longer than writing one row. There are as many as there are calls
    in this package: `assign` is always the same function, or says what it does by what it is.
    """
    statement = sqlite.insert(table)
    if changed := assign(statement.excluded):
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    elif keys:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    compiled = statement.compile(dialect=sqlite.dialect(), column_keys=list(names))
    return str(compiled), tuple(compiled.positiontup or ())


def _insert_arrays(
    connection: Connection, table: Table, columns: Columns, *, keys: Sequence[str], assign: Assign
) -> int:
    names = list(columns)
    arrays = [_array(connection, table.c[name], columns[name]) for name in names]
    source = func.unnest(*arrays).table_valued(*names).render_derived()
    statement = postgresql.insert(table).from_select(
        names, select(*(source.c[name] for name in names)), include_defaults=False
    )
    if changed := assign(statement.excluded):
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    elif keys:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    counting = {"preserve_rowcount": True}
    return connection.execute(statement, execution_options=counting).rowcount


def _array(connection: Connection, column: Column[Any], values: list[Any]) -> ColumnElement[Any]:
    """Return a parameter of values as the driver takes them: collations have no place in a cast."""
    kind: TypeEngine[Any] = column.type
    if isinstance(kind, TypeDecorator):
        kind = BigInteger() if isinstance(kind.impl_instance, BigInteger) else Text()
    return bindparam(None, _plain(connection, column, values), type_=ARRAY(kind))


def _plain(connection: Connection, column: Column[Any], values: list[Any]) -> list[Any]:
    """Return the values of a column as the driver takes them; a constant is converted once."""
    kind = column.type
    if not isinstance(kind, TypeDecorator) or isinstance(kind, Number):
        return values
    if isinstance(kind, Words | Json) and is_plain(values):
        return values
    convert, dialect, first = kind.process_bind_param, connection.dialect, values[0]
    if all(value is first for value in values):
        return [convert(first, dialect)] * len(values)
    return [convert(value, dialect) for value in values]
