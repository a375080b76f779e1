"""The table that is written to: how it stands there, whether it can be ours, and how it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, MetaData, Table, inspect
from sqlalchemy.schema import CreateColumn

from adapters.sql.columns import TYPES, fitted_key, key_type, kind_of_type, read_as
from connector.domain.values import FieldType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Inspector
    from sqlalchemy.engine.interfaces import ReflectedColumn

    from adapters.sql.config import WrittenTable

_ADDS_WITHOUT_A_WORD = frozenset({"mssql", "oracle"})
"""Databases that say ADD, where the others say ADD COLUMN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The table as it stands there."""

    config: WrittenTable
    table: Table
    filled: frozenset[str] = frozenset()
    """The columns that the database fills by itself, and takes no values for."""
    amiss: str | None = None
    """Why it cannot be ours, if it cannot."""

    @property
    def key(self) -> Column[Any]:
        """Return the column of ids."""
        return self.table.c[self.config.key]

    @property
    def attributes(self) -> Sequence[str]:
        """Return the columns beside our own."""
        own = self.config.own_columns
        return [each.name for each in self.table.columns if each.name not in own]

    @property
    def held(self) -> Sequence[str]:
        """Return those that can be empty, as the database does not fill them."""
        return [each for each in self.attributes if each not in self.filled]

    def kinds(self) -> Mapping[str, FieldType]:
        """Return the columns beside our own, and what they hold."""
        return {each: kind_of_type(self.table.c[each].type) for each in self.attributes}

    def near(self, name: str) -> str | None:
        """Return the column that differs from `name` by its case alone, if there is one."""
        return near(name, [each.name for each in self.table.columns])

    def key_of(self, remote_id: str) -> object:
        """Return an id as its column takes it; raises Misfit."""
        return fitted_key(remote_id, self.key.type)


def look(config: WrittenTable, connection: Connection) -> Layout | None:
    """Return the table as it stands there; None where there is none."""
    inspector = inspect(connection)
    if not inspector.has_table(config.table, schema=config.schema_name):
        return None
    columns = inspector.get_columns(config.table, schema=config.schema_name)
    table = Table(
        config.table,
        MetaData(),
        *(Column(each["name"], read_as(each["type"])) for each in columns),
        schema=config.schema_name,
    )
    return Layout(
        config=config,
        table=table,
        filled=frozenset(each["name"] for each in columns if _is_filled(each)),
        amiss=_amiss(config, inspector, columns),
    )


def near(name: str, names: Sequence[str]) -> str | None:
    """Return which of `names` differs from `name` by its case alone, if any does."""
    alike = (each for each in names if each.lower() == name.lower() and each != name)
    return None if name in names else next(alike, None)


def make(
    config: WrittenTable, ids: type | None, wanted: Mapping[str, FieldType], connection: Connection
) -> None:
    """Make the table, or the `wanted` columns that it lacks; `ids` is the type of ids, if known."""
    layout = look(config, connection)
    if layout is None:
        _new(config, ids, wanted).create(connection)
        return
    for name, kind in wanted.items():
        if name not in layout.table.columns:
            _add(layout.table, Column(name, TYPES[kind]), connection)


def _new(config: WrittenTable, ids: type | None, wanted: Mapping[str, FieldType]) -> Table:
    email = [Column(config.email, TYPES[FieldType.EMAIL])] if config.email else []
    return Table(
        config.table,
        MetaData(),
        Column(config.key, key_type(ids), primary_key=True, autoincrement=False),
        *email,
        *(Column(name, TYPES[kind]) for name, kind in wanted.items()),
        Column(config.updated_at, TYPES[FieldType.DATETIME], nullable=False),
        schema=config.schema_name,
    )


def _add(table: Table, column: Column[Any], connection: Connection) -> None:
    dialect = connection.dialect
    add = "ADD" if dialect.name in _ADDS_WITHOUT_A_WORD else "ADD COLUMN"
    whole = dialect.identifier_preparer.format_table(table)
    # A column is spelled as in CREATE TABLE, which needs one that it belongs to.
    Table(table.name, MetaData(), column, schema=table.schema)
    spelled = str(CreateColumn(column).compile(dialect=dialect))
    connection.exec_driver_sql(f"ALTER TABLE {whole} {add} {spelled}")


def obstacle(config: WrittenTable, connection: Connection) -> str | None:
    """Return what keeps a table that is not there from being made, as far as can be seen."""
    inspector, schema = inspect(connection), config.schema_name
    if schema is not None and not inspector.has_schema(schema):
        return f"there is no schema `{schema}`"
    named = near(config.table, inspector.get_table_names(schema=schema))
    return f"its name differs by case alone from that of the table `{named}`" if named else None


def _is_filled(column: ReflectedColumn) -> bool:
    return "computed" in column or column.get("identity", {}).get("always") is True


def _amiss(
    config: WrittenTable, inspector: Inspector, columns: Sequence[ReflectedColumn]
) -> str | None:
    """Return why a table that stands there is none that heatsync may write to."""
    names = {each["name"] for each in columns}
    lacking = [each for each in config.own_columns if each not in names]
    if lacking:
        there = [named for each in lacking if (named := near(each, [*names]))]
        but = f", but {' and '.join(f'`{each}`' for each in there)}: say it so" if there else ""
        return f"has no column {' and '.join(f'`{each}`' for each in lacking)}{but}"
    if not _is_key(config, inspector):
        if config.table in inspector.get_view_names(schema=config.schema_name):
            return "is a view: name a table, which may be a new one"
        return f"may have several rows with one `{config.key}`: that has to be its primary key"
    needed = [
        f"`{each['name']}`"
        for each in columns
        if each["name"] not in config.own_columns
        and not each["nullable"]
        and each.get("default") is None
        and each.get("autoincrement", False) is not True
        and not _is_filled(each)
    ]
    if needed:
        return f"wants values in {', '.join(needed)}, which heatsync knows nothing of"
    return None


def _is_key(config: WrittenTable, inspector: Inspector) -> bool:
    table, schema = config.table, config.schema_name
    keys = [inspector.get_pk_constraint(table, schema=schema)["constrained_columns"]]
    unique = inspector.get_unique_constraints(table, schema=schema)
    if [config.key] in [*keys, *(each["column_names"] for each in unique)]:
        return True
    # One with a condition holds for some rows alone.
    indexes = [
        each["column_names"]
        for each in inspector.get_indexes(table, schema=schema)
        if each["unique"]
        and not any(name.endswith("_where") for name in each.get("dialect_options", {}))
    ]
    return [config.key] in indexes
