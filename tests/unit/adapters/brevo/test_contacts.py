"""Contacts of Brevo: what changed, each with its values, by id, and what tells where to go on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.brevo.contacts import BrevoContacts
from connector.domain.contacts import Contact, Reading
from connector.domain.values import FieldType
from connector.errors import UnexpectedAnswer
from tests.unit.adapters.brevo.canned import AT, Answer, Asked, Canned, contact_row


def account_of(*present: dict[str, Any]) -> Canned:
    """Return an account with these contacts, which knows every way to ask for them."""

    def answer(asked: Asked) -> Answer:
        if asked.path != "/contacts":
            kind, text = asked.params["identifierType"], asked.path.removeprefix("/contacts/")
            field = {"contact_id": "id", "email_id": "email"}[kind]
            found = [row for row in present if str(row[field]) == text.replace("%40", "@")]
            return (200, found[0]) if found else (404, {"code": "document_not_found"})
        ids = asked.params.get_list("ids")
        rows = [row for row in present if not ids or str(row["id"]) in ids]
        return 200, {"contacts": asked.page_of(rows), "count": len(rows)}

    return Canned(answer)


async def read(canned: Canned, reading: Reading | None = None) -> list[Contact]:
    source = BrevoContacts(account=canned.account())
    pages = source.contacts(reading or Reading(), None)
    return [contact async for page in pages for contact in page.items]


async def test_the_first_walk_is_whole_and_in_the_order_of_creation() -> None:
    canned = account_of(contact_row(1), contact_row(2))

    await read(canned)

    assert dict(canned.asked[0].params) == {"limit": "1000", "offset": "0", "sort": "asc"}


async def test_the_next_walk_begins_shortly_before_the_last_one() -> None:
    canned = account_of(contact_row(1))
    source = BrevoContacts(account=canned.account())
    (page,) = [each async for each in source.contacts(Reading(), None)]
    canned.clock.advance(timedelta(hours=1))

    _ = [each async for each in source.contacts(Reading(), page.cursor)]

    assert canned.asked[-1].params["modifiedSince"] == "2026-01-15T10:20:00.000Z"


async def test_a_walk_that_was_broken_off_counts_from_its_own_beginning() -> None:
    canned = account_of(*map(contact_row, range(1, 6)))
    source = BrevoContacts(account=canned.account(), page_rows=3)
    first = await anext(source.contacts(Reading(), None))
    canned.clock.advance(timedelta(hours=5))
    *_, last = [each async for each in source.contacts(Reading(), first.cursor)]

    _ = [each async for each in source.contacts(Reading(), last.cursor)]

    assert canned.asked[-1].params["modifiedSince"] == "2026-01-15T10:20:00.000Z"


@pytest.mark.parametrize("cursor", ["", "nonsense", "[]", '{"v": 99, "since": 5}'])
async def test_a_cursor_of_another_version_is_as_none(cursor: str) -> None:
    canned = account_of(contact_row(1))
    source = BrevoContacts(account=canned.account())

    _ = [each async for each in source.contacts(Reading(), cursor)]

    assert "modifiedSince" not in canned.asked[0].params


async def test_a_cursor_does_not_grow_with_the_account() -> None:
    canned = account_of(*map(contact_row, range(1, 2500)))
    source = BrevoContacts(account=canned.account())

    sizes = [len(page.cursor) async for page in source.contacts(Reading(), None)]

    assert len(sizes) == 3
    assert max(sizes) < 120


async def test_a_contact_is_read_with_instants_in_utc() -> None:
    row = contact_row(7, "Ann@Mail.Example.com") | {"modifiedAt": "2026-01-02T00:00:00.000+01:00"}

    (contact,) = await read(account_of(row))

    assert contact == Contact(
        remote_id="7",
        emails=("ann@mail.example.com",),
        created_at=datetime(2026, 1, 1, 0, 0, 7, tzinfo=UTC),
        modified_at=datetime(2026, 1, 1, 23, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (FieldType.TEXT, "Zoë", "Zoë"),
        (FieldType.TEXT, {"value": 0, "valueStr": "Gold"}, "Gold"),
        (FieldType.TEXT, ["Golf", "Chess"], "Golf;Chess"),
        (FieldType.TEXT, 33612345678, "33612345678"),
        (FieldType.NUMBER, 12, 12.0),
        (FieldType.NUMBER, {"value": 3, "valueStr": "3"}, 3.0),
        (FieldType.BOOLEAN, False, False),
        (FieldType.DATETIME, "1986-05-02", datetime(1986, 5, 2, tzinfo=UTC)),
        (FieldType.TEXT, "", None),
    ],
    ids=str,
)
async def test_a_value_is_read_by_its_type(kind: FieldType, raw: object, value: object) -> None:
    canned = account_of(contact_row(1, X=raw))

    (contact,) = await read(canned, Reading(fields={"X": kind}))

    assert contact.attributes == {"X": value}


async def test_an_attribute_that_a_contact_lacks_is_empty() -> None:
    (contact,) = await read(account_of(contact_row(1)), Reading(fields={"X": FieldType.TEXT}))

    assert contact.attributes == {"X": None}


async def test_a_value_that_does_not_fit_is_left_out_and_told_without_itself() -> None:
    canned = account_of(contact_row(1, X="secret"))
    source = BrevoContacts(account=canned.account())

    (page,) = [
        each async for each in source.contacts(Reading(fields={"X": FieldType.NUMBER}), None)
    ]

    assert page.items[0].attributes == {}
    assert [str(each) for each in page.problems] == ["X: of contact 1 is not a number"]


async def test_the_address_may_be_asked_for_as_an_attribute() -> None:
    reading = Reading(fields={"EMAIL": FieldType.EMAIL}, email="EMAIL")

    (contact,) = await read(account_of(contact_row(1, "ann@mail.example.com")), reading)

    assert contact.attributes == {"EMAIL": "ann@mail.example.com"}
    assert contact.emails == ("ann@mail.example.com",)


async def test_another_attribute_may_hold_the_address() -> None:
    canned = account_of(contact_row(1, "private@mail.example.com", WORK="Ann@Work.Example.com"))

    (contact,) = await read(canned, Reading(email="WORK"))

    assert contact.emails == ("ann@work.example.com",)


@pytest.mark.parametrize("email", [None, "", "33612345678@mailin-sms.com", "nobody at home"])
async def test_what_is_no_address_of_a_person_costs_only_the_address(email: str | None) -> None:
    (contact,) = await read(account_of(contact_row(1) | {"email": email}))

    assert (contact.remote_id, contact.emails) == ("1", ())


async def test_whoever_is_on_the_blocklist_opted_out() -> None:
    canned = account_of(contact_row(1), contact_row(2) | {"emailBlacklisted": True})

    assert [each.opted_out for each in await read(canned)] == [False, True]


async def test_contacts_are_read_by_id_twenty_at_a_time() -> None:
    canned = account_of(*map(contact_row, range(1, 46)))
    source = BrevoContacts(account=canned.account())

    found = await source.fetch([str(each) for each in range(1, 42)], Reading())

    assert {each.remote_id for each in found} == {str(each) for each in range(1, 42)}
    assert len(canned.asked) == 3


async def test_an_account_that_does_not_know_the_filter_is_asked_one_by_one() -> None:
    present = [contact_row(each) for each in range(1, 6)]
    knowing = account_of(*present)

    def answer(asked: Asked) -> Answer:
        if asked.path == "/contacts":
            return 200, {"contacts": present, "count": len(present)}
        return knowing.answer(asked)

    canned = Canned(answer)

    found = await BrevoContacts(account=canned.account()).fetch(["2", "4"], Reading())

    assert sorted(each.remote_id for each in found) == ["2", "4"]


async def test_an_address_may_stand_for_an_id() -> None:
    canned = account_of(contact_row(1, "ann@mail.example.com"))
    source = BrevoContacts(account=canned.account())

    found = await source.fetch(["ann@mail.example.com", "bob@mail.example.com"], Reading())

    assert [each.remote_id for each in found] == ["1"]


async def test_what_can_be_no_id_is_not_asked_for() -> None:
    canned = account_of()

    found = await BrevoContacts(account=canned.account()).fetch(["../lists", "٣"], Reading())

    assert (len(found), canned.asked) == (0, [])


@pytest.mark.parametrize("spoilt", ["id", "createdAt", "modifiedAt", "attributes"])
async def test_a_contact_without_its_essentials_is_an_error(spoilt: str) -> None:
    row = {name: value for name, value in contact_row(1).items() if name != spoilt}

    with pytest.raises(UnexpectedAnswer) as caught:
        await read(account_of(row))

    assert "person1" not in str(caught.value)


async def test_the_clock_of_a_cursor_is_ours() -> None:
    canned = account_of(contact_row(1))

    (page,) = [
        each async for each in BrevoContacts(account=canned.account()).contacts(Reading(), None)
    ]

    began = datetime.fromtimestamp(json.loads(page.cursor)["since"] / 1e6, UTC)
    assert began == AT - timedelta(minutes=10)
