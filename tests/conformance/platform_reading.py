"""Promises of the parts that read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TypeVar

import pytest

from connector.domain.contacts import Contact, Reading
from connector.domain.pages import Page
from connector.domain.values import FieldType, Value
from connector.ports.platform import Platform
from tests.conformance.world import AT, World, offered

Item = TypeVar("Item")

_EXAMPLES: dict[FieldType, Value] = {
    FieldType.TEXT: 'Zoë, "of" São Paulo; 100 %',
    FieldType.NUMBER: 12.5,
    FieldType.BOOLEAN: True,
    FieldType.DATETIME: AT,
    FieldType.EMAIL: "other@mail.example.com",
}


async def pages_of(pages: AsyncIterator[Page[Item]]) -> list[Page[Item]]:
    """Return all pages there are."""
    return [page async for page in pages]


def items_of(pages: list[Page[Item]]) -> list[Item]:
    """Return all items of pages in order."""
    return [item for page in pages for item in page.items]


def addresses(count: int) -> list[str]:
    return [f"person{number}@mail.example.com" for number in range(count)]


def reading_of(world: World) -> Reading:
    return Reading(fields={name: kind for kind, name in world.fields.items()})


class ReadingConformance:
    """What holds for contacts, events and their likes on every platform."""

    async def test_every_contact_is_read_with_its_values(
        self, world: World, platform: Platform
    ) -> None:
        source = offered(platform.contacts)
        values = {name: _EXAMPLES[kind] for kind, name in world.fields.items()}
        remote_id = world.add_contact("ann@mail.example.com", values)

        contacts = items_of(await pages_of(source.contacts(reading_of(world), None)))

        assert [(each.remote_id, each.emails) for each in contacts] == [
            (remote_id, ("ann@mail.example.com",))
        ]
        assert contacts[0].attributes == values

    async def test_only_the_fields_asked_for_are_read(
        self, world: World, platform: Platform
    ) -> None:
        source = offered(platform.contacts)
        values = {name: _EXAMPLES[kind] for kind, name in world.fields.items()}
        world.add_contact("ann@mail.example.com", values)

        contacts = items_of(await pages_of(source.contacts(Reading(), None)))

        assert contacts[0].attributes == {}

    async def test_addresses_come_normalised(self, world: World, platform: Platform) -> None:
        source = offered(platform.contacts)
        world.add_contact(" Ann@Mail.Example.COM ")

        contacts = items_of(await pages_of(source.contacts(Reading(), None)))

        assert contacts[0].emails == ("ann@mail.example.com",)

    async def test_a_refused_address_costs_only_the_address(
        self, world: World, platform: Platform
    ) -> None:
        source = offered(platform.contacts)
        remote_id = world.add_contact("nobody at home")

        contacts = items_of(await pages_of(source.contacts(Reading(), None)))

        assert [(each.remote_id, each.emails) for each in contacts] == [(remote_id, ())]

    async def test_resuming_after_any_page_loses_nothing(
        self, world: World, platform: Platform
    ) -> None:
        source = offered(platform.contacts)
        everybody = {world.add_contact(each) for each in addresses(2 * world.page_items + 1)}
        pages = await pages_of(source.contacts(Reading(), None))

        for number, page in enumerate(pages):
            rest = await pages_of(world_contacts(world.connect(), page.cursor))
            before = {each.remote_id for each in items_of(pages[: number + 1])}
            assert before | {each.remote_id for each in items_of(rest)} == everybody

    async def test_pages_are_no_larger_than_the_platform_makes_them(
        self, world: World, platform: Platform
    ) -> None:
        source = offered(platform.contacts)
        for each in addresses(2 * world.page_items + 1):
            world.add_contact(each)

        pages = await pages_of(source.contacts(Reading(), None))

        assert len(pages) >= 3
        assert max(len(page.items) for page in pages) <= world.page_items

    async def test_a_changed_contact_is_read_again(self, world: World, platform: Platform) -> None:
        source = offered(platform.contacts)
        name = world.fields[FieldType.TEXT]
        remote_id = world.add_contact("ann@mail.example.com", {name: "before"})
        pages = await pages_of(source.contacts(reading_of(world), None))
        world.change_contact(remote_id, {name: "after"})

        again = items_of(await pages_of(source.contacts(reading_of(world), pages[-1].cursor)))

        assert again[-1].attributes[name] == "after"

    async def test_a_contact_that_changes_while_we_page_is_seen(
        self, world: World, platform: Platform
    ) -> None:
        source = offered(platform.contacts)
        name = world.fields[FieldType.TEXT]
        first, *_ = [
            world.add_contact(each, {name: "before"}) for each in addresses(2 * world.page_items)
        ]
        seen: dict[str, Contact] = {}
        cursor = None
        async for page in source.contacts(reading_of(world), None):
            if cursor is None:
                world.change_contact(first, {name: "after"})
            seen.update((each.remote_id, each) for each in page.items)
            cursor = page.cursor

        for page in await pages_of(source.contacts(reading_of(world), cursor)):
            seen.update((each.remote_id, each) for each in page.items)

        assert seen[first].attributes[name] == "after"

    async def test_ids_and_content_are_the_same_at_every_reading(
        self, world: World, platform: Platform
    ) -> None:
        source = offered(platform.contacts)
        for each in addresses(3):
            world.add_contact(each)

        once = items_of(await pages_of(source.contacts(Reading(), None)))
        twice = items_of(await pages_of(world_contacts(world.connect(), None)))

        assert once == twice

    async def test_contacts_are_found_by_id(self, world: World, platform: Platform) -> None:
        lookup = offered(platform.lookup)
        ids = [world.add_contact(each) for each in addresses(3)]

        found = await lookup.fetch([*ids[:2], "no-such-id"], Reading())

        assert {each.remote_id for each in found} == set(ids[:2])

    async def test_whoever_was_removed_is_not_found_by_id(
        self, world: World, platform: Platform
    ) -> None:
        lookup = offered(platform.lookup)
        gone, stays = [world.add_contact(each) for each in addresses(2)]
        world.remove_contact(gone)

        found = await lookup.fetch([gone, stays], Reading())

        assert {each.remote_id for each in found} == {stays}

    async def test_the_walk_of_ids_is_complete(self, world: World, platform: Platform) -> None:
        walk = offered(platform.ids)
        everybody = {world.add_contact(each) for each in addresses(2 * world.page_items + 1)}
        everybody.remove(gone := min(everybody))
        world.remove_contact(gone)

        assert {each async for page in walk.ids() for each in page.items} == everybody

    async def test_the_walk_of_ids_resumes_behind_any_page(
        self, world: World, platform: Platform
    ) -> None:
        walk = offered(platform.ids)
        everybody = {world.add_contact(each) for each in addresses(2 * world.page_items + 1)}
        pages = await pages_of(walk.ids())

        for number, page in enumerate(pages):
            rest = await pages_of(offered(world.connect().ids).ids(page.cursor))
            before = {each for page in pages[: number + 1] for each in page.items}
            assert before | {each for page in rest for each in page.items} == everybody

    async def test_memberships_come_and_go(self, world: World, platform: Platform) -> None:
        source = offered(platform.memberships)
        ann, bob = [world.add_contact(each) for each in addresses(2)]
        for name in ("Newsletter", "Another"):
            world.add_list(name)
        world.set_member("Newsletter", ann, is_member=True)
        world.set_member("Another", bob, is_member=True)
        wanted = frozenset({"Newsletter"})
        first = await pages_of(source.memberships(wanted, None))
        world.set_member("Newsletter", ann, is_member=False)

        then = await pages_of(source.memberships(wanted, first[-1].cursor))

        seen = [(each.remote_id, each.is_member) for each in items_of(first) + items_of(then)]
        assert seen == [(ann, True), (ann, False)]

    async def test_whoever_comes_and_goes_between_readings_is_told_or_the_list_is_whole(
        self, world: World, platform: Platform
    ) -> None:
        source = offered(platform.memberships)
        ann, bob = [world.add_contact(each) for each in addresses(2)]
        world.add_list("Newsletter")
        world.set_member("Newsletter", bob, is_member=True)
        wanted = frozenset({"Newsletter"})
        first = await pages_of(source.memberships(wanted, None))
        world.set_member("Newsletter", ann, is_member=True)
        world.set_member("Newsletter", ann, is_member=False)

        then = await pages_of(source.memberships(wanted, first[-1].cursor))

        told = {each.remote_id: each.is_member for each in items_of(first) + items_of(then)}
        is_whole = any("Newsletter" in page.whole for page in then)
        assert told == ({bob: True} if is_whole else {bob: True, ann: False})

    async def test_deletions_and_merges_are_told(self, world: World, platform: Platform) -> None:
        source = offered(platform.removals)
        gone, loser, winner = [world.add_contact(each) for each in addresses(3)]
        world.remove_contact(gone)
        world.merge_contacts(loser, winner)

        removals = items_of(await pages_of(source.removals(None)))

        told = {each.remote_id: each.merged_into for each in removals}
        assert told == {gone: None, loser: winner}


class EventConformance:
    """What holds for events on every platform that keeps a past."""

    @pytest.fixture
    def visitor(self, world: World) -> str:
        return world.add_contact("ann@mail.example.com")

    async def test_events_resume_after_any_page(
        self, world: World, platform: Platform, visitor: str
    ) -> None:
        source = offered(platform.events)
        for number in range(2 * world.page_items + 1):
            world.add_event(visitor, "email.opened", AT + timedelta(minutes=number))
        pages = await pages_of(source.events(None))
        everything = {each.id for each in items_of(pages)}

        for number, page in enumerate(pages):
            rest = items_of(await pages_of(source.events(page.cursor)))
            before = {each.id for each in items_of(pages[: number + 1])}
            assert before | {each.id for each in rest} == everything

        assert len(everything) == 2 * world.page_items + 1

    async def test_an_event_that_becomes_known_later_is_read(
        self, world: World, platform: Platform, visitor: str
    ) -> None:
        source = offered(platform.events)
        world.add_event(visitor, "email.opened", AT)
        pages = await pages_of(source.events(None))
        world.add_event(visitor, "email.clicked", AT - world.lateness)

        later = items_of(await pages_of(source.events(pages[-1].cursor)))

        assert "email.clicked" in {each.type for each in later}

    async def test_ids_of_events_are_stable(
        self, world: World, platform: Platform, visitor: str
    ) -> None:
        source = offered(platform.events)
        for number in range(3):
            world.add_event(visitor, "page.viewed", AT + timedelta(seconds=number))

        once = items_of(await pages_of(source.events(None)))
        twice = items_of(await pages_of(source.events(None)))

        assert [each.id for each in once] == [each.id for each in twice]
        assert len({each.id for each in once}) == 3

    async def test_instants_are_utc(self, world: World, platform: Platform, visitor: str) -> None:
        source = offered(platform.events)
        world.add_event(visitor, "page.viewed", AT)

        (event,) = items_of(await pages_of(source.events(None)))

        assert event.occurred_at == AT
        assert event.occurred_at.utcoffset() == timedelta()

    async def test_unknown_types_and_fields_survive(
        self, world: World, platform: Platform, visitor: str
    ) -> None:
        source = offered(platform.events)
        if world.capabilities.event_types is not None:
            pytest.skip("the platform sends only types it declares")
        world.add_event(visitor, "moon_landed", AT, {"crater": "Tycho", "amount": 2.0})

        (event,) = items_of(await pages_of(source.events(None)))

        assert event.type == "custom.moon_landed"
        assert event.fields == {"crater": "Tycho", "amount": 2.0}
        assert event.subject == visitor


def world_contacts(platform: Platform, since: str | None) -> AsyncIterator[Page[Contact]]:
    """Read contacts through a connection of its own, as after a restart."""
    return offered(platform.contacts).contacts(Reading(), since)
