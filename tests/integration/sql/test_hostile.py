"""Whatever a query tries, it changes nothing: it is refused by us, or else by the database."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from adapters.sql.statements import Asked
from connector.errors import PlatformError, RightMissing
from tests.integration.sql.conftest import Shop
from tests.integration.sql.test_reading import contacts

KEPT = ("CREATE TABLE kept (id INTEGER PRIMARY KEY)", "INSERT INTO kept VALUES (1)")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id FROM kept; DROP TABLE kept",
        "DELETE FROM kept RETURNING id",
        "INSERT INTO kept VALUES (2) RETURNING id",
        "WITH x AS (INSERT INTO kept VALUES (2) RETURNING id) SELECT id FROM x",
        "SELECT id INTO copy FROM kept",
        "SELECT id FROM kept INTO OUTFILE 'kept.txt'",
        "COPY kept TO PROGRAM 'cat'",
        "PRAGMA query_only = OFF",
        "ATTACH 'other.db' AS other",
    ],
)
def test_what_changes_something_is_refused_before_it_is_asked(shop: Shop, query: str) -> None:
    with pytest.raises(ValidationError):
        shop.platform(contacts={"query": query})


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id FROM (DELETE FROM kept RETURNING id) x",
        "SELECT id FROM kept FOR UPDATE OF kept WHATEVER",
    ],
)
async def test_what_only_the_database_understands_it_refuses(shop: Shop, query: str) -> None:
    shop.do(*KEPT)

    with pytest.raises(PlatformError):
        await contacts(shop.platform(contacts={"query": query}))

    assert shop.rows("SELECT id FROM kept") == [(1,)]


async def test_no_statement_writes_where_queries_are_asked(shop: Shop) -> None:
    shop.do(*KEPT)
    database = shop.platform(contacts={"query": "SELECT 1 AS id"})._database

    with pytest.raises(RightMissing, match="changes something, and a query only reads"):
        await database.read("check", lambda each: each.exec_driver_sql("DELETE FROM kept"))

    assert shop.rows("SELECT id FROM kept") == [(1,)]


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize(
    "query",
    [
        "SELECT added() AS id",
        "SELECT id FROM kept FOR UPDATE",
        "SELECT lo_create(0) AS id",
        "SELECT set_config('transaction_read_only', 'off', true) AS id, added() AS more",
        "SELECT set_config('default_transaction_read_only', 'off', false) AS id, added() AS more",
    ],
)
async def test_functions_that_write_cannot(served_shop: Shop, query: str) -> None:
    served_shop.do(
        *KEPT,
        "CREATE FUNCTION added() RETURNS INTEGER LANGUAGE SQL AS "
        "$$ INSERT INTO kept VALUES (2) RETURNING id $$",
    )

    with pytest.raises(PlatformError):
        await contacts(served_shop.platform(contacts={"query": query}))

    assert served_shop.rows("SELECT id FROM kept") == [(1,)]


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_one_that_writes_beside_the_query_is_refused_by_the_server(served_shop: Shop) -> None:
    served_shop.do(*KEPT)
    hidden = Asked("WITH x AS (DELETE FROM kept RETURNING id) SELECT id FROM x", ["id"])
    database = served_shop.platform(contacts={"query": "SELECT 1 AS id"})._database

    with pytest.raises(PlatformError):
        await database.read("check", lambda each: each.execute(hidden.some_of("id", 9)).all())

    assert served_shop.rows("SELECT id FROM kept") == [(1,)]
