"""A table of our own: made, written to, looked at again; never one of somebody else's."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from adapters.sql.adapter import SqlPlatform
from adapters.sql.writing import ScoreTable
from connector.domain.changes import Addressee, AttributeChange, Outcome
from connector.domain.values import FieldType, Written
from connector.errors import NotSetUp, RejectedByPlatform
from connector.ports.platform import RemoteField
from tests.builders import T
from tests.integration.sql.conftest import Shop

CUSTOMERS = (
    "CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(99))",
    "INSERT INTO customers VALUES (1, 'ann@x.org'), (2, 'bob@x.org')",
)
CONTACTS = {"query": "SELECT id, email FROM customers"}
WRITES = {"table": "heat_scores"}
ANN = Addressee(remote_id="1", email="ann@x.org")
BOB = Addressee(remote_id="2", email="bob@x.org")


def change(to: Addressee = ANN, **values: Written) -> AttributeChange:
    return AttributeChange(to=to, values=values)


def table(platform: SqlPlatform) -> ScoreTable:
    writer = platform.attribute_writer
    assert isinstance(writer, ScoreTable)
    return writer


def a_shop(shop: Shop, **writes: object) -> SqlPlatform:
    shop.do(*CUSTOMERS)
    return shop.platform(contacts=CONTACTS, writes={**WRITES, **writes})


async def write(platform: SqlPlatform, *changes: AttributeChange) -> list[Outcome]:
    return list(await table(platform).write_attributes(changes))


def paused(outcome: Outcome) -> Mapping[str, str]:
    assert outcome.error is None
    return {name: str(error) for name, error in outcome.paused.items()}


async def test_a_table_is_made_that_joins_by_the_type_of_ids(shop: Shop) -> None:
    platform = a_shop(shop)

    await write(platform, change(heat=Decimal("41.5"), stage="hot"), change(BOB, heat=Decimal(0)))

    found = shop.rows(
        "SELECT c.email, h.heat, h.stage FROM customers c "
        "JOIN heat_scores h ON h.contact_id = c.id ORDER BY c.id"
    )
    assert found == [("ann@x.org", 41.5, "hot"), ("bob@x.org", 0.0, None)]


async def test_a_table_of_a_sink_has_our_ids_and_addresses(shop: Shop) -> None:
    shop.do("CREATE TABLE something (x INTEGER)")
    platform = shop.platform(writes={**WRITES, "key": "person", "email": "mail"})
    somebody = Addressee(remote_id="p_4kq2", email="old@x.org")
    await write(platform, change(somebody, heat=Decimal(1)))

    moved = Addressee(remote_id="p_4kq2", email="new@x.org")
    (outcome,) = await write(platform, change(moved, heat=Decimal(1)))

    assert outcome.is_unchanged
    assert shop.rows("SELECT person, mail, heat FROM heat_scores") == [("p_4kq2", "new@x.org", 1.0)]


async def test_columns_are_added_when_they_are_written(shop: Shop) -> None:
    platform = a_shop(shop)
    await write(platform, change(heat=Decimal(1)))

    (outcome,) = await write(platform, change(is_vip=True, seen_at=T, gone=None))

    assert paused(outcome) == {}
    names = [each.name for each in await table(platform).fields()]
    assert names == ["id", "email", "heat", "is_vip", "seen_at"]
    read = await table(platform).read_attributes(["1"], ["heat", "is_vip", "gone"])
    assert read == {"1": {"heat": 1.0, "is_vip": True, "gone": None}}


async def test_a_row_without_any_value_is_removed(shop: Shop) -> None:
    platform = a_shop(shop)
    await write(platform, change(heat=Decimal(1), stage="hot"), change(BOB, heat=Decimal(2)))

    await write(platform, change(heat=None))
    half = shop.rows("SELECT contact_id FROM heat_scores ORDER BY 1")
    (outcome,) = await write(platform, change(stage=None))

    assert (half, outcome.error, outcome.is_unchanged) == ([(1,), (2,)], None, False)
    assert shop.rows("SELECT contact_id FROM heat_scores") == [(2,)]


async def test_nothing_is_made_to_clear_what_was_never_written(shop: Shop) -> None:
    platform = a_shop(shop)

    (outcome,) = await write(platform, change(heat=None))

    assert outcome == Outcome(is_unchanged=True)
    assert await table(platform).erase([ANN]) == 0
    assert [each.name for each in await table(platform).fields()] == ["id", "email"]


async def test_columns_of_other_types_hold_what_fits_them(shop: Shop) -> None:
    shop.do(
        "CREATE TABLE heat_scores (contact_id VARCHAR(9) PRIMARY KEY, updated_at TIMESTAMP, "
        "heat NUMERIC(5, 1), stage VARCHAR(4), points INTEGER, mark VARCHAR(9), day DATE)"
    )
    platform = a_shop(shop)
    fits = change(heat=Decimal("41.5"), stage="hot", points=Decimal(3), mark=Decimal("0.5"))
    odd = change(BOB, heat=Decimal(2), points=Decimal("3.5"), day=T, stage="tepid")

    first, second = await write(platform, fits, odd)

    assert paused(first) == {}
    assert paused(second) == {
        "points": "the column `points` of the table `heat_scores` is of the type INTEGER, "
        "which takes no decimals",
        "day": "the column `day` of the table `heat_scores` is of the type DATE, "
        "which takes no datetimes",
        "stage": "the column `stage` of the table `heat_scores` takes 4 characters, "
        "and a value has more",
    }
    found = shop.rows("SELECT heat, stage, points, mark FROM heat_scores ORDER BY contact_id")
    assert [(float(heat), *rest) for heat, *rest in found] == [
        (41.5, "hot", 3, "0.5"),
        (2.0, None, None, None),
    ]


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ("(contact_id INTEGER PRIMARY KEY, heat INTEGER)", "has no column `updated_at`"),
        ("(id INTEGER PRIMARY KEY)", "has no column `contact_id` and `updated_at`"),
        ("(contact_id INTEGER, updated_at TIMESTAMP)", "has to be its primary key"),
        (
            "(contact_id INTEGER PRIMARY KEY, updated_at TIMESTAMP, name VARCHAR(9) NOT NULL)",
            "wants values in `name`",
        ),
    ],
)
async def test_a_table_of_somebody_else_is_left_alone(shop: Shop, made: str, reason: str) -> None:
    platform = a_shop(shop)
    shop.do(f"CREATE TABLE heat_scores {made}")

    (problem,) = await platform.check()
    with pytest.raises(NotSetUp, match="cannot be written to"):
        await write(platform, change(heat=Decimal(1)))

    assert (problem.path, reason in problem.message) == ("platforms.shop.writes.table", True)
    assert await table(platform).erase([ANN]) == 0
    assert shop.rows("SELECT * FROM heat_scores") == []


@pytest.mark.parametrize(
    "made",
    [
        "(contact_id INTEGER UNIQUE, updated_at TIMESTAMP)",
        "(contact_id INTEGER PRIMARY KEY, updated_at TIMESTAMP, note VARCHAR(9))",
        "(contact_id INTEGER PRIMARY KEY, updated_at TIMESTAMP, note INTEGER DEFAULT 1 NOT NULL)",
    ],
)
async def test_a_table_that_was_made_for_it_is_taken(shop: Shop, made: str) -> None:
    platform = a_shop(shop)
    shop.do(f"CREATE TABLE heat_scores {made}")

    (outcome,) = await write(platform, change(heat=Decimal(1)))

    assert list(await platform.check()) == []
    assert (outcome.error, outcome.paused) == (None, {})
    assert shop.rows("SELECT contact_id, heat FROM heat_scores") == [(1, 1.0)]


async def test_values_and_names_may_be_anything(shop: Shop) -> None:
    platform = a_shop(shop, table='odd "table" %s', key="the key")
    values: dict[str, Any] = {
        'a "b" %(c)s :d': "'; DROP TABLE customers; -- %s \\",
        "ÄÖ ☃": "☃" * 1000,
    }

    (outcome,) = await write(platform, change(**values))

    assert (outcome.error, outcome.paused) == (None, {})
    assert await table(platform).read_attributes(["1"], [*values]) == {"1": values}


@pytest.mark.parametrize(
    ("to", "values"),
    [
        (ANN, {"contact_id": "2"}),
        (ANN, {"heat": "a\0b"}),
        (Addressee(remote_id="seven"), {"heat": "x"}),
        (Addressee(remote_id="\ud800"), {"heat": "x"}),
    ],
)
async def test_what_can_never_be_written_fails_alone(
    shop: Shop, to: Addressee, values: dict[str, Written]
) -> None:
    platform = a_shop(shop)

    bad, good = await write(platform, change(to, **values), change(BOB, heat="hot"))

    assert isinstance(bad.error, RejectedByPlatform)
    assert good.error is None
    assert shop.rows("SELECT contact_id, heat FROM heat_scores") == [(2, "hot")]


async def test_a_value_that_the_table_refuses_is_no_fault_of_the_account(shop: Shop) -> None:
    shop.do(
        "CREATE TABLE heat_scores (contact_id INTEGER PRIMARY KEY, updated_at TIMESTAMP, "
        "heat INTEGER CHECK (heat < 100))"
    )
    platform = a_shop(shop)

    with pytest.raises(RejectedByPlatform) as caught:
        await write(platform, change(heat=Decimal(50)), change(BOB, heat=Decimal(5000)))

    assert "5000" not in str(caught.value)
    assert shop.rows("SELECT * FROM heat_scores") == []


async def test_a_value_that_a_trigger_changes_is_told(file_shop: Shop) -> None:
    platform = a_shop(file_shop)
    await write(platform, change(heat=Decimal(1), stage="cold"))
    file_shop.do(
        "CREATE TRIGGER kept AFTER UPDATE ON heat_scores WHEN NEW.heat <> 1 "
        "BEGIN UPDATE heat_scores SET heat = 1; END"
    )

    (outcome,) = await write(platform, change(heat=Decimal(2), stage="hot"))

    assert list(paused(outcome)) == ["heat"]
    assert "shows another value" in paused(outcome)["heat"]
    assert file_shop.rows("SELECT heat, stage FROM heat_scores") == [(1.0, "hot")]


async def test_who_is_erased_leaves_no_row_whether_known_by_id_or_by_address(shop: Shop) -> None:
    platform = a_shop(shop, email="email")
    third = Addressee(remote_id="3", email="cleo@x.org")
    await write(platform, *(change(each, heat=Decimal(1)) for each in (ANN, BOB, third)))

    count = await table(platform).erase(
        [Addressee(remote_id="1"), Addressee(remote_id="unknown", email="bob@x.org")]
    )

    assert count == 2
    assert shop.rows("SELECT contact_id FROM heat_scores") == [(3,)]


async def test_two_processes_that_write_at_once_write_both(shop: Shop) -> None:
    one = a_shop(shop)
    other = shop.platform(contacts=CONTACTS, writes=WRITES)

    found = await asyncio.gather(
        *(
            write(platform, change(heat=Decimal(1)), change(BOB, **{name: Decimal(2)}))
            for platform, name in ((one, "heat"), (other, "fit"))
        )
    )

    assert [each.error for some in found for each in some] == [None] * 4
    rows = shop.rows("SELECT contact_id, heat, fit FROM heat_scores ORDER BY 1")
    assert rows == [(1, 1.0, None), (2, 2.0, 2.0)]


async def test_a_column_of_another_type_is_no_field_to_be_made(shop: Shop) -> None:
    platform = a_shop(shop)
    await table(platform).create_field(RemoteField(name="heat", type=FieldType.NUMBER))

    with pytest.raises(RejectedByPlatform):
        await table(platform).create_field(RemoteField(name="heat", type=FieldType.DATETIME))
    with pytest.raises(RejectedByPlatform):
        await table(platform).create_field(RemoteField(name="updated_at", type=FieldType.DATETIME))


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_ids_of_other_types_join_as_well(served_shop: Shop) -> None:
    number = "6f1c1f0e-0000-4000-8000-00000000000a"
    served_shop.do("CREATE TABLE members (id UUID PRIMARY KEY)")
    served_shop.do("INSERT INTO members VALUES (:id)", id=number)
    platform = served_shop.platform(contacts={"query": "SELECT id FROM members"}, writes=WRITES)
    member = Addressee(remote_id=number)

    good, bad = await write(platform, change(member, heat=Decimal(1)), change(ANN, heat=Decimal(1)))

    assert good.error is None
    assert isinstance(bad.error, RejectedByPlatform)
    joined = "SELECT h.heat FROM members m JOIN heat_scores h ON h.contact_id = m.id"
    assert served_shop.rows(joined) == [(1.0,)]
    assert await table(platform).erase([member]) == 1


@pytest.mark.parametrize("made", [None, "contact_id NUMERIC PRIMARY KEY, updated_at TIMESTAMP"])
@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_ids_that_are_decimals_join_as_well(served_shop: Shop, made: str | None) -> None:
    served_shop.do("CREATE TABLE members (id NUMERIC(20, 0) PRIMARY KEY)")
    served_shop.do("INSERT INTO members VALUES (17)")
    if made:
        served_shop.do(f"CREATE TABLE heat_scores ({made})")
    platform = served_shop.platform(contacts={"query": "SELECT id FROM members"}, writes=WRITES)
    member = Addressee(remote_id="17")

    await write(platform, change(member, heat=Decimal(1)))
    (again,) = await write(platform, change(member, heat=Decimal(1)))

    assert again == Outcome(is_unchanged=True)
    joined = "SELECT h.heat FROM members m JOIN heat_scores h ON h.contact_id = m.id"
    assert served_shop.rows(joined) == [(1.0,)]
    assert await table(platform).erase([member]) == 1


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_a_user_who_may_not_add_columns_is_told_which_is_missing(served_shop: Shop) -> None:
    platform = a_shop(served_shop)
    await write(platform, change(stage="hot"))
    served_shop.do(
        "CREATE ROLE reader LOGIN",
        "GRANT USAGE ON SCHEMA shop TO reader",
        "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA shop TO reader",
    )
    served_shop.engine.url = served_shop.engine.url.set(username="reader")
    limited = served_shop.platform(contacts=CONTACTS, writes=WRITES)

    (outcome,) = await write(limited, change(BOB, heat=Decimal(1), stage="cold"))

    assert list(paused(outcome)) == ["heat"]
    assert "is not there and could not be made" in paused(outcome)["heat"]
    assert "must be owner" in paused(outcome)["heat"]
