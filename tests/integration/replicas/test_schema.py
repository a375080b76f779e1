"""procrastinate's tables are there, apart from ours, and come along when it is upgraded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from state.location import locate
from state.plane import schema
from state.versions import connected

_COLUMNS = (
    "SELECT table_name, column_name, data_type, column_default, is_nullable "
    "FROM information_schema.columns WHERE table_schema = :it"
)
_INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = :it"
_FUNCTIONS = "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = to_regnamespace(:it)"
_TRIGGERS = (
    "SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid "
    "WHERE NOT tgisinternal AND relnamespace = to_regnamespace(:it)"
)


def test_the_newest_migration_of_procrastinate_is_in_ours() -> None:
    assert schema.shipped_migrations()[-1][0] == schema.NEWEST


@pytest.fixture
def connection(postgres_url: str) -> Iterator[Connection]:
    """Yield a connection whose changes are undone."""
    with connected(locate(postgres_url)) as connection:
        # Names are then shown alike, wherever they were made.
        connection.execute(text(f"SET LOCAL search_path TO {schema.SCHEMA}"))
        yield connection
        connection.rollback()


def _shape(connection: Connection) -> list[set[tuple[object, ...]]]:
    """Return all that the schema holds, but the order in which columns were added."""
    given = {"it": schema.SCHEMA}
    queries = (_COLUMNS, _INDEXES, _FUNCTIONS, _TRIGGERS)
    return [{tuple(row) for row in connection.execute(text(each), given)} for each in queries]


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_our_own_schema_holds_nothing_of_it(connection: Connection) -> None:
    found = connection.scalars(
        text("SELECT relname FROM pg_class WHERE relname LIKE :its"), {"its": "procrastinate%"}
    )
    ours = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))

    assert list(found)
    assert not [name for name in ours if name.startswith("procrastinate")]


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_an_older_version_is_brought_up_to_the_installed_one(connection: Connection) -> None:
    fresh = _shape(connection)
    older = [(version, sql) for version, sql in schema.shipped_migrations() if version < "03.03"]
    connection.execute(text(f"DROP SCHEMA {schema.SCHEMA} CASCADE"))
    connection.execute(text(f"CREATE SCHEMA {schema.SCHEMA}"))
    for _, sql in older:
        connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
    schema._run(connection, schema._FREED)
    connection.execute(text(f"COMMENT ON SCHEMA {schema.SCHEMA} IS '{older[-1][0]}'"))

    schema.bring_up(connection)

    assert _shape(connection) == fresh


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_bringing_up_what_is_up_to_date_changes_nothing(connection: Connection) -> None:
    before = _shape(connection)

    schema.bring_up(connection)

    assert _shape(connection) == before
