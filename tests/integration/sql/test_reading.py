"""What queries return is read once, and again only where more may have come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from adapters.sql.adapter import SqlPlatform
from connector.domain.contacts import Contact, Reading
from connector.domain.events import Event
from connector.domain.pages import Page
from connector.domain.values import FieldType
from connector.errors import UnexpectedAnswer
from tests.builders import T
from tests.integration.sql.conftest import Shop

Item = TypeVar("Item")

CUSTOMERS = "CREATE TABLE customers (id INTEGER, email VARCHAR(99), age VARCHAR(9), at TIMESTAMP)"
BY_TIME = {"query": "SELECT id, email, age, at FROM customers", "cursor": "at"}
MINUTE = timedelta(minutes=1)
LATE = 5 * MINUTE


async def pages_of(pages: AsyncIterator[Page[Item]]) -> list[Page[Item]]:
    return [page async for page in pages]


async def contacts(
    platform: SqlPlatform, since: str | None = None, reading: Reading | None = None
) -> tuple[list[Contact], str]:
    """Return all contacts, and the cursor behind them."""
    source = platform.contacts
    assert source is not None
    pages = await pages_of(source.contacts(reading or Reading(), since))
    return [each for page in pages for each in page.items], pages[-1].cursor


async def events(platform: SqlPlatform, since: str | None = None) -> tuple[list[Event], str]:
    assert platform.events is not None
    pages = await pages_of(platform.events.events(since))
    return [each for page in pages for each in page.items], pages[-1].cursor


def ids(found: list[Contact]) -> list[str]:
    return [each.remote_id for each in found]


def add(shop: Shop, number: int, at: datetime, email: str = "a@x.org") -> None:
    insert = "INSERT INTO customers (id, email, at) VALUES (:id, :email, :at)"
    spelled = at.replace(tzinfo=None)
    told = spelled.isoformat(" ") if shop.engine.dialect.name == "sqlite" else spelled
    shop.do(insert, id=number, email=email, at=told)


async def test_any_number_of_rows_may_have_one_value(shop: Shop) -> None:
    shop.do(CUSTOMERS)
    for number in range(20):
        add(shop, number, T)
    platform = shop.platform(contacts=BY_TIME)

    found, cursor = await contacts(platform)
    shop.clock.advance(LATE)
    again, cursor = await contacts(platform, cursor)
    shop.clock.advance(MINUTE)
    at_rest, cursor = await contacts(platform, cursor)
    add(shop, 99, T + LATE)
    shop.clock.advance(MINUTE)
    new, _ = await contacts(platform, cursor)

    everybody = [str(number) for number in range(20)]
    assert (ids(found), ids(again), ids(at_rest), ids(new)) == (everybody, everybody, [], ["99"])


async def test_a_row_that_is_committed_late_is_read(shop: Shop) -> None:
    shop.do(CUSTOMERS)
    add(shop, 1, T)
    platform = shop.platform(contacts=BY_TIME)
    _, cursor = await contacts(platform)
    add(shop, 2, T - 4 * MINUTE)
    shop.clock.advance(MINUTE)

    found, _ = await contacts(platform, cursor)

    assert ids(found) == ["2", "1"]


async def test_a_number_that_is_committed_late_is_read(shop: Shop) -> None:
    shop.do("CREATE TABLE orders (id INTEGER, who VARCHAR(9), at TIMESTAMP)")
    query = "SELECT id, who AS contact, 'order.placed' AS type, at AS occurred_at FROM orders"
    add_order = "INSERT INTO orders VALUES (:id, 'a', '2026-01-15 09:00:00')"
    shop.do(add_order, id=2_000)
    platform = shop.platform(events={"orders": {"query": query, "cursor": "id"}})
    _, cursor = await events(platform)
    shop.do(add_order, id=1_001)
    shop.do(add_order, id=900)

    found, _ = await events(platform, cursor)

    assert [each.id for each in found] == ["orders:1001", "orders:2000"]


async def test_a_date_in_the_future_hides_nobody(shop: Shop) -> None:
    shop.do(CUSTOMERS)
    add(shop, 1, datetime(2099, 1, 1, tzinfo=UTC))
    platform = shop.platform(contacts=BY_TIME)
    _, cursor = await contacts(platform)
    add(shop, 2, T + MINUTE)
    shop.clock.advance(LATE)

    found, _ = await contacts(platform, cursor)

    assert ids(found) == ["2", "1"]


async def test_a_walk_that_is_broken_off_goes_on_where_it_was(shop: Shop) -> None:
    shop.do(CUSTOMERS)
    for number in range(10):
        add(shop, number, T + timedelta(seconds=number // 4))
    source = shop.platform(contacts=BY_TIME).contacts
    assert source is not None
    async with aclosing(source.contacts(Reading(), None)) as walk:  # type: ignore[type-var]
        first = await anext(walk)

    rest, _ = await contacts(shop.platform(contacts=BY_TIME), first.cursor)

    assert [each.remote_id for each in first.items] == ["0", "1", "2"]
    assert ids(rest) == [str(number) for number in range(3, 10)]


async def test_a_walk_that_has_nothing_left_to_read_ends_where_it_was(shop: Shop) -> None:
    shop.do(CUSTOMERS)
    for number in range(5):
        add(shop, number, T + number * LATE)
    source = shop.platform(contacts=BY_TIME).contacts
    assert source is not None
    first, _ = await pages_of(source.contacts(Reading(), None))
    shop.do("DELETE FROM customers WHERE id > 2")
    shop.clock.advance(timedelta(hours=1))
    _, cursor = await contacts(shop.platform(contacts=BY_TIME), first.cursor)

    again, _ = await contacts(shop.platform(contacts=BY_TIME), cursor)

    assert ids(again) == ["1", "2"]


async def test_everything_is_read_each_time_without_a_cursor_and_known_to_be_the_same(
    shop: Shop,
) -> None:
    shop.do(CUSTOMERS)
    for number in range(5):
        add(shop, number, T)
    platform = shop.platform(contacts={"query": "SELECT * FROM customers"})

    first, cursor = await contacts(platform)
    again, same = await contacts(platform, cursor)
    shop.do("DELETE FROM customers WHERE id = 3")
    left, other = await contacts(platform, same)

    assert (ids(first), ids(again), ids(left)) == ([*"01234"], [*"01234"], [*"0124"])
    assert (cursor == same, same == other) == (True, False)


async def test_another_query_is_read_from_its_start(shop: Shop) -> None:
    shop.do(CUSTOMERS)
    add(shop, 1, T)
    add(shop, 2, T - timedelta(days=9))
    _, cursor = await contacts(shop.platform(contacts=BY_TIME))
    changed = {**BY_TIME, "query": f"{BY_TIME['query']} WHERE id > 0"}

    by_query, _ = await contacts(shop.platform(contacts=changed), cursor)
    by_fields, _ = await contacts(
        shop.platform(contacts=BY_TIME), cursor, Reading(fields={"age": FieldType.TEXT})
    )

    assert (ids(by_query), ids(by_fields)) == (["2", "1"], ["2", "1"])


async def test_queries_of_events_go_on_each_for_itself(shop: Shop) -> None:
    shop.do(
        "CREATE TABLE orders (id INTEGER, who VARCHAR(9), at TIMESTAMP, total DECIMAL(9, 2))",
        "CREATE TABLE visits (id INTEGER, who VARCHAR(9), at TIMESTAMP, path VARCHAR(99))",
        "INSERT INTO orders VALUES (1, 'a', '2026-01-15 09:00:00', 12.50)",
        "INSERT INTO visits VALUES (1, 'a', '2026-01-15 09:00:00', '/')",
    )
    entry = {
        "orders": {
            "query": "SELECT id, who, 'order.placed' AS type, at, total AS amount FROM orders",
            "contact": "who",
            "occurred_at": "at",
            "cursor": "id",
        },
        "visits": {
            "query": "SELECT id, who AS contact, 'page.viewed' AS type, at AS occurred_at, "
            "path AS url FROM visits",
            "cursor": "occurred_at",
            "overlap": "1s",
        },
    }
    first, cursor = await events(shop.platform(events=entry))
    shop.do("INSERT INTO visits VALUES (2, 'b', '2026-01-15 09:30:00', '/x')")
    del entry["orders"]

    then, _ = await events(shop.platform(events=entry), cursor)

    assert [(each.id, each.fields) for each in first] == [
        ("orders:1", {"amount": 12.5}),
        ("visits:1", {"url": "/"}),
    ]
    assert [each.id for each in then] == ["visits:1", "visits:2"]


async def test_times_without_a_zone_are_of_the_one_that_is_said(shop: Shop) -> None:
    shop.do(CUSTOMERS)
    add(shop, 1, datetime(2026, 1, 15, 12, tzinfo=UTC))
    entry = {**BY_TIME, "modified_at": "at"}

    ((contact,), _) = await contacts(shop.platform(contacts=entry, timezone="Europe/Paris"))

    assert contact.modified_at == datetime(2026, 1, 15, 11, tzinfo=UTC)


async def test_what_does_not_fit_costs_its_value_and_names_its_row(shop: Shop) -> None:
    shop.do(CUSTOMERS, "INSERT INTO customers VALUES (7, 'nobody', 'old', '2026-01-15 10:00:00')")
    source = shop.platform(contacts=BY_TIME).contacts
    assert source is not None
    reading = Reading(fields={"age": FieldType.NUMBER})

    (page,) = await pages_of(source.contacts(reading, None))

    assert [(each.remote_id, each.emails, each.attributes) for each in page.items] == [
        ("7", (), {})
    ]
    told = [str(each) for each in page.problems]
    assert told[1] == "platforms.shop.contacts: row 7: `age` is not a number"
    assert not any("nobody" in each or "old" in each for each in told)


@pytest.mark.parametrize("name", ["%s", ":x", 'a"b', "a'b", "naïve ☃", "select", "a b"])
async def test_names_and_values_may_be_anything(shop: Shop, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    with shop.engine.begin() as connection:
        driven = connection.connection.dbapi_connection.cursor()  # type: ignore[union-attr]
        driven.execute(f"CREATE TABLE odd ({quoted} VARCHAR(99), email VARCHAR(99))")
        driven.execute("INSERT INTO odd VALUES ('100%s :x', 'a@x.org')")
        driven.execute("INSERT INTO odd VALUES ('''; DROP TABLE odd; --', 'b@x.org')")
    entry = {"query": "SELECT * FROM odd WHERE ':a' <> '%(b)s' -- %s :c", "id": name}
    platform = shop.platform(contacts=entry, page_rows=1)
    assert platform.lookup is not None

    found, _ = await contacts(platform)
    (asked,) = await platform.lookup.fetch(["'; DROP TABLE odd; --"], Reading())

    assert sorted(ids(found)) == ["'; DROP TABLE odd; --", "100%s :x"]
    assert asked.emails == ("b@x.org",)


@pytest.mark.parametrize(
    ("entry", "path", "message"),
    [
        ({"query": "SELECT emial FROM customers"}, "contacts.query", "emial"),
        ({"query": "SELECT email FROM customers"}, "contacts", "no column `id`"),
        ({"query": "SELECT * FROM customers", "cursor": "att"}, "contacts", "did you mean `at`?"),
        ({"query": "SELECT * FROM custmers"}, "contacts.query", "custmers"),
        ({"query": "SELECT * FORM customers"}, "contacts.query", "syntax error"),
    ],
)
async def test_a_query_that_cannot_work_is_told(
    shop: Shop, entry: dict[str, str], path: str, message: str
) -> None:
    shop.do(CUSTOMERS)

    (problem,) = await shop.platform(contacts=entry).check()

    assert problem.path == f"platforms.shop.{path}"
    assert message in str(problem)


async def test_an_id_of_events_that_is_named_has_to_be_there(shop: Shop) -> None:
    query = "SELECT 'a' AS contact, 'order.placed' AS type, '2026-01-15' AS occurred_at"
    derived = shop.platform(events={"orders": {"query": query}})
    named = shop.platform(events={"orders": {"query": query, "id": "number"}})
    shop.do(CUSTOMERS)

    (problem,) = await named.check()

    assert "no column `number`" in problem.message
    assert list(await derived.check()) == []
    ((event,), _) = await events(derived)
    assert event.id.startswith("orders:")


async def test_an_event_without_an_instant_costs_itself_alone(shop: Shop) -> None:
    shop.do(
        "CREATE TABLE visits (id INTEGER, at VARCHAR(30))",
        "INSERT INTO visits VALUES (1, 'yesterday'), (2, '2026-01-15 10:00'), (3, NULL)",
    )
    query = "SELECT id, 'a' AS contact, 'page.viewed' AS type, at AS occurred_at FROM visits"
    source = shop.platform(events={"visits": {"query": query}}).events
    assert source is not None

    (page,) = await pages_of(source.events(None))

    assert [each.id for each in page.items] == ["visits:2"]
    told = [str(each) for each in page.problems]
    assert [each.partition(":")[0] for each in told] == ["platforms.shop.events.visits"] * 2
    assert "row 1 is left out: `occurred_at` is not an instant" in told[0]


async def test_a_cursor_of_words_is_refused(shop: Shop) -> None:
    shop.do(CUSTOMERS, "INSERT INTO customers (id, email) VALUES (1, 'a@x.org')")
    entry = {"query": "SELECT id, email FROM customers", "cursor": "email"}

    with pytest.raises(UnexpectedAnswer, match="neither times nor numbers"):
        await contacts(shop.platform(contacts=entry))


@pytest.mark.parametrize(("cursor", "overlap"), [("at", 100), ("number", "1h")])
async def test_an_overlap_of_another_kind_than_the_cursor_is_told(
    shop: Shop, cursor: str, overlap: object
) -> None:
    shop.do(CUSTOMERS)
    add(shop, 1, T)
    query = "SELECT id, email, at, 7 AS number FROM customers"
    entry = {"query": query, "cursor": cursor, "overlap": overlap}
    platform = shop.platform(contacts=entry)

    (problem,) = await platform.check()

    assert "of another kind" in problem.message
    with pytest.raises(UnexpectedAnswer, match="of another kind"):
        await contacts(platform)


async def test_ids_of_sqlite_are_found_however_they_stand_there(file_shop: Shop) -> None:
    file_shop.do(
        "CREATE TABLE people (id, email)",
        "INSERT INTO people VALUES (1, 'a@x.org'), ('2', 'b@x.org'), ('c', 'c@x.org')",
    )
    lookup = file_shop.platform(contacts={"query": "SELECT * FROM people"}).lookup
    assert lookup is not None

    found = await lookup.fetch(["c", "2", "1", "3"], Reading())

    assert ids(list(found)) == ["c", "2", "1"]


async def test_a_file_that_is_not_there_is_not_made(file_shop: Shop) -> None:
    platform = file_shop.platform(contacts=BY_TIME)

    with pytest.raises(UnexpectedAnswer, match="no such file"):
        await contacts(platform)
    assert not file_shop.rows("SELECT name FROM sqlite_schema")
