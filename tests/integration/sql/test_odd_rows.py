"""Rows without a value to be ordered by, and with values that no clock shows, hide nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.domain.contacts import Reading
from connector.domain.values import FieldType
from tests.builders import T
from tests.integration.sql.conftest import Shop
from tests.integration.sql.test_reading import (
    BY_TIME,
    CUSTOMERS,
    add,
    contacts,
    events,
    ids,
    pages_of,
)

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
BY_NUMBER = {"query": "SELECT id, number FROM counted", "cursor": "number"}


def add_undated(shop: Shop, *numbers: int) -> None:
    for number in numbers:
        shop.do("INSERT INTO customers (id) VALUES (:id)", id=number)


async def test_rows_without_a_value_of_the_cursor_are_read_once_a_day(shop: Shop) -> None:
    shop.do(CUSTOMERS)
    add(shop, 1, T)
    add_undated(shop, *range(10, 20))
    platform = shop.platform(contacts=BY_TIME)
    first, cursor = await contacts(platform)
    add_undated(shop, 20)
    shop.clock.advance(HOUR)
    soon, cursor = await contacts(platform, cursor)
    shop.clock.advance(DAY - HOUR)
    on_the_next_day, cursor = await contacts(platform, cursor)
    shop.clock.advance(HOUR)
    then, _ = await contacts(platform, cursor)

    undated = [str(number) for number in range(10, 20)]
    assert ids(first) == [*undated, "1"]
    assert "20" not in ids(soon)
    assert ids(on_the_next_day)[:11] == [*undated, "20"]
    assert ids(then) == []


async def test_a_walk_that_breaks_off_among_them_reads_them_again(shop: Shop) -> None:
    shop.do(CUSTOMERS)
    add(shop, 1, T)
    add_undated(shop, *range(10, 20))
    source = shop.platform(contacts=BY_TIME).contacts
    assert source is not None
    first, *_ = await pages_of(source.contacts(Reading(), None))

    rest, _ = await contacts(shop.platform(contacts=BY_TIME), first.cursor)

    assert ids(rest) == [*(str(number) for number in range(10, 20)), "1"]


async def test_how_many_have_no_value_of_the_cursor_is_advice(shop: Shop) -> None:
    shop.do(CUSTOMERS)
    add_undated(shop, 1, 2)

    (problem,) = await shop.platform(contacts=BY_TIME).check()

    assert problem.is_advice
    assert problem.path == "platforms.shop.contacts.cursor"
    assert problem.message == "2 rows have no value in `at`: read once a day, not when they change"


async def test_nobody_waits_for_millions_of_them_to_be_counted(shop: Shop) -> None:
    shop.do(CUSTOMERS)
    shop.do(
        "INSERT INTO customers (id) WITH RECURSIVE n(i) AS "
        "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1001) SELECT i FROM n"
    )

    (problem,) = await shop.platform(contacts=BY_TIME).check()

    assert problem.message.startswith("more than 1,000 rows have no value in `at`")


@pytest.mark.parametrize("cursor", ["at", None])
async def test_contacts_without_an_id_are_told(shop: Shop, cursor: str | None) -> None:
    shop.do(CUSTOMERS)
    add(shop, 1, T)
    shop.do("INSERT INTO customers (email, at) SELECT email, at FROM customers")
    platform = shop.platform(contacts={**BY_TIME, "cursor": cursor})
    assert platform.contacts is not None

    (advice,) = await platform.check()
    pages = await pages_of(platform.contacts.contacts(Reading(), None))

    assert advice.is_advice
    assert advice.message == "1 row has no value in `id`: left out, as nothing says who they are"
    assert [each.remote_id for page in pages for each in page.items] == ["1"]
    told = [str(each) for page in pages for each in page.problems]
    assert told == ["platforms.shop.contacts: a row is left out: `id` is no id"]


@pytest.mark.parametrize("cursor", ["number", None])
async def test_an_event_without_an_id_is_known_by_its_content(
    shop: Shop, cursor: str | None
) -> None:
    shop.do(
        "CREATE TABLE orders (id INTEGER, number INTEGER, total INTEGER)",
        "INSERT INTO orders VALUES (1, 1, 10), (NULL, 2, 20), (NULL, NULL, 30), (4, NULL, 40)",
    )
    query = (
        "SELECT id, number, total AS amount, 'a' AS contact, 'order.placed' AS type, "
        "'2026-01-15' AS occurred_at FROM orders"
    )
    platform = shop.platform(events={"orders": {"query": query, "cursor": cursor}})

    found, _ = await events(platform)

    amounts = {each.fields["amount"]: each.id for each in found}
    assert sorted(amounts) == [10, 20, 30, 40]
    assert (amounts[10], amounts[40]) == ("orders:1", "orders:4")


async def test_a_blank_text_is_no_value_where_times_are_texts(file_shop: Shop) -> None:
    file_shop.do(CUSTOMERS, "INSERT INTO customers (id, at) VALUES (1, ''), (2, ''), (3, '')")
    add(file_shop, 4, T)
    platform = file_shop.platform(contacts=BY_TIME)

    found, cursor = await contacts(platform)
    (problem,) = await platform.check()
    file_shop.do("INSERT INTO customers (id, at) VALUES (5, '')")
    file_shop.clock.advance(DAY)
    then, _ = await contacts(platform, cursor)

    assert set(ids(found)) == {"1", "2", "3", "4"}
    assert problem.message.startswith("3 rows have no value in `at`")
    assert "5" in ids(then)


@pytest.mark.parametrize("odd", ["0000-00-00 00:00:00", "2026-02-30 10:00:00", "n/a", "tomorrow"])
async def test_a_text_that_is_no_time_hides_nobody(file_shop: Shop, odd: str) -> None:
    file_shop.do(CUSTOMERS, f"INSERT INTO customers (id, at) VALUES (1, '{odd}')")  # noqa: S608 - constants
    add(file_shop, 2, T)
    platform = file_shop.platform(contacts=BY_TIME)

    found, cursor = await contacts(platform)
    add(file_shop, 3, T + HOUR)
    file_shop.clock.advance(HOUR)
    then, _ = await contacts(platform, cursor)

    assert set(ids(found)) == {"1", "2"}
    assert "3" in ids(then)
    assert list(await platform.check()) == []


async def test_times_of_the_first_thousand_years_are_in_order(file_shop: Shop) -> None:
    file_shop.do(CUSTOMERS, "INSERT INTO customers (id, at) VALUES (1, '0200-01-01 00:00:00')")
    platform = file_shop.platform(contacts=BY_TIME)
    _, cursor = await contacts(platform)
    file_shop.do("INSERT INTO customers (id, at) VALUES (2, '0200-01-01 00:00:01')")

    found, _ = await contacts(platform, cursor)

    assert ids(found) == ["1", "2"]


async def test_an_infinite_number_hides_nobody(file_shop: Shop) -> None:
    file_shop.do(
        "CREATE TABLE counted (id INTEGER, number)",
        "INSERT INTO counted VALUES (1, 1.5), (2, 9e999), (3, -9e999)",
    )
    platform = file_shop.platform(contacts=BY_NUMBER)
    _, cursor = await contacts(platform)
    file_shop.do("INSERT INTO counted VALUES (4, 1.7)")

    found, _ = await contacts(platform, cursor)

    assert ids(found) == ["1", "4", "2"]


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize("kind", ["DOUBLE PRECISION", "NUMERIC"])
@pytest.mark.parametrize("odd", ["NaN", "Infinity"])
async def test_what_is_no_number_hides_nobody(served_shop: Shop, kind: str, odd: str) -> None:
    served_shop.do(
        f"CREATE TABLE counted (id INTEGER, number {kind})",
        f"INSERT INTO counted VALUES (1, 1.5), (2, '{odd}'), (3, '-Infinity'), (4, '{odd}')",  # noqa: S608 - constants
    )
    platform = served_shop.platform(contacts=BY_NUMBER, page_rows=1)
    first, cursor = await contacts(platform)
    served_shop.do("INSERT INTO counted VALUES (5, 1.7)")

    found, _ = await contacts(platform, cursor)

    assert ids(first) == ["3", "1", "2", "4"]
    assert ids(found) == ["1", "5", "2", "4"]


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP", "TIMESTAMPTZ"])
@pytest.mark.parametrize("odd", ["infinity", "-infinity", "0044-03-15 BC", "12026-01-01"])
async def test_a_time_that_python_has_none_for_costs_its_value_alone(
    served_shop: Shop, kind: str, odd: str
) -> None:
    served_shop.do(
        f"CREATE TABLE customers (id INTEGER, at {kind}, age VARCHAR(9))",
        f"INSERT INTO customers VALUES (1, '{odd}'), (2, '2026-01-14'), (3, '{odd}')",  # noqa: S608 - constants
    )
    query = {"query": "SELECT id, at, age FROM customers", "cursor": "at"}
    platform = served_shop.platform(contacts=query, page_rows=1)
    assert platform.contacts is not None
    reading = Reading(fields={"at": FieldType.DATETIME})

    pages = await pages_of(platform.contacts.contacts(reading, None))
    served_shop.do("INSERT INTO customers VALUES (4, '2026-01-15')")
    then, _ = await contacts(platform, pages[-1].cursor, reading)

    assert sorted(each.remote_id for page in pages for each in page.items) == ["1", "2", "3"]
    told = [each.message for page in pages for each in page.problems]
    assert [each.partition(" is not an instant")[0] for each in told] == [
        "row 1: `at`",
        "row 3: `at`",
    ]
    assert "4" in ids(then)


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_days_of_other_centuries_are_read_as_they_are(served_shop: Shop) -> None:
    served_shop.do(
        "CREATE TABLE customers (id INTEGER, at TIMESTAMPTZ)",
        "INSERT INTO customers VALUES (1, '1850-06-01 12:00+00'), (2, '0200-01-01 12:00+00')",
    )
    query = {"query": "SELECT id, at FROM customers", "cursor": "at", "modified_at": "at"}

    found, _ = await contacts(served_shop.platform(contacts=query))

    assert [str(each.modified_at) for each in found] == [
        "0200-01-01 12:00:00+00:00",
        "1850-06-01 12:00:00+00:00",
    ]
