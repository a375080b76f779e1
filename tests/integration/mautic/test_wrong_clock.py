"""A clock of ours that was ahead costs no news: what it may have hidden is read again."""

from __future__ import annotations

from datetime import timedelta

from connector.domain.contacts import Reading
from tests.integration.mautic.conftest import ANN, DAY, HOUR, World, events_of, read

YEAR = timedelta(days=365)
SITE = "https://www.example.com/prices"


async def test_contacts_that_changed_since_are_read(world: World) -> None:
    account = world.simulator.account
    ann = account.add_contact(ANN)
    world.simulator.app.is_dated = False
    right = world.clock.at
    world.clock.advance(YEAR)
    platform = world.connect()
    _, cursor = await read(platform.contacts.contacts(Reading(), None))
    world.clock.at = right + DAY

    account.set(ann, country="France")
    pages = [page async for page in platform.contacts.contacts(Reading(), cursor)]

    assert [each.emails for page in pages for each in page.items] == [(ANN,)]
    assert any("a clock that was ahead" in each.message for each in pages[0].problems)


async def test_events_that_came_since_are_read(world: World) -> None:
    account = world.simulator.account
    ann = account.add_contact(ANN)
    world.simulator.app.is_dated = False
    right = world.clock.at
    world.clock.advance(YEAR)
    platform = world.connect("page.viewed", "list.subscribed", "email.unsubscribed")
    _, cursor = await read(platform.events.events(None))
    world.clock.at = right + DAY

    account.engagement.visit(ann, SITE)
    account.segments.add("Customers", members=[ann])
    account.block(ann, "email", 1)
    events = await events_of(platform, cursor)

    assert {each.type for each in events} == {
        *("page.viewed", "list.subscribed", "email.unsubscribed"),
    }


async def test_who_is_in_a_segment_stays_known(world: World) -> None:
    account = world.simulator.account
    hot = account.segments.add("Hot", members=[account.add_contact(ANN)])["id"]
    world.simulator.app.is_dated = False
    right = world.clock.at
    world.clock.advance(YEAR)
    platform = world.connect()
    _, cursor = await read(platform.memberships.memberships(frozenset({"Hot"}), None))
    world.clock.at = right + HOUR

    account.segments.leave(hot, account.contacts.by_id[1])
    moved, _ = await read(platform.memberships.memberships(frozenset({"Hot"}), cursor))

    assert [each.is_member for each in moved] == [False]
