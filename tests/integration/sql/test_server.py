"""What only a server can do: forbid, end, go away, and say where a mistake is."""

from __future__ import annotations

import asyncio

import pytest

from adapters.sql.statements import Asked
from connector.domain.contacts import Reading
from connector.errors import PlatformUnavailable, RightMissing, UnexpectedAnswer
from tests.integration.sql.conftest import Shop
from tests.integration.sql.test_reading import BY_TIME, CUSTOMERS, contacts, ids, pages_of

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]


async def test_the_place_of_a_mistake_is_told(served_shop: Shop) -> None:
    served_shop.do(CUSTOMERS)
    query = "SELECT id, '100%' AS x,\n  emial FROM customers"

    (problem,) = await served_shop.platform(contacts={"query": query}).check()

    assert "line 2, column 3 of the query" in problem.message


async def test_a_query_cannot_write(served_shop: Shop) -> None:
    served_shop.do("CREATE SEQUENCE numbers")
    platform = served_shop.platform(contacts={"query": "SELECT nextval('numbers') AS id"})

    with pytest.raises(RightMissing, match=r"a query only reads: .* read-only"):
        await contacts(platform)


async def test_a_second_statement_is_no_part_of_a_query(served_shop: Shop) -> None:
    served_shop.do("CREATE TABLE kept (id INTEGER)")
    hidden = Asked("SELECT 1 AS id) q; COMMIT; DROP TABLE kept; SELECT * FROM (SELECT 1 AS id", [])
    platform = served_shop.platform(contacts={"query": "SELECT 1 AS id"})

    with pytest.raises(UnexpectedAnswer):
        await platform._database.read("check", lambda each: each.execute(hidden.nothing()))

    assert served_shop.rows("SELECT id FROM kept") == []


async def test_what_takes_too_long_is_ended(served_shop: Shop) -> None:
    query = "SELECT pg_sleep(60)::text AS id"
    platform = served_shop.platform(contacts={"query": query}, timeout="1s")

    with pytest.raises(UnexpectedAnswer, match="timeout"):
        await contacts(platform)


async def test_a_server_that_goes_away_amid_a_walk_costs_no_row(
    served_shop: Shop,
) -> None:
    served_shop.do(CUSTOMERS)
    served_shop.do(
        "INSERT INTO customers SELECT n, 'a@x.org', '1', '2026-01-15 10:00:00' "
        "FROM generate_series(1, 30) n"
    )
    source = served_shop.platform(contacts=BY_TIME).contacts
    assert source is not None
    walk = source.contacts(Reading(), None)
    first = await anext(walk)
    served_shop.do(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'heatsync'"
    )
    with pytest.raises(PlatformUnavailable):
        await pages_of(walk)

    rest, _ = await contacts(served_shop.platform(contacts=BY_TIME), first.cursor)

    everybody = [str(number) for number in range(1, 31)]
    assert [*ids(list(first.items)), *ids(rest)] == everybody


async def test_whoever_is_called_off_does_not_wait_for_the_server(
    served_shop: Shop,
) -> None:
    query = "SELECT pg_sleep(100)::text AS id"
    walk = asyncio.ensure_future(contacts(served_shop.platform(contacts={"query": query})))
    asked = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    while not await asyncio.to_thread(served_shop.rows, asked):
        pass

    walk.cancel()
    async with asyncio.timeout(50):
        await asyncio.gather(walk, return_exceptions=True)

    assert walk.cancelled()


async def test_columns_of_one_name_are_told(served_shop: Shop) -> None:
    query = "SELECT 1 AS id, 2 AS x, 3 AS x"

    (problem,) = await served_shop.platform(contacts={"query": query}).check()

    assert "two columns `x`" in problem.message
