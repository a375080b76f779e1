"""Contacts are created of their addresses alone, and who is there is found as they are."""

from __future__ import annotations

import pytest

from adapters.simulation.faults import Fault
from connector.domain.changes import Outcome
from connector.domain.contacts import Contact
from connector.errors import PlatformUnavailable, RejectedByPlatform, UnexpectedAnswer
from connector.ports.platform import NewContact
from tests.unit.adapters.mautic.writing.canned import Canned, shown
from tests.unit.adapters.mautic.writing.instance import Instance

NONE = (200, {"total": "0", "contacts": []})


def wanted(*emails: str) -> list[NewContact]:
    return [NewContact(email=each, attributes={"score": 7}) for each in emails]


async def test_who_is_there_is_found_and_the_others_are_made() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    before = dict(ann.values)

    found = await mautic.parts.contact_creator.create_contacts(
        wanted("new@mail.example.com", "p0@mail.example.com")
    )

    assert [each.emails for each in found if isinstance(each, Contact)] == [
        ("new@mail.example.com",),
        ("p0@mail.example.com",),
    ]
    assert (ann.values, ann.modified_at) == (before, None)
    assert len(mautic.account.contacts.by_id) == 2


async def test_nothing_but_the_address_is_said() -> None:
    mautic = Instance()

    await mautic.parts.contact_creator.create_contacts(wanted("new@mail.example.com"))

    (made,) = mautic.account.contacts.by_id.values()
    assert made.values == {"email": "new@mail.example.com"}


async def test_one_that_is_refused_costs_itself_alone() -> None:
    mautic = Instance()

    bad, good = await mautic.parts.contact_creator.create_contacts(
        wanted("no-address", "new@mail.example.com")
    )

    assert isinstance(bad, Outcome)
    assert isinstance(bad.error, RejectedByPlatform)
    assert isinstance(good, Contact)


async def test_many_are_made_by_few_requests() -> None:
    mautic = Instance()
    emails = [f"n{number}@mail.example.com" for number in range(120)]

    found = await mautic.parts.contact_creator.create_contacts(wanted(*emails))

    assert [each.emails[0] for each in found if isinstance(each, Contact)] == emails
    assert len(mautic.simulator.trace) == 6


async def test_long_addresses_are_looked_for_few_at_a_time() -> None:
    mautic = Instance()
    mautic.account.fields.by_alias["email"].letters = 191
    emails = [f"{number:03}{'x' * 57}@{'y' * 60}.{'z' * 60}.com" for number in range(50)]

    found = await mautic.parts.contact_creator.create_contacts(wanted(*emails))

    assert all(isinstance(each, Contact) for each in found)
    assert max(len(each.query) for each in mautic.simulator.trace) < 8_000


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.CUT_BODY, Fault.SERVER_ERROR])
async def test_a_lost_answer_makes_nobody_twice(fault: Fault) -> None:
    mautic = Instance()
    creator = mautic.parts.contact_creator
    mautic.simulator.faults.play(fault, on="POST")

    with pytest.raises((PlatformUnavailable, UnexpectedAnswer)):
        await creator.create_contacts(wanted("new@mail.example.com"))
    (found,) = await creator.create_contacts(wanted("new@mail.example.com"))

    assert isinstance(found, Contact)
    assert len(mautic.account.contacts.by_id) == 1


async def test_what_was_made_before_a_failure_is_told() -> None:
    rows = [shown(number, email=f"n{number}@x.org") for number in range(50)]
    canned = Canned([NONE, (201, {"contacts": rows, "statusCodes": [201] * 50}), (503, None)])
    emails = [f"n{number}@x.org" for number in range(60)]

    found = await canned.parts().contact_creator.create_contacts(wanted(*emails))

    assert [isinstance(each, Contact) for each in found] == [True] * 50 + [False] * 10


@pytest.mark.parametrize(
    "body",
    [
        {"contacts": [], "statusCodes": [201]},
        {"contacts": [shown(11, email="other@x.org")], "statusCodes": [201]},
        {"contacts": [shown(11)], "statusCodes": [201]},
        None,
    ],
    ids=["nobody", "another", "without an address", "nothing"],
)
async def test_who_is_not_shown_was_not_made(body: object) -> None:
    canned = Canned([NONE, (201, body)])

    (found,) = await canned.parts().contact_creator.create_contacts(wanted("new@x.org"))

    assert isinstance(found, Outcome)
    assert isinstance(found.error, UnexpectedAnswer)


async def test_an_address_that_identifies_nobody_there_makes_no_second_contact() -> None:
    twin = {**shown(12, email="new@x.org"), "dateAdded": "2026-01-15T10:30:00+00:00"}
    canned = Canned([(200, {"total": "1", "contacts": {"12": twin}})])

    (found,) = await canned.parts().contact_creator.create_contacts(wanted("new@x.org"))

    assert isinstance(found, Contact)
    assert found.remote_id == "12"
    assert [each.method for each in canned.asked] == ["GET"]
