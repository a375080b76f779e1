"""Contacts as answers have them, whatever shape those have."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.mautic.contacts import MauticContacts
from connector.domain.contacts import Contact, Reading
from connector.domain.pages import Page
from connector.domain.values import FieldType
from connector.errors import UnexpectedAnswer
from tests.unit.adapters.mautic.canned import Answer, Asked, Canned

READING = Reading(fields={"age": FieldType.NUMBER, "city": FieldType.TEXT})


def row(number: int, **values: object) -> dict[str, Any]:
    """Return a contact as an answer has it."""
    return {
        "id": number,
        "dateAdded": "2026-01-15T10:30:00+00:00",
        "dateModified": None,
        "fields": {"all": {"email": f"person{number}@example.com", **values}},
        "doNotContact": [],
    }


def answering(*rows: dict[str, Any], total: object = None) -> Canned:
    """Return an instance that has these contacts, and says that there are `total`."""

    def answer(asked: Asked) -> Answer:
        at = int(asked.clause("id") or 0)
        found = [each for each in rows if each["id"] > at]
        count = len(found) if total is None else total
        return 200, {"total": str(count), "contacts": {str(each["id"]): each for each in found}}

    return Canned(answer)


async def read(canned: Canned, page_rows: int = 200) -> list[Page[Contact]]:
    people = MauticContacts(account=canned.account(), page_rows=page_rows)
    return [page async for page in people.contacts(READING, None)]


def contacts_of(pages: list[Page[Contact]]) -> list[Contact]:
    return [each for page in pages for each in page.items]


@pytest.mark.parametrize("shape", ["object", "list", "nobody"])
async def test_contacts_are_read_from_an_object_and_from_a_list(shape: str) -> None:
    found: Any = {"object": {"1": row(1)}, "list": [row(1)], "nobody": []}[shape]
    canned = Canned(lambda _: (200, {"total": len(found), "contacts": found}))

    pages = await read(canned)

    assert [each.remote_id for each in contacts_of(pages)] == ["1"] * len(found)


async def test_an_empty_field_is_none_and_one_that_does_not_fit_is_left_out() -> None:
    canned = answering(row(1, age="", city=None), row(2, age="old", city="Paris"))

    pages = await read(canned)

    assert [each.attributes for each in contacts_of(pages)] == [
        {"age": None, "city": None},
        {"city": "Paris"},
    ]
    (problem,) = [each for page in pages for each in page.problems]
    assert (problem.path, "old" in problem.message) == ("age", False)


async def test_a_field_that_no_answer_has_was_cleared_by_nobody() -> None:
    pages = await read(answering(row(1, age=None)))

    assert contacts_of(pages)[0].attributes == {"age": None}


async def test_a_text_that_no_database_keeps_is_left_out() -> None:
    pages = await read(answering(row(1, city="a\0b")))

    assert contacts_of(pages)[0].attributes == {}


async def test_an_answer_that_is_short_since_somebody_has_gone_is_no_end() -> None:
    rows = [row(number) for number in range(1, 6)]

    def answer(asked: Asked) -> Answer:
        at = int(asked.clause("id") or 0)
        behind = [each for each in rows if each["id"] > at]
        # Whoever comes second was counted, and deleted before the rows were fetched.
        shown = [each for each in behind[:3] if each["id"] != at + 2]
        return 200, {"total": str(len(behind)), "contacts": shown}

    pages = await read(Canned(answer), page_rows=3)

    assert [each.remote_id for each in contacts_of(pages)] == ["1", "3", "4", "5"]


async def test_an_answer_that_counts_somebody_and_shows_nobody_is_none() -> None:
    with pytest.raises(UnexpectedAnswer, match="none of 3 contacts"):
        await read(Canned(lambda _: (200, {"total": "3", "contacts": []})))


async def test_a_walk_that_goes_round_in_a_circle_ends() -> None:
    with pytest.raises(UnexpectedAnswer):
        await read(Canned(lambda _: (200, {"total": "9", "contacts": [row(1)]})))


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"contacts": None}, {"contacts": [1]}, {"contacts": [{"id": None}]}],
)
async def test_an_answer_that_is_no_contact_is_a_clear_error(body: object) -> None:
    with pytest.raises(UnexpectedAnswer):
        await read(Canned(lambda _: (200, body)))


async def test_no_request_has_the_words_of_another() -> None:
    canned = answering(row(1))
    await read(canned)
    await read(canned)

    assert len({str(each.params) for each in canned.asked}) == len(canned.asked) > 1
