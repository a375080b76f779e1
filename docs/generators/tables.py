"""The reference page of the database's tables."""

from collections.abc import Iterator

from sqlalchemy import Column, Dialect
from sqlalchemy.dialects import postgresql, sqlite

from docs.generators.markdown import code, page, table
from state import tables_work  # noqa: F401 - its tables exist once it is imported
from state.tables import Table

INTRODUCTION = """
The state is yours to query. Read it as you like; write it through heatsync alone. The schema
changes from version to version through migrations. Instants are microseconds since 1970 in UTC.
"""

DIALECTS: tuple[type[Dialect], ...] = (sqlite.dialect, postgresql.dialect)


def page_of_tables() -> str:
    """Return every table with its columns, as SQLite and PostgreSQL have them."""
    return page("Tables", INTRODUCTION, *_sections())


def _sections() -> Iterator[str]:
    for model in _family(Table):
        yield f"## {model.__tablename__}"
        yield " ".join((model.__doc__ or "").split())
        yield table(("Column", "SQLite", "PostgreSQL", "Key", "Meaning"), _rows(model))


def _family(model: type[Table]) -> Iterator[type[Table]]:
    """Yield the classes that are tables, in the order of their definition."""
    for child in model.__subclasses__():
        if hasattr(child, "__table__"):
            yield child
        yield from _family(child)


def _rows(model: type[Table]) -> Iterator[tuple[str, ...]]:
    for column in Table.metadata.tables[str(model.__tablename__)].columns:
        types = (column.type.compile(dialect=dialect()) for dialect in DIALECTS)
        meaning = model.model_fields[column.name].description or ""
        yield (
            code(column.name),
            *(kind.split(" COLLATE")[0] for kind in types),
            _key(column),
            meaning,
        )


def _key(column: Column[object]) -> str:
    """Return whether a column is of the primary key, and which one it refers to."""
    refers = [f"→ {key.target_fullname}" for key in column.foreign_keys]
    return ", ".join([*(["primary"] if column.primary_key else []), *refers])
