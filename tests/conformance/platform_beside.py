"""Promises of calls that are under way at the same time, as those of one push beside another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal

import pytest

from connector.domain.changes import Addressee, AttributeChange, ListChange, TagChange
from connector.domain.contacts import Contact
from connector.domain.values import FieldType
from connector.errors import RejectedByPlatform
from connector.ports.platform import NewContact, Platform, RemoteField
from tests.conformance.platform_reading import addresses
from tests.conformance.platform_writing import LIST, are_done, reader
from tests.conformance.world import World, offered

PEOPLE = 16


class BesideConformance:
    """Two calls side by side come to what they come to one after the other."""

    @pytest.fixture
    def people(self, world: World) -> Sequence[Addressee]:
        return [reader(world, each) for each in addresses(PEOPLE)]

    async def test_values_arrive_beside_others_and_each_call_has_its_own_outcomes(
        self, world: World, platform: Platform, people: Sequence[Addressee]
    ) -> None:
        writer, name = offered(platform.attribute_writer), world.fields[FieldType.NUMBER]
        size = min(world.capabilities.attribute_batch, PEOPLE // 2)
        changes = [
            AttributeChange(to=each, values={name: Decimal(place)})
            for place, each in enumerate(people, start=1)
        ]
        few, others = changes[:size], changes[size : 2 * size]
        bad = world.refused_change() if world.capabilities.attribute_batch > size else None

        found, others_found = await asyncio.gather(
            writer.write_attributes([bad, *few] if bad else few), writer.write_attributes(others)
        )

        refused = [each.error for each in found if each.error]
        assert [isinstance(each, RejectedByPlatform) for each in refused] == [True] * bool(bad)
        assert are_done(others_found)
        assert [
            world.value(each.to.remote_id, name, FieldType.NUMBER) for each in (*few, *others)
        ] == list(range(1, 2 * size + 1))

    async def test_members_come_and_go_beside_others(
        self, world: World, platform: Platform, people: Sequence[Addressee]
    ) -> None:
        writer = offered(platform.list_writer)
        world.add_list(LIST)
        size = min(world.capabilities.list_batch, PEOPLE // 4)
        first, second, third = (people[start * size : (start + 1) * size] for start in range(3))

        def moves(some: Sequence[Addressee], *, is_member: bool = True) -> Sequence[ListChange]:
            return [ListChange(to=each, list_name=LIST, is_member=is_member) for each in some]

        come = await asyncio.gather(*(writer.write_lists(moves(each)) for each in (first, second)))
        go = await asyncio.gather(
            writer.write_lists(moves(first, is_member=False)), writer.write_lists(moves(third))
        )

        assert all(map(are_done, (*come, *go)))
        assert world.members(LIST) == {each.remote_id for each in (*second, *third)}

    async def test_tags_are_set_beside_others(
        self, world: World, platform: Platform, people: Sequence[Addressee]
    ) -> None:
        writer = offered(platform.tag_writer)

        found = await asyncio.gather(
            *(writer.write_tags([TagChange(to=each, tag="vip", is_set=True)]) for each in people)
        )

        assert all(map(are_done, found))
        assert [world.tags(each.remote_id) for each in people] == [{"vip"}] * PEOPLE

    async def test_a_contact_created_twice_at_once_is_created_once(
        self, platform: Platform
    ) -> None:
        creator, wanted = offered(platform.contact_creator), NewContact(email="new@x.example.com")

        made = await asyncio.gather(*(creator.create_contacts([wanted]) for _ in range(2)))

        ids = [each.remote_id for (each,) in made if isinstance(each, Contact)]
        assert (len(ids), len(set(ids))) == (2, 1)

    async def test_a_list_created_twice_at_once_is_created_once(self, platform: Platform) -> None:
        part = offered(platform.lists)

        first, second = await asyncio.gather(*(part.create_list(LIST) for _ in range(2)))

        assert first.remote_id == second.remote_id
        assert [each.name for each in await part.lists()].count(LIST) == 1

    async def test_a_field_created_twice_at_once_is_created_once(
        self, world: World, platform: Platform
    ) -> None:
        part = offered(platform.fields)
        world.add_contact("ann@mail.example.com")
        wanted = RemoteField(name=world.new_field, type=FieldType.NUMBER)

        await asyncio.gather(*(part.create_field(wanted) for _ in range(2)))

        assert [each.name for each in await part.fields()].count(world.new_field) == 1
