"""How contacts are asked for, and what is made of the answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters import cursors
from adapters.cursors import Place
from adapters.hubspot.contacts import ContactReader
from adapters.hubspot.milliseconds import milliseconds, milliseconds_in
from adapters.hubspot.wire import ContactWire
from adapters.rosters import packed_of, unpacked
from connector.domain.contacts import Contact, Reading
from connector.domain.pages import Page
from connector.domain.values import FieldType
from connector.errors import PlatformError, UnexpectedAnswer
from tests.unit.adapters.hubspot.canned import AT, Canned

NOW = milliseconds(AT)
HOUR = milliseconds_in(timedelta(hours=1))
SECOND = milliseconds_in(timedelta(seconds=1))
SINCE = cursors.written({"seen": NOW - 2 * HOUR, "sure": NOW - 3 * HOUR})


def row(remote_id: object, **values: str | None) -> dict[str, Any]:
    """Return a contact as HubSpot answers it."""
    return {
        "id": remote_id,
        "properties": values,
        "createdAt": "2026-01-15T10:30:00Z",
        "updatedAt": "2026-01-15T11:30:00.250+01:00",
        "archived": False,
    }


def page(*rows: dict[str, Any], after: str | None = None) -> tuple[int, dict[str, Any]]:
    body: dict[str, Any] = {"total": len(rows), "results": list(rows)}
    if after is not None:
        body["paging"] = {"next": {"after": after}}
    return 200, body


def read(reading: Reading, **values: str | None) -> Contact:
    (contact,), _ = ContactWire(reading).contacts([row("7", **values)])
    return contact


async def pull(
    canned: Canned, since: str | None, reading: Reading | None = None
) -> list[Page[Contact]]:
    reader = ContactReader(canned.account())
    return [each async for each in reader.contacts(reading or Reading(), since)]


async def test_a_search_names_both_spans_and_goes_on_by_id() -> None:
    canned = Canned([page(row("8"), row("9"), after="2"), page(row("10"))])

    await pull(canned, SINCE)

    spans = [
        [each["value"] for each in group["filters"]]
        for group in canned.asked[1].body["filterGroups"]
    ]
    assert spans == [
        [str(NOW - 3 * HOUR), str(NOW - HOUR), "9"],
        [str(NOW - 2 * HOUR - 60_000), str(NOW), "9"],
    ]
    assert canned.asked[1].body["sorts"] == [
        {"propertyName": "hs_object_id", "direction": "ASCENDING"}
    ]
    assert "after" not in canned.asked[1].body


async def test_the_filters_include_both_ends_of_a_span() -> None:
    canned = Canned([page()])

    await pull(canned, SINCE)

    filters = canned.asked[0].body["filterGroups"][0]["filters"]
    assert [(each["propertyName"], each["operator"]) for each in filters] == [
        ("lastmodifieddate", "GTE"),
        ("lastmodifieddate", "LTE"),
        ("hs_object_id", "GT"),
    ]


async def test_behind_an_empty_page_it_goes_on_from_where_the_answer_says() -> None:
    canned = Canned([page(after="200"), page(row("8"))])

    pages = await pull(canned, SINCE)

    assert canned.asked[1].body["after"] == "200"
    assert [each.remote_id for found in pages for each in found.items] == ["8"]


async def test_a_page_without_a_next_one_is_no_end_while_more_were_found() -> None:
    body = {"total": 3, "results": [row("8"), row("9")]}
    canned = Canned([(200, body), page(row("10"))])

    pages = await pull(canned, SINCE)

    assert [each.remote_id for found in pages for each in found.items] == ["8", "9", "10"]


@pytest.mark.parametrize(
    "answers",
    [
        [page(row("9"), row("8"))],
        [page(row("8"), row("8"))],
        [page(row("8"), after="2"), page(row("8"), after="4")],
        [page(row("10"), after="2"), page(row("9"))],
        [page(after="200"), page(after="200")],
        [page(after="200"), page(after="100")],
        [page(row("x"))],
        [page({"properties": {}})],
        [(200, {"results": "none"})],
        [(200, [])],
        [(200, None)],
    ],
    ids=[
        *("unsorted", "twice", "no progress", "backwards", "same place", "earlier place"),
        *("no number", "no id", "no rows", "a list", "nothing"),
    ],
)
async def test_a_search_that_gets_nowhere_is_an_error_and_no_loop(
    answers: list[tuple[int, Any]],
) -> None:
    with pytest.raises(UnexpectedAnswer):
        await pull(Canned(list(answers)), SINCE)


@pytest.mark.parametrize("places", [("8", "8"), ("9", "8"), ("x", "x")], ids="-".join)
async def test_a_list_that_goes_round_in_a_circle_is_an_error(places: tuple[str, str]) -> None:
    canned = Canned([page(row("8"), after=places[0]), page(row("9"), after=places[1])])

    with pytest.raises(UnexpectedAnswer):
        await pull(canned, None)


@pytest.mark.parametrize("number", [10, 60, 400])
async def test_no_search_is_longer_than_hubspot_reads(number: int) -> None:
    names = [f"property_number_{each:04}" for each in range(number)]
    reading = Reading(fields=dict.fromkeys(names, FieldType.TEXT))
    canned = Canned([page(row("8")), page(row("8"))])

    await pull(canned, SINCE, reading)

    assert len(json.dumps(canned.asked[0].body)) <= 3000
    assert set(names) <= set(canned.asked[-1].body["properties"])


async def test_a_list_of_very_many_properties_is_read_by_id() -> None:
    names = [f"property_number_{each:04}" for each in range(400)]
    reading = Reading(fields=dict.fromkeys(names, FieldType.TEXT))
    canned = Canned([page(row("8")), page(row("8", property_number_0399="x")), (403, {})])

    (found,) = await pull(canned, None, reading)

    assert len(canned.asked[0].query) < 200
    assert found.items[0].attributes["property_number_0399"] == "x"


async def test_a_cursor_of_another_version_begins_anew() -> None:
    canned = Canned([page(row("8")), (403, {})])

    await pull(canned, '{"seen":1,"v":99}')

    assert canned.asked[0].method == "GET"


async def test_after_the_first_walk_it_asks_when_the_day_of_the_account_ends() -> None:
    canned = Canned([page(row("8")), (200, {"results": []})])

    await pull(canned, None)

    assert [each.path.split("/")[1] for each in canned.asked] == ["crm", "account-info"]


async def test_a_clock_that_went_back_a_little_loses_nothing() -> None:
    ahead = cursors.written({"seen": NOW + SECOND, "sure": NOW - HOUR})
    canned = Canned([page()])

    (found,) = await pull(canned, ahead)

    assert cursors.read(found.cursor) == {"seen": NOW + SECOND, "sure": NOW - HOUR}


@pytest.mark.parametrize(
    "ahead",
    [{"seen": NOW + HOUR, "sure": NOW}, {"started": NOW + HOUR, "after": "700"}],
    ids=["read", "being read"],
)
async def test_what_was_read_later_than_now_is_read_again(ahead: Place) -> None:
    canned = Canned([page(row("8")), (200, {})])

    (found,) = await pull(canned, cursors.written(ahead))

    assert "after" not in canned.asked[0].query
    assert cursors.read(found.cursor) == {"seen": NOW, "sure": NOW}
    assert ["a clock that was ahead" in str(each) for each in found.problems] == [True]


async def test_a_search_that_began_later_than_now_begins_anew() -> None:
    place = {"seen": NOW - HOUR, "sure": NOW - 2 * HOUR}
    later = {"spans": [[NOW, NOW + HOUR]], "seen": NOW + HOUR, "sure": NOW, "last": 9}
    canned = Canned([page(row("8"))])

    (found,) = await pull(canned, cursors.written({**place, "walk": later}))

    assert cursors.read(found.cursor) == {"seen": NOW, "sure": NOW - HOUR}


async def test_errors_tell_neither_names_nor_addresses() -> None:
    bad = row("8", email="ann@example.com")
    bad["properties"] = ["ann@example.com"]

    with pytest.raises(PlatformError) as caught:
        await pull(Canned([page(bad)]), None)

    assert "ann" not in str(caught.value)


async def test_nobody_is_asked_for_by_an_id_that_is_none() -> None:
    canned = Canned()

    found = await ContactReader(canned.account()).fetch(["no-such-id", ""], Reading())

    assert (list(found), canned.asked) == ([], [])


async def test_records_that_do_not_exist_are_absent() -> None:
    errors = [{"category": "OBJECT_NOT_FOUND", "context": {"ids": ["9"]}}]
    partly = (207, {"results": [row("8")], "numErrors": 1, "errors": errors})

    found = await ContactReader(Canned([partly]).account()).fetch(["8", "9"], Reading())

    assert [each.remote_id for each in found] == ["8"]


def test_ids_are_texts() -> None:
    (contact,), _ = ContactWire(Reading()).contacts([row(2**60)])

    assert contact.remote_id == str(2**60)


def test_instants_come_in_utc() -> None:
    contact = read(Reading())

    assert contact.created_at == AT
    assert contact.modified_at == datetime(2026, 1, 15, 10, 30, 0, 250_000, tzinfo=UTC)
    assert contact.modified_at.utcoffset() == timedelta()


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (FieldType.TEXT, " CEO ", "CEO"),
        (FieldType.TEXT, "", None),
        (FieldType.TEXT, "  ", None),
        (FieldType.TEXT, None, None),
        (FieldType.NUMBER, "1250.5", 1250.5),
        (FieldType.NUMBER, "", None),
        (FieldType.BOOLEAN, "true", True),
        (FieldType.BOOLEAN, "false", False),
        (FieldType.DATETIME, "2026-01-15", datetime(2026, 1, 15, tzinfo=UTC)),
        (FieldType.DATETIME, "2026-01-15T10:30:00Z", AT),
        (FieldType.DATETIME, "1768473000000", AT),
        (FieldType.DATETIME, "86400000", datetime(1970, 1, 2, tzinfo=UTC)),
        (FieldType.DATETIME, "-86400000", datetime(1969, 12, 31, tzinfo=UTC)),
        (FieldType.EMAIL, "Bob@Example.com", "bob@example.com"),
    ],
)
def test_a_text_is_read_as_its_type(kind: FieldType, raw: str | None, value: object) -> None:
    contact = read(Reading(fields={"field": kind}), field=raw)

    assert contact.attributes == {"field": value}


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (FieldType.NUMBER, "1,250"),
        (FieldType.BOOLEAN, "perhaps"),
        (FieldType.DATETIME, "99999999999999999"),
        (FieldType.DATETIME, "soon"),
        (FieldType.EMAIL, "bob"),
    ],
)
def test_a_text_that_does_not_fit_is_not_taken_for_an_empty_one(kind: FieldType, raw: str) -> None:
    contact = read(Reading(fields={"field": kind}), field=raw)

    assert contact.attributes == {}


def test_a_value_that_does_not_fit_is_told_without_being_repeated() -> None:
    reading = Reading(fields={"score": FieldType.NUMBER})

    _, (problem,) = ContactWire(reading).contacts([row("7", score="secret")])

    assert str(problem) == "score: of contact 7 is not a number"


@pytest.mark.parametrize(
    ("email", "more", "emails"),
    [
        ("Ann@Example.com", None, ("ann@example.com",)),
        ("ann@example.com", "b@example.com;Ann@example.com; c@example.com ;", 3),
        (None, "b@example.com", ("b@example.com",)),
        ("nobody at home", None, ()),
        ("", "", ()),
        (None, None, ()),
    ],
)
def test_all_addresses_are_read_the_main_one_first(
    email: str | None, more: str | None, emails: object
) -> None:
    contact = read(Reading(), email=email, hs_additional_emails=more)

    told: object = contact.emails if not isinstance(emails, int) else len(contact.emails)
    assert told == emails


def test_another_field_may_hold_the_address() -> None:
    reading = Reading(email="work_email")

    assert read(reading, work_email="a@example.com", email="b@example.com").emails == (
        "a@example.com",
    )


def test_merged_records_are_told_without_the_record_itself() -> None:
    assert read(Reading(), hs_merged_object_ids="5;7; 6;;x").merged_ids == ("5", "6")


@pytest.mark.parametrize(("raw", "opted_out"), [("true", True), ("false", False), (None, False)])
def test_who_opted_out_of_all_mail_is_told(raw: str | None, opted_out: bool) -> None:
    assert read(Reading(), hs_email_optout=raw).opted_out is opted_out


@pytest.mark.parametrize("ids", [[], [1], [951, 952, 1000, 2**40]], ids=len)
def test_packed_members_are_unpacked_as_they_were(ids: list[int]) -> None:
    assert list(unpacked(packed_of(ids))) == ids


def test_packed_members_take_little_room() -> None:
    ids = range(10**9, 10**9 + 150_000, 3)

    assert len(packed_of(ids)) < 10_000
