"""GET /contacts: filters, order, pages, searches, and what one may see."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.simulators.mautic.conftest import World

CONTACTS = "/api/contacts"


async def test_contacts_are_an_object_by_id_also_where_there_are_none(world: World) -> None:
    empty = await world.get(CONTACTS)
    world.clock.advance(timedelta(seconds=5))
    ann = world.account.add_contact("ann@example.com")

    one = await world.get(CONTACTS)

    assert empty == {"total": "0", "contacts": {}}
    assert (one["total"], [*one["contacts"]]) == ("1", [str(ann.id)])


async def test_the_total_is_five_seconds_old(world: World) -> None:
    world.account.add_contact("ann@example.com")
    await world.get(CONTACTS)
    world.account.add_contact("ben@example.com")

    at_once = await world.get(CONTACTS)
    world.clock.advance(timedelta(seconds=5))
    later = await world.get(CONTACTS)

    assert (at_once["total"], later["total"]) == ("1", "2")
    assert len(at_once["contacts"]) == 2


async def test_a_page_has_thirty_unless_one_says_otherwise(world: World) -> None:
    world.account.seed_contacts(40)

    usual = await world.get(CONTACTS)
    rest = await world.get(CONTACTS, start=35, limit=10, orderBy="id")
    every = await world.get(CONTACTS, limit=0)

    assert [len(each["contacts"]) for each in (usual, rest, every)] == [30, 5, 40]


async def test_ids_are_walked_with_a_clause(world: World) -> None:
    world.account.seed_contacts(25)
    seen: list[str] = []

    while True:
        last = seen[-1] if seen else "0"
        page = await world.where(CONTACTS, ("id", "gt", last), orderBy="id", limit=10)
        if not page["contacts"]:
            break
        seen += page["contacts"]

    assert seen == [str(each.id) for each in world.account.contacts]


@pytest.mark.parametrize("column", ["dateAdded", "date_added", "l.date_added"])
async def test_instants_are_filtered_by_property_and_by_column(world: World, column: str) -> None:
    world.account.add_contact("ann@example.com")
    world.clock.advance(timedelta(minutes=1))
    ben = world.account.add_contact("ben@example.com")

    found = await world.where(CONTACTS, (column, "gte", "2026-11-02 09:01:00"))

    assert [*found["contacts"]] == [str(ben.id)]


@pytest.mark.parametrize(
    ("clause", "found"),
    [
        (("score", "gt", "5"), ["ben"]),
        (("score", "lte", "5"), ["ann"]),
        (("score", "isNull", ""), ["cid"]),
        (("email", "like", "a%"), ["ann"]),
        (("email", "eq", "BEN@example.com"), ["ben"]),
        (("id", "in", "1,3"), ["ann", "cid"]),
        (("id", "notIn", "1,3"), ["ben"]),
        (("score", "neq", "5"), ["ben"]),
        (("firstname", "isEmpty", ""), ["ann", "ben", "cid"]),
        (("dateIdentified", "isNotNull", ""), ["ann", "ben", "cid"]),
        (("score", "shrinks", "5"), ["ann", "ben", "cid"]),
    ],
)
async def test_clauses_are_read_as_the_database_reads_them(
    world: World, clause: tuple[str, str, str], found: list[str]
) -> None:
    for name, score in (("ann", 5), ("ben", 12), ("cid", None)):
        world.account.add_contact(f"{name}@example.com", score=score)

    page = await world.where(CONTACTS, clause, orderBy="id")

    addresses = [each["fields"]["all"]["email"] for each in page["contacts"].values()]
    assert addresses == [f"{name}@example.com" for name in found]


async def test_quotes_are_encoded_in_clauses_but_for_lists(world: World) -> None:
    world.account.add_contact("o'brien@example.com")

    by_equality = await world.where(CONTACTS, ("email", "eq", "o'brien@example.com"))
    by_list = await world.where(CONTACTS, ("email", "in", "o'brien@example.com"))

    assert (len(by_equality["contacts"]), len(by_list["contacts"])) == (0, 1)


@pytest.mark.parametrize(
    "params",
    [
        {"where[0][col]": "shoe_size", "where[0][expr]": "isNull"},
        {"where[0][col]": "id"},
        {"orderBy": "dateAdded"},
        {"order[0][dir]": "ASC"},
        {"select[]": "email"},
    ],
)
async def test_what_the_database_cannot_do_is_an_error_of_the_server(
    world: World, params: dict[str, str]
) -> None:
    answer = await world.http.get(CONTACTS, params=params)

    assert answer.status_code == 500
    assert answer.json()["errors"][0]["message"].startswith("Looks like I encountered an error")


async def test_clauses_in_clauses_know_columns_alone(world: World) -> None:
    ann = world.account.add_contact("ann@example.com", score=5)
    nested = {
        "where[0][expr]": "orX",
        "where[0][val][0][col]": "score",
        "where[0][val][0][expr]": "eq",
        "where[0][val][0][val]": "5",
        "where[0][val][1][expr]": "isNull",
    }

    by_column = await world.get(CONTACTS, **nested, **{"where[0][val][1][col]": "date_added"})
    by_property = await world.http.get(
        CONTACTS, params={**nested, "where[0][val][1][col]": "dateAdded"}
    )

    assert [*by_column["contacts"]] == [str(ann.id)]
    assert by_property.status_code == 500


async def test_equals_come_in_another_order_on_another_page(world: World) -> None:
    world.account.seed_contacts(60, over=timedelta())

    pages = [
        await world.get(CONTACTS, orderBy="date_added", start=start, limit=20)
        for start in (0, 20, 40)
    ]

    seen = {each for page in pages for each in page["contacts"]}
    assert len(seen) < 60


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ann", ["ann"]),
        ("segment:vip", ["ann"]),
        ("!segment:vip", ["ben"]),
        ("tag:hot", ["ben"]),
        ("stage:warm", ["ben"]),
        ("score:5", ["ann"]),
        ("ids:1,2", ["ann", "ben"]),
        ("segment:vip tag:hot", []),
    ],
)
async def test_contacts_are_searched(world: World, search: str, found: list[str]) -> None:
    ann = world.account.add_contact("ann@example.com", score=5)
    ben = world.account.add_contact("ben@example.com")
    world.account.segments.add("VIP", members=[ann])
    await world.patch(ben, tags=["hot"], stage=world.account.add_stage("Warm", 5))

    page = await world.get(CONTACTS, search=search, orderBy="id")

    contacts = page["contacts"].values() if page["contacts"] else []
    addresses = [each["fields"]["all"]["email"] for each in contacts]
    assert addresses == [f"{name}@example.com" for name in found]


async def test_minimal_leaves_out_everything_but_fields_and_dates(world: World) -> None:
    ann = world.account.add_contact("ann@example.com")

    page = await world.get(CONTACTS, minimal=1)

    told = page["contacts"][str(ann.id)]
    assert {"dateAdded", "dateModified", "points", "fields"} <= told.keys()
    assert not {"tags", "stage", "doNotContact", "lastActive"} & told.keys()


async def test_of_what_is_selected_only_what_mautic_itself_names_comes(world: World) -> None:
    ann = world.account.add_contact("ann@example.com", score=5, website="https://www.example.com")
    wanted = ("id", "email", "city", "score", "website")

    page = await world.get(CONTACTS, **{f"select[{name}]": name for name in wanted})

    told = page["contacts"][str(ann.id)]
    # The city is nothing, the other two are columns that no class has.
    assert told["fields"]["all"] == {"id": ann.id, "email": "ann@example.com"}
    assert "dateModified" not in told


async def test_where_nothing_is_selected_nulls_are_told(world: World) -> None:
    ann = world.account.add_contact("ann@example.com")

    page = await world.get(CONTACTS)

    assert page["contacts"][str(ann.id)]["fields"]["all"]["score"] is None


@pytest.mark.parametrize(("listed", "found"), [("1,7", [1]), ("1,2", [1, 2]), ("x", [])])
async def test_rows_are_found_by_a_list_of_contacts(
    world: World, listed: str, found: list[int]
) -> None:
    people = [world.account.add_contact(f"{name}@example.com") for name in ("ann", "ben", "cid")]
    for each in people:
        world.account.engagement.visit(each, "https://www.example.com")

    page = await world.where("/api/stats/page_hits", ("lead_id", "in", listed))

    assert [row["lead_id"] for row in page["stats"]] == [str(each) for each in found]


async def test_more_than_a_web_server_takes_does_not_get_to_mautic(world: World) -> None:
    long = "x" * 8_000

    answer = await world.http.get(CONTACTS, params={"search": long})

    assert answer.status_code == 414
    assert "Mautic-Version" not in answer.headers


async def test_a_list_tells_booleans_as_texts(world: World) -> None:
    world.account.add_field("vip", "boolean")
    ann = world.account.add_contact("ann@example.com", vip=True)

    page = await world.get(CONTACTS)

    assert page["contacts"][str(ann.id)]["fields"]["all"]["vip"] == "1"
    assert (await world.shown(ann))["vip"] == 1


async def test_somebody_sees_what_is_his_until_he_filters(world: World, plain: World) -> None:
    counts = []
    for each in (world, plain):
        auth = each.caller("tom", {"lead:leads:viewown"})
        tom = each.account.keys.users[2]
        each.account.add_contact("ann@example.com", by=tom)
        each.account.add_contact("ben@example.com")
        for params in ({}, {"where[0][col]": "id", "where[0][expr]": "gt", "where[0][val]": "0"}):
            answer = await each.http.get(CONTACTS, params=params, auth=auth)
            counts.append(len(answer.json()["contacts"]))

    # The restriction and `where` are written into one place.
    assert counts == [1, 2, 1, 1]
