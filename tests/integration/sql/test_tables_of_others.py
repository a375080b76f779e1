"""Names and types as others choose them: read as they are, written to, or told with what to do."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from connector.domain.changes import Addressee, Outcome
from connector.domain.contacts import Reading
from connector.errors import NotSetUp, RejectedByPlatform
from tests.integration.sql.conftest import Shop
from tests.integration.sql.test_reading import contacts, events, ids, pages_of
from tests.integration.sql.test_writing import ANN, WRITES, change, paused, table, write

ONE = {"query": "SELECT 1 AS id"}
FIRST = Addressee(remote_id="abc")


def padded(shop: Shop) -> Shop:
    """Return a shop whose ids are filled up with blanks, where the database does that."""
    shop.do(
        "CREATE TABLE members (id CHAR(6) PRIMARY KEY, kind CHAR(20), at TIMESTAMP)",
        "INSERT INTO members VALUES ('abc', 'order.placed', '2026-01-15 09:00:00')",
        "INSERT INTO members VALUES ('b', 'order.placed', '2026-01-15 09:00:00')",
    )
    return shop


async def test_ids_that_are_padded_are_known_without_their_blanks(shop: Shop) -> None:
    query = "SELECT id, id AS contact, kind AS type, at AS occurred_at FROM members"
    platform = padded(shop).platform(
        contacts={"query": "SELECT id, at FROM members", "cursor": "at"},
        events={"orders": {"query": query, "cursor": "occurred_at"}},
        page_rows=1,
    )
    assert platform.lookup is not None
    assert platform.ids is not None

    found, _ = await contacts(platform)
    asked = await platform.lookup.fetch(["abc", "b", "ab"], Reading())
    walked = [each for page in await pages_of(platform.ids.ids()) for each in page.items]
    placed, _ = await events(platform)

    assert (ids(found), ids(list(asked)), walked) == (["abc", "b"],) * 3
    assert [(each.id, each.type) for each in placed] == [
        ("orders:abc", "order.placed"),
        ("orders:b", "order.placed"),
    ]


@pytest.mark.parametrize("key", ["CHAR(6)", "VARCHAR(6)"])
async def test_a_table_with_padded_texts_is_written_and_joins(shop: Shop, key: str) -> None:
    padded(shop).do(
        f"CREATE TABLE heat_scores (contact_id {key} PRIMARY KEY, updated_at TIMESTAMP, "
        "stage CHAR(10))"
    )
    platform = shop.platform(contacts={"query": "SELECT id FROM members"}, writes=WRITES)

    (first,) = await write(platform, change(FIRST, stage="hot"))
    (again,) = await write(platform, change(FIRST, stage="hot"))
    read = await table(platform).read_attributes(["abc", "b"], ["stage"])

    assert (first, again) == (Outcome(), Outcome(is_unchanged=True))
    assert read == {"abc": {"stage": "hot"}, "b": {"stage": None}}
    joined = "SELECT h.stage FROM members m JOIN heat_scores h ON h.contact_id = m.id"
    assert [stage.strip() for (stage,) in shop.rows(joined)] == ["hot"]
    assert await table(platform).erase([FIRST]) == 1


async def test_names_may_be_reserved_words_of_any_case_and_a_view_is_a_source(shop: Shop) -> None:
    shop.do(
        'CREATE TABLE "Order" ("Select" INTEGER PRIMARY KEY, "E Mail" VARCHAR(99), "At" TIMESTAMP)',
        """INSERT INTO "Order" VALUES (1, 'a@x.org', '2026-01-15 09:00:00')""",
        'CREATE VIEW "From" AS SELECT * FROM "Order"',
    )
    entry = {"query": 'SELECT * FROM "From"', "id": "Select", "cursor": "At"}
    names = {"table": "Group", "key": "User", "updated_at": "Table"}
    platform = shop.platform(contacts=entry, writes=names)

    found, _ = await contacts(platform)
    (outcome,) = await write(platform, change(Where="hot", select=Decimal(1)))

    assert list(await platform.check()) == []
    assert (ids(found), outcome) == (["1"], Outcome())
    assert shop.rows('SELECT "User", "Where", "select" FROM "Group"') == [(1, "hot", 1.0)]


async def test_a_table_with_its_schema_in_one_name_is_refused(shop: Shop) -> None:
    with pytest.raises(ValidationError, match="`schema: marts` beside `table: heat`"):
        shop.platform(writes={"table": "marts.heat"})


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_a_table_is_made_in_its_schema_and_a_missing_one_is_told(served_shop: Shop) -> None:
    writes = {"table": "heat", "schema": "shop"}
    there = served_shop.platform(contacts=ONE, writes=writes)
    missing = served_shop.platform(contacts=ONE, writes={**writes, "schema": "marts"})

    (outcome,) = await write(there, change(heat=Decimal(1)))
    (problem,) = await missing.check()
    with pytest.raises(NotSetUp, match="there is no schema `marts`"):
        await write(missing, change(heat=Decimal(1)))

    assert outcome == Outcome()
    assert served_shop.rows("SELECT contact_id, heat FROM shop.heat") == [(1, 1.0)]
    assert problem.message == "the table `heat` cannot be made: there is no schema `marts`"


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_a_table_that_differs_by_its_case_is_not_made_beside_it(served_shop: Shop) -> None:
    served_shop.do("CREATE TABLE HeatScores (contact_id INTEGER)")
    platform = served_shop.platform(contacts=ONE, writes={"table": "HeatScores"})

    (problem,) = await platform.check()
    with pytest.raises(NotSetUp):
        await write(platform, change(heat=Decimal(1)))

    assert "differs by case alone from that of the table `heatscores`" in problem.message


async def test_a_column_that_differs_by_its_case_is_told(shop: Shop) -> None:
    shop.do(
        "CREATE TABLE heat_scores (contact_id INTEGER PRIMARY KEY, updated_at TIMESTAMP, "
        '"heatStage" VARCHAR(9))'
    )
    platform = shop.platform(contacts=ONE, writes=WRITES)

    (outcome,) = await write(platform, change(HeatStage="hot"))

    assert paused(outcome) == {
        "HeatStage": "the column `HeatStage` of the table `heat_scores` is not there, but "
        "`heatStage` is: write its name like that"
    }


async def test_own_columns_that_differ_by_their_case_are_told(shop: Shop) -> None:
    shop.do('CREATE TABLE heat_scores ("Contact_ID" INTEGER PRIMARY KEY, updated_at TIMESTAMP)')

    (problem,) = await shop.platform(contacts=ONE, writes=WRITES).check()

    assert "has no column `contact_id`, but `Contact_ID`: say it so" in problem.message


async def test_a_view_is_no_table_to_write_to(shop: Shop) -> None:
    shop.do("CREATE VIEW heat_scores AS SELECT 1 AS contact_id, 2 AS updated_at")

    (problem,) = await shop.platform(contacts=ONE, writes=WRITES).check()

    assert "is a view: name a table, which may be a new one" in problem.message


@pytest.mark.parametrize(
    ("index", "is_taken"),
    [
        ("CREATE UNIQUE INDEX one ON heat_scores (contact_id)", True),
        ("CREATE UNIQUE INDEX one ON heat_scores (contact_id) WHERE contact_id > 0", False),
        ("CREATE UNIQUE INDEX one ON heat_scores (contact_id, updated_at)", False),
        ("CREATE INDEX one ON heat_scores (contact_id)", False),
    ],
)
async def test_a_unique_index_is_as_good_as_a_key(shop: Shop, index: str, is_taken: bool) -> None:
    shop.do("CREATE TABLE heat_scores (contact_id INTEGER, updated_at TIMESTAMP)", index)

    problems = await shop.platform(contacts=ONE, writes=WRITES).check()

    assert (not problems) is is_taken


async def test_columns_that_the_database_fills_or_cuts_are_told_and_the_others_written(
    shop: Shop,
) -> None:
    shop.do(
        "CREATE TABLE heat_scores (contact_id INTEGER PRIMARY KEY, updated_at TIMESTAMP, "
        "heat NUMERIC(3, 1), stage VARCHAR(4), "
        "twice INTEGER GENERATED ALWAYS AS (contact_id * 2) STORED)"
    )
    platform = shop.platform(contacts=ONE, writes=WRITES)
    (bad,) = await write(
        platform, change(heat=Decimal("141.5"), stage="lukewarm", twice=Decimal(3))
    )
    (good,) = await write(platform, change(heat=Decimal("41.5"), stage="warm"))

    where = "of the table `heat_scores`"
    assert paused(bad) == {
        "heat": f"the column `heat` {where} is of the type NUMERIC(3, 1), which is too small for "
        "a value",
        "stage": f"the column `stage` {where} takes 4 characters, and a value has more",
        "twice": f"the column `twice` {where} is filled by the database, which takes no value "
        "for it",
    }
    assert good == Outcome()
    assert shop.rows("SELECT stage, twice FROM heat_scores") == [("warm", 2)]


async def test_what_the_database_fills_is_neither_wanted_of_us_nor_keeps_a_row(shop: Shop) -> None:
    shop.do(
        "CREATE TABLE heat_scores (contact_id INTEGER PRIMARY KEY, updated_at TIMESTAMP, "
        "heat INTEGER, twice INTEGER GENERATED ALWAYS AS (contact_id * 2) STORED NOT NULL)"
    )
    platform = shop.platform(contacts=ONE, writes=WRITES)

    assert not await platform.check()
    await write(platform, change(heat=Decimal(41)))
    assert shop.rows("SELECT heat, twice FROM heat_scores") == [(41, 2)]

    await write(platform, change(heat=None))
    assert shop.rows("SELECT heat, twice FROM heat_scores") == []


async def test_a_whole_number_that_no_column_has_room_for_pauses_that_column_alone(
    shop: Shop,
) -> None:
    shop.do(
        "CREATE TABLE heat_scores (contact_id INTEGER PRIMARY KEY, updated_at TIMESTAMP, "
        "heat BIGINT, stage VARCHAR(4))"
    )
    platform = shop.platform(contacts=ONE, writes=WRITES)

    (outcome,) = await write(platform, change(heat=Decimal(2**63), stage="warm"))
    beyond = Addressee(remote_id=str(10**30))
    (unknown,) = await write(platform, change(beyond, stage="warm"))

    assert "is of the type BIGINT, which is too small for a value" in paused(outcome)["heat"]
    assert isinstance(unknown.error, RejectedByPlatform)
    assert shop.rows("SELECT contact_id, heat, stage FROM heat_scores") == [(1, None, "warm")]


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_a_column_of_fewer_digits_is_told_with_its_type(served_shop: Shop) -> None:
    served_shop.do(
        "CREATE TABLE heat_scores (contact_id INTEGER PRIMARY KEY, updated_at TIMESTAMP, "
        "heat NUMERIC(3, 1))"
    )

    (outcome,) = await write(
        served_shop.platform(contacts=ONE, writes=WRITES), change(heat=Decimal("41.57"))
    )

    assert "(NUMERIC(3, 1)) shows another value than was written" in paused(outcome)["heat"]


async def test_rows_that_somebody_removed_are_written_again(shop: Shop) -> None:
    platform = shop.platform(contacts=ONE, writes=WRITES)
    shop.do("CREATE TABLE something (x INTEGER)")
    await write(platform, change(heat=Decimal(1)))
    shop.do("DELETE FROM heat_scores")

    (outcome,) = await write(platform, change(ANN, heat=Decimal(1)))

    assert outcome == Outcome()
    assert shop.rows("SELECT contact_id, heat FROM heat_scores") == [(1, 1.0)]
