"""Contacts come into lists and leave them, each with an outcome of its own."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.hubspot.lists import HubspotLists
from adapters.hubspot.writing.members import HubspotListWriter
from connector.domain.changes import Addressee, ListChange, Outcome
from connector.errors import ContactGone, NotSetUp, UnexpectedAnswer
from tests.unit.adapters.hubspot.canned import Canned, error

HOT = "Leads chauds"


def found(kind: str = "MANUAL", size: int = 0) -> tuple[int, dict[str, Any]]:
    row = {"listId": "7", "name": HOT, "processingType": kind, "size": size}
    return 200, {"list": row}


def changes(*ids: str, is_member: bool = True) -> list[ListChange]:
    return [
        ListChange(to=Addressee(remote_id=each), list_name=HOT, is_member=is_member) for each in ids
    ]


def writer(canned: Canned) -> HubspotListWriter:
    account = canned.account()
    return HubspotListWriter(account, HubspotLists(account))


async def test_whoever_is_added_missing_or_there_already_is_told_apart() -> None:
    answer = {"recordsIdsAdded": ["11"], "recordIdsRemoved": [], "recordIdsMissing": ["12"]}
    canned = Canned([found(), (200, answer)])

    added, gone, there = await writer(canned).write_lists(changes("11", "12", "13"))

    assert (added, there) == (Outcome(), Outcome(is_unchanged=True))
    assert isinstance(gone.error, ContactGone)
    put = canned.asked[1]
    assert (put.method, put.path) == ("PUT", "/crm/lists/2026-03/7/memberships/add")
    assert put.body == ["11", "12", "13"]


async def test_whoever_is_taken_out_is_told() -> None:
    canned = Canned([found(), (200, {"recordIdsRemoved": [11]})])

    outcomes = await writer(canned).write_lists(changes("11", is_member=False))

    assert outcomes == [Outcome()]
    assert canned.asked[1].path.endswith("/7/memberships/remove")


async def test_a_list_is_looked_for_once_by_its_name() -> None:
    answer = (200, {"recordsIdsAdded": ["11"]})
    canned = Canned([found(), answer, answer])
    lists = writer(canned)

    await lists.write_lists(changes("11"))
    await lists.write_lists(changes("11"))

    assert [each.method for each in canned.asked] == ["GET", "PUT", "PUT"]
    assert canned.asked[0].path.endswith("/object-type-id/0-1/name/Leads chauds")


async def test_an_answer_that_names_nobody_is_believed_of_whom_it_is_true() -> None:
    memberships = [(200, {"results": [{"listId": "7"}]}), (200, {"results": [{"listId": "8"}]})]
    canned = Canned([found(size=600), (200, {}), *memberships])

    there, lost = await writer(canned).write_lists(changes("11", "12"))

    assert there == Outcome(is_unchanged=True)
    assert isinstance(lost.error, UnexpectedAnswer)


async def test_a_short_list_is_read_rather_than_asked_for_one_by_one() -> None:
    pages = [
        (200, {"results": [{"recordId": "11"}], "paging": {"next": {"after": "x"}}}),
        (200, {"results": [{"recordId": "12"}]}),
    ]
    canned = Canned([found(size=2), (200, {}), *pages])

    outcomes = await writer(canned).write_lists(changes("11", "12", "13", is_member=False))

    assert [type(each.error) for each in outcomes] == [
        UnexpectedAnswer,
        UnexpectedAnswer,
        type(None),
    ]
    assert outcomes[2].is_unchanged


@pytest.mark.parametrize("kind", ["DYNAMIC", "SOMETHING_NEW"])
async def test_a_list_that_fills_itself_is_refused_in_plain_words(kind: str) -> None:
    canned = Canned([found(kind)])

    with pytest.raises(NotSetUp, match="HubSpot decides itself who is in the list `Leads chauds`"):
        await writer(canned).write_lists(changes("11", "12"))

    assert len(canned.asked) == 1


async def test_a_list_that_is_not_there_is_waited_for() -> None:
    missing, added = (404, error("OBJECT_NOT_FOUND")), (200, {"recordsIdsAdded": ["11"]})
    canned = Canned([missing, found(), added])
    lists = writer(canned)
    with pytest.raises(NotSetUp, match="HubSpot has no list `Leads chauds`"):
        await lists.write_lists(changes("11"))

    assert await lists.write_lists(changes("11")) == [Outcome()]


async def test_a_list_that_is_gone_in_the_middle_is_looked_for_again() -> None:
    missing, added = (404, error("OBJECT_NOT_FOUND")), (200, {"recordsIdsAdded": ["11"]})
    canned = Canned([found(), missing, found(), added])
    lists = writer(canned)
    with pytest.raises(NotSetUp, match="HubSpot has no list `Leads chauds`"):
        await lists.write_lists(changes("11"))

    assert await lists.write_lists(changes("11")) == [Outcome()]
