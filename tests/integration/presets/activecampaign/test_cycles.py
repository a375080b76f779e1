"""What ActiveCampaign's entry reads and writes in whole cycles, and what it never does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from adapters.simulation.faults import Fault
from connector.domain.outbound import DeliveryState
from tests.builders import T
from tests.fakes import FakeClock
from tests.integration.presets.accounts import KEY, Company, a_company
from tests.integration.presets.activecampaign.account import SUBSCRIBED, UNSUBSCRIBED, Person
from tests.integration.presets.activecampaign.simulator import (
    BUCKET,
    MOST_REQUESTS,
    ActiveCampaignSimulator,
    per_second,
)

TEXT = """
version: 1
platforms:
  crm: {adapter: memory}
  ac: {adapter: rest, preset: activecampaign, url: https://acme.api-us1.com, create: true}
attributes:
  email: {type: email, crm: email, ac: email}
  first_name: {type: text, ac: firstName}
model:
  rules:
    opened: {event: email.opened, points: 12}
    named: {when: "first_name = 'Ann'", points: 1}
  scores: {heat: {stages: [{name: cold, from: 0}, {name: hot, from: 20}]}}
targets:
  ac: {attributes: {"7": heat, "8": heat_stage}}
  crm: {lists: {Readers: {when: "in_list('ac', 'News')", create: true}}}
"""


@pytest.fixture
async def company() -> AsyncIterator[Company]:
    clock = FakeClock(T)
    simulator = ActiveCampaignSimulator(now=clock.now, windows=per_second())
    async with a_company(TEXT, {"ac": simulator}, clock) as company:
        yield company


@pytest.fixture
def ac(company: Company) -> ActiveCampaignSimulator:
    found = company.simulators["ac"]
    assert isinstance(found, ActiveCampaignSimulator)
    return found


def somebody(ac: ActiveCampaignSimulator, email: str, status: str, name: str = "") -> Person:
    """Return a new contact who is, or was, subscribed to the news."""
    person = ac.account.create(email)
    person.standard["firstName"] = name
    person.lists[ac.account.list_id("News")] = status
    return person


async def live(company: Company) -> set[str]:
    """Return the ids of the contacts that are there, as we know."""
    async with company.state.read() as tx:
        return {*await tx.contacts.live_ids("ac", limit=1_000)}


async def test_contacts_and_members_are_scored_and_the_score_comes_back(
    company: Company, ac: ActiveCampaignSimulator
) -> None:
    ann = somebody(ac, "ann@x.org", SUBSCRIBED, "Ann")
    ben = somebody(ac, "ben@x.org", UNSUBSCRIBED)
    there = company.crm.create("ann@x.org")
    company.opens(there, 2)

    await company.sync()

    assert company.crm.lists["Readers"] == {there.id}
    assert ann.values == {"7": "25", "8": "hot"}
    assert ben.values == {"7": "0", "8": "cold"}
    assert ben.lists == {ac.account.list_id("News"): UNSUBSCRIBED}


async def test_a_second_cycle_writes_nothing(company: Company, ac: ActiveCampaignSimulator) -> None:
    somebody(ac, "ann@x.org", SUBSCRIBED)
    await company.sync()
    ac.trace.clear()

    await company.sync()

    assert {each.method for each in ac.trace} == {"GET"}


async def test_who_is_missing_is_made_once_and_is_in_no_list(
    company: Company, ac: ActiveCampaignSimulator
) -> None:
    company.opens(company.crm.create("new@x.org"))

    await company.sync()
    await company.sync()

    (made,) = ac.account.people.values()
    assert (made.email, made.lists) == ("new@x.org", {})
    assert made.values == {"7": "12", "8": "cold"}
    assert len(ac.trace.of("POST", "/api/3/contact/sync")) == 1


async def test_who_was_deleted_there_is_gone_here(
    company: Company, ac: ActiveCampaignSimulator
) -> None:
    ann = somebody(ac, "ann@x.org", SUBSCRIBED)
    somebody(ac, "ben@x.org", SUBSCRIBED)
    somebody(ac, "cleo@x.org", SUBSCRIBED)
    await company.sync()
    del ac.account.people[ann.id]

    await company.sync(timedelta(days=2))

    assert await live(company) == {str(each) for each in ac.account.people}


async def test_only_who_changed_is_asked_for_later(
    company: Company, ac: ActiveCampaignSimulator
) -> None:
    somebody(ac, "ann@x.org", SUBSCRIBED)
    await company.sync()
    ac.trace.clear()

    await company.sync()

    asked = [
        each.query for each in ac.trace.of("GET", "/api/3/contacts") if "listid" not in each.query
    ]
    assert asked
    assert all("filters%5Bupdated_after%5D=2026-01-13" in each for each in asked)


async def test_the_limit_of_the_account_is_kept(
    company: Company, ac: ActiveCampaignSimulator
) -> None:
    for number in range(30):
        somebody(ac, f"p{number}@x.org", SUBSCRIBED)

    await company.sync()

    assert all(each.status != httpx.codes.TOO_MANY_REQUESTS for each in ac.trace)
    assert ac.trace.most_within(BUCKET, timedelta(seconds=1)) <= MOST_REQUESTS
    assert all(each.values for each in ac.account.people.values())


async def test_a_field_that_is_not_there_is_no_success(
    company: Company, ac: ActiveCampaignSimulator
) -> None:
    ac.account.fields.remove("7")
    ann = somebody(ac, "ann@x.org", SUBSCRIBED)

    await company.sync()

    assert ann.values == {"8": "cold"}
    (row,) = await company.rows("ac")
    assert row.state is not DeliveryState.CLEAN


@pytest.mark.parametrize("seed", range(3))
async def test_a_storm_of_faults_leaves_everybody_with_their_score(
    company: Company, ac: ActiveCampaignSimulator, seed: int
) -> None:
    people = [somebody(ac, f"p{number}@x.org", SUBSCRIBED) for number in range(12)]
    company.opens(company.crm.create("p1@x.org"), 2)
    ac.faults.storm(5, seed=seed)

    for _ in range(4):
        await company.sync()
    ac.faults.storm(0, seed=seed)
    for _ in range(3):
        await company.sync()

    assert people[1].values == {"7": "24", "8": "hot"}
    assert all(each.values == {"7": "0", "8": "cold"} for each in people if each is not people[1])
    assert len(ac.account.people) == len(people)


@pytest.mark.parametrize("fault", [Fault.HTML_PAGE, Fault.CUT_BODY, Fault.TIMED_OUT])
async def test_an_answer_that_is_none_takes_nobody_away(
    company: Company, ac: ActiveCampaignSimulator, fault: Fault
) -> None:
    ann = somebody(ac, "ann@x.org", SUBSCRIBED)
    await company.sync()
    ac.faults.play(*[fault] * 4, on="GET /api/3/contacts")

    await company.sync(timedelta(days=2))
    await company.sync()

    assert await live(company) == {str(ann.id)}


async def test_no_key_comes_to_light(
    company: Company, ac: ActiveCampaignSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    ac.account.token = "another"

    summary = await company.sync()

    assert ac.trace.exchanges
    assert KEY not in f"{summary!r}{caplog.text}{company.platforms!r}"
    assert all(KEY not in each.path + each.query for each in ac.trace)
