"""Contacts: who is new, who changed, and who is none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.simulation.faults import Fault
from connector.domain.contacts import Reading
from connector.domain.values import FieldType
from connector.errors import PlatformUnavailable
from tests.integration.mautic.conftest import ANN, BOB, DAY, HOUR, World, read

READING = Reading(fields={"country": FieldType.TEXT})


async def test_visitors_whom_nobody_knows_are_no_contacts(world: World) -> None:
    account = world.simulator.account
    ann = account.add_contact(ANN)
    visitor = account.add_contact()
    platform = world.connect()

    contacts, _ = await read(platform.contacts.contacts(READING, None))
    ids = [each async for page in platform.ids.ids() for each in page.items]
    found = await platform.lookup.fetch([str(ann.id), str(visitor.id)], READING)

    assert [each.remote_id for each in contacts] == ids == [str(ann.id)]
    assert [each.emails for each in found] == [(ANN,)]


async def test_a_visitor_who_is_identified_becomes_a_contact(world: World) -> None:
    account = world.simulator.account
    visitor = account.add_contact()
    platform = world.connect()
    _, cursor = await read(platform.contacts.contacts(READING, None))
    world.clock.advance(DAY)

    account.identify(visitor, ANN)
    contacts, _ = await read(platform.contacts.contacts(READING, cursor))

    assert {each.emails for each in contacts} == {(ANN,)}


async def test_whoever_was_never_edited_has_no_date_of_modification(world: World) -> None:
    account = world.simulator.account
    account.add_contact(ANN)
    platform = world.connect()

    contacts, _ = await read(platform.contacts.contacts(READING, None))

    assert contacts[0].modified_at is None
    assert contacts[0].created_at == world.clock.now()


async def test_a_contact_that_an_import_dates_back_is_read(world: World) -> None:
    account = world.simulator.account
    account.add_contact(ANN)
    world.clock.advance(DAY)
    platform = world.connect()
    _, cursor = await read(platform.contacts.contacts(READING, None))
    world.clock.advance(DAY)

    bob = account.add_contact(BOB)
    bob.added_at -= timedelta(days=900)
    bob.modified_at = None
    contacts, _ = await read(platform.contacts.contacts(READING, cursor))

    assert [each.emails for each in contacts] == [(BOB,)]


async def test_a_contact_that_nobody_saw_a_moment_ago_is_found(world: World) -> None:
    account = world.simulator.account
    platform = world.connect()
    assert not await platform.lookup.fetch(["1"], READING)

    account.add_contact(ANN)
    found = await platform.lookup.fetch(["1"], READING)

    assert [each.emails for each in found] == [(ANN,)]


async def test_whoever_is_not_to_be_written_to_is_opted_out(world: World) -> None:
    account = world.simulator.account
    ann, bob = account.add_contact(ANN), account.add_contact(BOB)
    account.block(ann, "email", 1)
    account.block(bob, "sms", 1)
    platform = world.connect()

    contacts, _ = await read(platform.contacts.contacts(READING, None))

    assert [each.opted_out for each in contacts] == [True, False]


async def test_nothing_new_costs_three_requests(world: World) -> None:
    world.simulator.account.seed_contacts(50)
    platform = world.connect()
    _, cursor = await read(platform.contacts.contacts(READING, None))
    world.clock.advance(HOUR)
    before = len(world.asked("/api/contacts"))

    contacts, _ = await read(platform.contacts.contacts(READING, cursor))

    assert contacts == []
    assert len(world.asked("/api/contacts")) == before + 3


async def test_fields_that_somebody_added_are_read(world: World) -> None:
    account = world.simulator.account
    account.add_field("shoe_size", "number")
    account.add_contact(ANN, country="France", shoe_size=43)
    platform = world.connect()
    reading = Reading(fields={"country": FieldType.TEXT, "shoe_size": FieldType.NUMBER})

    contacts, _ = await read(platform.contacts.contacts(reading, None))

    assert contacts[0].attributes == {"country": "France", "shoe_size": 43}
    # What is selected brings none of those.
    assert "select" not in world.asked("/api/contacts")[0]


async def test_a_field_that_is_not_published_was_cleared_by_nobody(world: World) -> None:
    account = world.simulator.account
    field = account.add_field("shoe_size", "number")
    account.add_contact(ANN, shoe_size=43)
    platform = world.connect()
    reading = Reading(fields={"shoe_size": FieldType.NUMBER})

    field.is_published = False
    contacts, _ = await read(platform.contacts.contacts(reading, None))

    assert contacts[0].attributes == {}


async def test_a_walk_that_breaks_off_goes_on_where_it_was(world: World) -> None:
    world.simulator.account.seed_contacts(10)
    platform = world.connect(page_rows=3)
    pages = platform.contacts.contacts(READING, None)
    first = [await anext(pages), await anext(pages)]
    world.simulator.faults.play(Fault.UNAVAILABLE)
    with pytest.raises(PlatformUnavailable):
        await anext(pages)

    rest, _ = await read(platform.contacts.contacts(READING, first[-1].cursor))

    assert sum(len(page.items) for page in first) == 6
    assert len(rest) == 4
