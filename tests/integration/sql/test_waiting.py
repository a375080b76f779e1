"""Who waits for somebody else, or for too long, is told for what, and what to do."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from connector.domain.contacts import Reading
from connector.errors import PlatformUnavailable, UnexpectedAnswer
from tests.builders import T
from tests.integration.sql.conftest import Shop
from tests.integration.sql.test_reading import BY_TIME, CUSTOMERS, add, contacts, events, pages_of
from tests.integration.sql.test_writing import CONTACTS, WRITES, a_shop, change, write

ORDERS = {
    "orders": {
        "query": "SELECT id, 'a' AS contact, 'order.placed' AS type, at AS occurred_at "
        "FROM customers"
    }
}


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_a_table_that_somebody_locks_is_told_with_the_query(served_shop: Shop) -> None:
    served_shop.do(CUSTOMERS)
    platform = served_shop.platform(contacts=BY_TIME, events=ORDERS, timeout="1s")
    with served_shop.engine.connect() as other:
        other.execute(text("LOCK TABLE customers IN ACCESS EXCLUSIVE MODE"))

        with pytest.raises(PlatformUnavailable) as of_contacts:
            await contacts(platform)
        with pytest.raises(PlatformUnavailable) as of_events:
            await events(platform)
        with pytest.raises(PlatformUnavailable, match=r"check platforms\.shop\.contacts: somebody"):
            await platform.check()

    assert str(of_contacts.value).startswith(
        "read contacts: somebody else keeps what is asked for locked, such as by a transaction "
        "that was left open: canceling statement due to lock timeout"
    )
    assert str(of_events.value).startswith("read the events `orders`: somebody else keeps")


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_a_row_of_scores_that_somebody_locks_is_written_once_it_is_free(
    served_shop: Shop,
) -> None:
    await write(a_shop(served_shop), change(heat="cold"))
    platform = served_shop.platform(contacts=CONTACTS, writes=WRITES, timeout="1s")
    with served_shop.engine.connect() as other:
        other.execute(text("SELECT * FROM heat_scores FOR UPDATE"))
        with pytest.raises(PlatformUnavailable, match="write attributes: somebody else keeps"):
            await write(platform, change(heat="hot"))

    (outcome,) = await write(platform, change(heat="hot"))

    assert (outcome.error, outcome.is_unchanged) == (None, False)
    assert served_shop.rows("SELECT heat FROM heat_scores") == [("hot",)]


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_a_statement_that_somebody_ends_is_tried_again(served_shop: Shop) -> None:
    query = "SELECT pg_sleep(100)::text AS id"
    walk = asyncio.ensure_future(contacts(served_shop.platform(contacts={"query": query})))
    end = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    while not await asyncio.to_thread(served_shop.rows, end):
        pass

    with pytest.raises(PlatformUnavailable, match="somebody ended the statement"):
        await walk


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_what_takes_too_long_says_which_setting_allows_more(served_shop: Shop) -> None:
    query = "SELECT pg_sleep(60)::text AS id"

    with pytest.raises(UnexpectedAnswer, match="longer than `timeout` allows") as caught:
        await contacts(served_shop.platform(contacts={"query": query}, timeout="1s"))

    assert "ask for less, or let it take longer" in str(caught.value)


async def test_a_file_that_somebody_locks_is_told_and_tried_again(file_shop: Shop) -> None:
    await write(a_shop(file_shop), change(heat="cold"))
    platform = file_shop.platform(contacts=CONTACTS, writes=WRITES, timeout="1s")
    path = str(file_shop.engine.url.database)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(PlatformUnavailable) as read:
            await contacts(platform)
        with pytest.raises(PlatformUnavailable, match="another program keeps the file locked"):
            await write(platform, change(heat="hot"))

    (outcome,) = await write(platform, change(heat="hot"))

    assert str(read.value) == (
        "read contacts: another program keeps the file locked (while it is in WAL mode, whoever "
        "reads waits for nobody): database is locked"
    )
    assert (outcome.error, outcome.is_unchanged) == (None, False)


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_rows_without_a_place_that_take_too_long_keep_no_others_from_being_read(
    served_shop: Shop,
) -> None:
    served_shop.do(CUSTOMERS, "INSERT INTO customers (id) VALUES (1)")
    add(served_shop, 2, T)
    query = "SELECT id, email, at FROM customers WHERE at IS NOT NULL OR pg_sleep(9) IS NOT NULL"
    platform = served_shop.platform(contacts={"query": query, "cursor": "at"}, timeout="1s")
    assert platform.contacts is not None

    pages = await pages_of(platform.contacts.contacts(Reading(), None))
    (advice,) = await platform.check()

    assert [each.remote_id for page in pages for each in page.items] == ["2"]
    (told,) = [each for page in pages for each in page.problems]
    assert "rows without a place were not all read" in told.message
    assert "longer than `timeout` allows" in told.message
    assert (advice.is_advice, "longer than `timeout` allows" in advice.message) == (True, True)
