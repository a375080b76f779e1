"""Campaigns, contact by contact: only who may have news is asked, and everybody in turn."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from adapters.brevo.events.marketing import EVERY, Marketing
from adapters.brevo.events.source import Batch
from connector.domain.instants import iso
from connector.errors import PlatformUnavailable
from tests.insisting import insisted
from tests.unit.adapters.brevo.canned import (
    AT,
    Answer,
    Asked,
    Canned,
    all_of,
    contact_row,
    events_of,
    read,
)

Row = dict[str, Any]


class Company:
    """An account with contacts, lists and campaigns."""

    def __init__(self, people: int = 5) -> None:
        self.people = [contact_row(each) | {"listIds": [4]} for each in range(1, people + 1)]
        self.campaigns: list[Row] = [self.campaign(21, opened=0)]
        self.opened: set[int] = set()
        self.failing: set[int] = set()
        self.refused: set[int] = set()
        self.canned = Canned(self._answer)

    def campaign(self, number: int, *, opened: int, lists: tuple[int, ...] = (4,)) -> Row:
        counters = {"viewed": opened, "uniqueViews": opened}
        return {
            "id": number,
            "name": f"Campaign {number}",
            "recipients": {"lists": list(lists)},
            "statistics": {"globalStats": counters},
        }

    def open(self, number: int) -> None:
        self.opened.add(number)
        self.campaigns[0] = self.campaign(21, opened=len(self.opened))

    def who_was_asked(self) -> list[int]:
        paths = [each.path.split("/") for each in self.canned.asked]
        return [int(each[2]) for each in paths if each[-1] == "campaignStats"]

    async def read(self, place: dict[str, Any] | None = None, most: int = 99) -> list[Batch]:
        self.canned.asked.clear()
        self.canned.clock.advance(EVERY)
        source = Marketing(account=self.canned.account(), most_asked=most, page_rows=2)
        return await read(source, place)

    def _answer(self, asked: Asked) -> Answer:
        if asked.path == "/emailCampaigns":
            return 200, {"campaigns": asked.page_of(self.campaigns), "count": len(self.campaigns)}
        if asked.path == "/contacts":
            wanted = {int(each) for each in asked.params.get_list("listIds")}
            rows = [row for row in self.people[::-1] if not wanted or wanted & set(row["listIds"])]
            return 200, {"contacts": asked.page_of(rows), "count": len(rows)}
        number = int(asked.path.split("/")[2])
        if number in self.failing:
            return 503, {}
        if number in self.refused:
            return 400, {}
        if number not in self.opened:
            return 200, {}
        row = {"campaignId": 21, "count": 1, "eventTime": iso(AT), "ip": "10.0.0.1"}
        return 200, {"opened": [row]}


async def test_contacts_are_asked_newest_first() -> None:
    company = Company()
    company.open(2)

    batches = await company.read()

    assert company.who_was_asked() == [5, 4, 3, 2, 1]
    assert [each.subject for each in events_of(batches)] == ["person2@mail.example.com"]


async def test_nobody_is_asked_while_no_campaign_moved() -> None:
    company = Company()
    (*_, last) = await company.read()

    await company.read(last.place)

    assert [each.path for each in company.canned.asked] == ["/emailCampaigns"]


async def test_campaigns_are_not_asked_at_every_pull() -> None:
    company = Company()
    (*_, last) = await company.read()
    company.open(1)
    source = Marketing(account=company.canned.account())
    company.canned.asked.clear()

    assert await read(source, last.place) == []
    assert company.canned.asked == []


async def test_only_the_lists_of_campaigns_that_moved_are_asked() -> None:
    company = Company()
    company.people += [contact_row(6) | {"listIds": [9]}]
    company.campaigns.append(company.campaign(22, opened=0, lists=(9,)))
    (*_, last) = await company.read()
    company.open(1)

    await company.read(last.place)

    assert set(company.who_was_asked()) == {1, 2, 3, 4, 5}


async def test_everybody_is_asked_where_lists_do_not_tell_who_was_written_to() -> None:
    company = Company()
    company.people += [contact_row(6)]
    company.campaigns[0]["recipients"] = {"lists": [4], "segments": [2]}

    await company.read()

    assert set(company.who_was_asked()) == {1, 2, 3, 4, 5, 6}


async def test_a_round_goes_on_where_the_last_pull_stopped_so_that_all_are_asked() -> None:
    company = Company(people=7)
    place: dict[str, Any] = {}
    asked: list[int] = []

    for _ in range(4):
        (*_, last) = await company.read(place, most=2)
        asked += company.who_was_asked()
        place = last.place

    assert asked == [7, 6, 5, 4, 3, 2, 1]


async def test_the_campaigns_are_asked_once_a_round_and_named_to_its_end() -> None:
    company = Company(people=4)
    company.open(1)
    (*_, last) = await company.read(most=2)

    batches = await company.read(last.place)

    assert "/emailCampaigns" not in {each.path for each in company.canned.asked}
    assert [each.fields["campaign_name"] for each in events_of(batches)] == ["Campaign 21"]


async def test_what_moves_during_a_round_begins_another_one() -> None:
    company = Company(people=4)
    (*_, last) = await company.read(most=2)
    company.open(4)
    (*_, last) = await company.read(last.place)

    batches = await company.read(last.place)

    assert "person4@mail.example.com" in {each.subject for each in events_of(batches)}


async def test_whoever_has_no_address_or_is_gone_is_no_trouble() -> None:
    company = Company(people=2)
    company.people[0]["email"] = "33612345678@mailin-sms.com"

    await company.read()

    assert company.who_was_asked() == [2]


async def test_whoever_answered_is_not_asked_again_because_another_request_failed() -> None:
    company = Company()
    company.open(5)
    company.failing = {4}
    pages = Marketing(account=company.canned.account()).read({})
    page = await anext(pages)
    with pytest.raises(PlatformUnavailable):
        await anext(pages)
    company.failing = set()

    await company.read(page.place)

    assert [each.subject for each in events_of([page])] == ["person5@mail.example.com"]
    assert company.who_was_asked() == [4]


async def test_contacts_that_fail_for_good_are_given_up_though_another_one_is_refused() -> None:
    company = Company()
    company.failing, company.refused = {4}, {3}
    clock = company.canned.clock
    source = all_of([Marketing(account=company.canned.account())], clock)

    await insisted(source.events, None, clock)

    assert Counter(company.who_was_asked()) == {1: 1, 2: 1, 3: 5, 4: 5, 5: 1}
