"""Contacts of a simulated HubSpot: none is missed, and few requests are made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from adapters.hubspot.adapter import HubspotPlatform
from adapters.hubspot.config import HubspotConfig
from adapters.hubspot.simulator.quirks import Quirks
from adapters.hubspot.simulator.tricks import Trick
from connector.domain.contacts import Contact, Reading
from connector.domain.pages import Cursor
from connector.domain.values import FieldType
from tests.integration.hubspot.conftest import AT, HOUR, MINUTE, World, drained

JOB = Reading(fields={"jobtitle": FieldType.TEXT})


async def pull(platform: HubspotPlatform, since: Cursor | None) -> tuple[list[Contact], Cursor]:
    return await drained(platform.contacts.contacts(JOB, since))


def ids(contacts: list[Contact]) -> list[str]:
    return [each.remote_id for each in contacts]


async def test_the_first_pull_walks_the_list_a_hundred_at_a_time(world: World) -> None:
    world.simulator.account.seed_contacts(250)
    platform = world.connect()

    contacts, _ = await pull(platform, None)

    asked = world.requests()
    assert ids(contacts) == world.simulator.account.ids()
    assert asked.count("GET /crm/objects/2026-03/contacts") == 3
    assert asked[3:] == ["GET /account-info/2026-03/api-usage/daily/private-apps"]


async def test_an_idle_cycle_asks_once_for_contacts_and_once_for_removals(world: World) -> None:
    world.simulator.account.seed_contacts(250)
    platform = world.connect("email.opened")
    platform.contacts.turns.has_lists = False
    _, contacts = await pull(platform, None)
    _, removals = await drained(platform.removals.removals(None))
    world.clock.advance(2 * HOUR)
    world.requests()

    changed, _ = await pull(platform, contacts)
    gone, _ = await drained(platform.removals.removals(removals))

    assert (changed, gone) == ([], [])
    assert world.requests() == ["POST /crm/objects/2026-03/contacts/search"] * 2


async def test_only_what_changed_is_read_from_then_on(world: World) -> None:
    world.simulator.account.seed_contacts(250)
    platform = world.connect()
    _, cursor = await pull(platform, None)
    world.clock.advance(HOUR)
    changed = world.simulator.account.ids()[7]
    world.simulator.account.set(changed, jobtitle="CEO")

    contacts, _ = await pull(platform, cursor)

    assert [(each.remote_id, each.attributes) for each in contacts] == [
        (changed, {"jobtitle": "CEO"})
    ]


async def test_a_change_that_searches_learn_of_late_is_read_within_the_hour(
    make_world: Callable[..., World],
) -> None:
    world = make_world(Quirks())
    world.simulator.account.seed_contacts(10)
    platform = world.connect()
    _, cursor = await pull(platform, None)
    changed = world.simulator.account.ids()[3]
    world.simulator.account.set(changed, jobtitle="CEO")
    seen: list[str] = []

    for _ in range(8):
        world.clock.advance(10 * MINUTE)
        contacts, cursor = await pull(platform, cursor)
        seen += ids(contacts)

    assert changed in seen


async def test_no_change_is_missed_however_searches_lag(make_world: Callable[..., World]) -> None:
    world = make_world(Quirks())
    account = world.simulator.account
    account.seed_contacts(30)
    platform = world.connect()
    contacts, cursor = await pull(platform, None)
    known = {each.remote_id: each.attributes["jobtitle"] for each in contacts}

    for number in range(40):
        account.set(account.ids()[number % 30], jobtitle=f"job {number}")
        world.clock.advance(timedelta(seconds=47))
        contacts, cursor = await pull(platform, cursor)
        known |= {each.remote_id: each.attributes["jobtitle"] for each in contacts}
    world.clock.advance(2 * HOUR)
    contacts, cursor = await pull(platform, cursor)
    known |= {each.remote_id: each.attributes["jobtitle"] for each in contacts}

    assert known == {each: account.values(each).get("jobtitle") for each in account.ids()}


@pytest.mark.parametrize("number", [9_999, 10_000, 10_001, 10_401])
async def test_more_rows_of_one_instant_than_a_query_finds_are_all_read(
    world: World, number: int
) -> None:
    account = world.simulator.account
    platform = world.connect()
    _, cursor = await pull(platform, None)
    world.clock.advance(HOUR)
    for each in range(number):
        account.add(email=f"person{each}@example.com")
    world.clock.advance(2 * HOUR)
    world.requests()

    contacts, _ = await pull(platform, cursor)

    assert ids(contacts) == account.ids()
    assert len(world.requests()) <= number / 200 + 1.5


async def test_ids_are_compared_as_numbers(world: World) -> None:
    account = world.simulator.account
    platform = world.connect()
    _, cursor = await pull(platform, None)
    world.clock.advance(MINUTE)
    for each in range(300):
        account.add(email=f"person{each}@example.com")

    contacts, _ = await pull(platform, cursor)

    assert {len(each) for each in ids(contacts)} == {3, 4}
    assert ids(contacts) == account.ids()


async def test_an_empty_page_is_no_end(world: World) -> None:
    account = world.simulator.account
    platform = world.connect()
    _, cursor = await pull(platform, None)
    world.clock.advance(MINUTE)
    for each in range(300):
        account.add(email=f"person{each}@example.com")
    world.simulator.tricks.play(Trick.EMPTY_PAGE, on="POST")

    contacts, _ = await pull(platform, cursor)

    assert ids(contacts) == account.ids()


async def test_a_pull_resumes_behind_any_page(world: World) -> None:
    account = world.simulator.account
    platform = world.connect()
    _, cursor = await pull(platform, None)
    world.clock.advance(MINUTE)
    for each in range(450):
        account.add(email=f"person{each}@example.com")
    pages = [page async for page in platform.contacts.contacts(JOB, cursor)]

    for number, page in enumerate(pages):
        rest, _ = await pull(world.connect(), page.cursor)
        before = {each.remote_id for seen in pages[: number + 1] for each in seen.items}
        assert before | set(ids(rest)) == set(account.ids())


async def test_a_contact_changed_while_changes_are_read_is_read_next_time(world: World) -> None:
    account = world.simulator.account
    platform = world.connect()
    _, cursor = await pull(platform, None)
    world.clock.advance(MINUTE)
    for each in range(450):
        account.add(email=f"person{each}@example.com")
    first = account.ids()[0]
    seen: dict[str, Contact] = {}

    async for page in platform.contacts.contacts(JOB, cursor):
        world.clock.advance(MINUTE)
        account.set(first, jobtitle="CEO")
        seen |= {each.remote_id: each for each in page.items}
        cursor = page.cursor
    contacts, _ = await pull(platform, cursor)
    seen |= {each.remote_id: each for each in contacts}

    assert seen[first].attributes["jobtitle"] == "CEO"


async def test_values_are_read_by_their_types(world: World) -> None:
    account = world.simulator.account
    for name, kind in {"score": "number", "born": "date", "met": "datetime", "vip": "bool"}.items():
        account.define(name, kind)
    account.add(
        email="Ann@Example.com", score="12.5", born="1969-12-31", met="1000", vip="true", company=""
    )
    reading = Reading(
        fields={
            "score": FieldType.NUMBER,
            "born": FieldType.DATETIME,
            "met": FieldType.DATETIME,
            "vip": FieldType.BOOLEAN,
            "company": FieldType.TEXT,
            "no_such_property": FieldType.TEXT,
        }
    )

    (contact,), _ = await drained(world.connect().contacts.contacts(reading, None))

    assert contact.emails == ("ann@example.com",)
    assert contact.attributes == {
        "score": 12.5,
        "born": datetime(1969, 12, 31, tzinfo=UTC),
        "met": datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC),
        "vip": True,
        "company": None,
        "no_such_property": None,
    }
    assert (contact.created_at, contact.modified_at) == (AT, AT)


async def test_additional_addresses_merges_and_opting_out_are_read(world: World) -> None:
    account = world.simulator.account
    ann = account.add(email="ann@example.com")
    other = account.add(email="Ann.Other@example.com")
    account.derive(ann, hs_email_optout="true")
    account.merge(ann, other)

    (contact,), _ = await pull(world.connect(), None)

    assert contact.emails == ("ann@example.com", "ann.other@example.com")
    assert contact.merged_ids == (other,)
    assert contact.opted_out


async def test_many_properties_are_read_in_a_request_of_their_own(world: World) -> None:
    account = world.simulator.account
    names = [f"a_property_with_a_long_name_{number}" for number in range(120)]
    for name in names:
        account.define(name)
    reading = Reading(fields=dict.fromkeys(names, FieldType.TEXT))
    platform = world.connect()
    _, cursor = await drained(platform.contacts.contacts(reading, None))
    world.clock.advance(MINUTE)
    account.add(email="ann@example.com", **{names[-1]: "x"})
    world.requests()

    (contact,), _ = await drained(platform.contacts.contacts(reading, cursor))

    assert contact.attributes[names[-1]] == "x"
    assert [each.rpartition("/contacts/")[2] for each in world.requests()] == [
        "search",
        "batch/read",
    ]


async def test_contacts_are_found_by_id_in_hundreds(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(230)
    wanted = [*account.ids(), "99999999", "no-such-id", account.ids()[0]]

    found = await world.connect().lookup.fetch(wanted, JOB)

    assert sorted(ids(list(found))) == sorted(account.ids())
    assert world.requests() == ["POST /crm/objects/2026-03/contacts/batch/read"] * 3


@pytest.mark.parametrize("version", ["2026-03", "2026-09", "v3"])
async def test_every_version_brings_the_same(world: World, version: str) -> None:
    world.simulator.account.seed_contacts(120)
    config = HubspotConfig.model_validate({"adapter": "hubspot", "version": version})

    contacts, _ = await pull(world.connect(config=config), None)

    assert ids(contacts) == world.simulator.account.ids()
