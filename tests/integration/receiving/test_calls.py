"""What both platforms tell by calling, from what happened there to what is known of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.hubspot.simulator.tricks import Trick
from adapters.simulation.calls import Mishaps
from adapters.simulation.faults import Fault
from connector.domain.records import Record
from tests.integration.platforms.company import MAPPINGS
from tests.integration.receiving.door import Door, a_calling_company

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with a_calling_company(MAPPINGS) as door:
        yield door


async def _settled(door: Door) -> None:
    """Let all that happened so far be known, and nothing be on its way."""
    await door.company.sync()
    door.company.clock.advance(HOUR)
    await door.take_in()
    await door.company.sync()
    door.company.clock.advance(HOUR)
    await door.take_in()
    door.forget_requests()
    door.kinds.clear()


async def _record(door: Door, platform: str, remote_id: object) -> Record | None:
    async with door.company.state.read() as tx:
        return (await tx.contacts.records(platform, [str(remote_id)])).get(str(remote_id))


async def test_who_is_made_on_hubspot_is_known_at_once(door: Door) -> None:
    await _settled(door)
    ann = door.company.crm.account.add(email="ann@mail.example.com", jobtitle="chief")

    taken = await door.take_in()

    record = await _record(door, "crm", ann)
    assert record is not None
    assert record.attributes["job"] == "chief"
    assert taken["crm"].contacts == {record.contact}
    assert door.requests() == {"crm": 1, "mail": 0}


async def test_what_is_changed_on_hubspot_is_read_at_once(door: Door) -> None:
    ann = door.company.crm.account.add(email="ann@mail.example.com", jobtitle="cook")
    await _settled(door)
    door.company.crm.account.set(ann, jobtitle="chief")

    taken = await door.take_in()

    record = await _record(door, "crm", ann)
    assert record is not None
    assert record.attributes["job"] == "chief"
    assert taken["crm"].contacts == {record.contact}


async def test_who_unsubscribes_on_brevo_is_known_to_have(door: Door) -> None:
    ann = door.company.mail.account.create("ann@mail.example.com", JOB="cook")
    await _settled(door)
    news = door.company.mail.account.campaigns.add("News")
    door.company.mail.account.campaigns.happen("unsubscribed", ann, news)

    taken = await door.take_in()

    record = await _record(door, "mail", ann.id)
    assert record is not None
    assert (record.opted_out, taken["mail"].events) == (True, 1)
    assert taken["mail"].contacts == {record.contact}


async def test_who_is_deleted_on_brevo_is_gone_by_the_address(door: Door) -> None:
    ann = door.company.mail.account.create("ann@mail.example.com", JOB="cook")
    await _settled(door)
    door.company.mail.account.remove(ann)

    await door.take_in()

    record = await _record(door, "mail", ann.id)
    assert record is not None
    assert record.removed_at is not None


async def test_somebody_unknown_on_brevo_is_asked_for_by_address(door: Door) -> None:
    await _settled(door)
    account = door.company.mail.account
    ann = account.create("ann@mail.example.com", JOB="cook")
    account.mail.happen("opened", account.mail.send("ann@mail.example.com"))

    taken = await door.take_in()

    record = await _record(door, "mail", ann.id)
    assert record is not None
    assert taken["mail"].contacts == {record.contact}


async def test_ten_thousand_calls_about_few_contacts_are_a_handful_of_lookups(door: Door) -> None:
    account = door.company.crm.account
    people = [account.add(email=f"p{n}@mail.example.com", jobtitle="cook") for n in range(50)]
    await _settled(door)
    for number in range(10_000):
        account.set(people[number % 50], jobtitle=f"cook {number}")
        if number % 100 == 0:
            door.company.clock.advance(SECOND)

    taken = await door.take_in()

    assert door.kinds["contact.propertyChange"] >= 10_000
    assert door.requests()["crm"] <= 3
    assert len(taken["crm"].contacts) == 50


async def test_in_a_storm_of_mishaps_all_that_happened_is_known_in_the_end(door: Door) -> None:
    crm, mail = door.company.crm.account, door.company.mail.account
    door.deliverer.is_shuffled, door.deliverer.mishaps = True, Mishaps(seed=5, every=3)
    people = [crm.add(email=f"p{n}@mail.example.com", jobtitle="cook") for n in range(20)]
    await door.company.sync()
    for number in range(60):
        if number % 10 == 0:
            door.is_down = number in {20, 30}
            await door.take_in()
        crm.set(people[number % 20], jobtitle=f"cook {number}")
        person = mail.people.find("email_id", f"p{number % 20}@mail.example.com")
        if person is not None:
            message = mail.mail.send(person.email or "")
            mail.mail.happen("opened", message)
        door.company.clock.advance(timedelta(seconds=20))
    for _ in range(30):
        await door.take_in()
        door.company.clock.advance(HOUR)

    records = [await _record(door, "crm", each) for each in people]
    assert [each.attributes["job"] for each in records if each] == [
        f"cook {40 + number}" for number in range(20)
    ]
    async with door.company.state.read() as tx:
        types = await tx.events.types()
    assert types["mail", "email.opened"] == 60


async def test_a_merge_on_hubspot_makes_one_person_of_two(door: Door) -> None:
    account = door.company.crm.account
    ann = account.add(email="ann@mail.example.com", jobtitle="cook")
    ann_too = account.add(email="ann2@mail.example.com", jobtitle="chief")
    await _settled(door)
    winner = account.merge(ann, ann_too)

    await door.take_in()

    records = [await _record(door, "crm", each) for each in (ann, ann_too, winner)]
    assert len({each.contact for each in records if each}) == 1
    assert [each.removed_at is None for each in records if each] == [
        each == winner for each in (ann, ann_too, winner)
    ]


async def test_whom_hubspot_erased_for_privacy_is_erased_here(door: Door) -> None:
    account = door.company.crm.account
    ann = account.add(email="ann@mail.example.com", jobtitle="cook")
    await _settled(door)
    account.erase(ann)

    await door.take_in()

    assert await _record(door, "crm", ann) is None


async def test_who_cannot_be_asked_for_today_is_left_to_the_next_pull(door: Door) -> None:
    ann = door.company.crm.account.add(email="ann@mail.example.com", jobtitle="cook")
    await _settled(door)
    door.company.crm.account.set(ann, jobtitle="chief")
    door.company.crm.tricks.play(Trick.DAY_IS_SPENT)

    taken = (await door.take_in())["crm"]
    door.company.clock.advance(timedelta(days=1))
    await door.company.sync()

    assert (taken.calls, taken.left, taken.failed, taken.errors) == (1, 1, 0, [])
    assert "next pull" in taken.problems[0].message
    record = await _record(door, "crm", ann)
    assert record is not None
    assert record.attributes["job"] == "chief"


async def test_while_a_platform_is_away_calls_wait_and_are_taken_in_later(door: Door) -> None:
    ann = door.company.crm.account.add(email="ann@mail.example.com", jobtitle="cook")
    await _settled(door)
    door.company.crm.account.set(ann, jobtitle="chief")
    door.company.crm.faults.play(Fault.UNAVAILABLE, Fault.TIMED_OUT)

    tries = []
    for _ in range(3):
        tries.append((await door.take_in())["crm"])
        door.company.clock.advance(10 * SECOND)

    assert [(each.calls, each.failed) for each in tries] == [(0, 1), (0, 1), (1, 0)]
    record = await _record(door, "crm", ann)
    assert record is not None
    assert record.attributes["job"] == "chief"
