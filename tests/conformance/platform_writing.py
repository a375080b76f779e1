"""Promises of the parts that write."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from connector.domain.changes import (
    Action,
    Addressee,
    AttributeChange,
    ListChange,
    Outcome,
    StageChange,
    TagChange,
)
from connector.domain.contacts import Contact
from connector.domain.values import FieldType, Value, Written
from connector.errors import NotSetUp, RejectedByPlatform, UnsupportedByPlatform
from connector.ports.platform import NewContact, Platform, RemoteField
from connector.ports.writing import ListWriter
from tests.conformance.platform_reading import addresses
from tests.conformance.world import AT, World, offered

LIST = "Hot leads"

WRITTEN: dict[FieldType, tuple[Written, Value]] = {
    FieldType.TEXT: ("=HYPERLINK(\"x\"), 'é'", "=HYPERLINK(\"x\"), 'é'"),
    FieldType.BOOLEAN: (False, False),
    FieldType.DATETIME: (AT, AT),
}


def reader(world: World, email: str) -> Addressee:
    return Addressee(remote_id=world.add_contact(email), email=email)


def are_done(outcomes: Sequence[Outcome]) -> bool:
    return [outcome.error for outcome in outcomes] == [None] * len(outcomes)


async def lacks_or_made(writer: ListWriter, change: ListChange) -> bool:
    """Return whether a list that is not there is made, or is what the account lacks."""
    try:
        (outcome,) = await writer.write_lists([change])
    except NotSetUp:
        return True
    return outcome.error is None or isinstance(outcome.error, NotSetUp)


def an_action(world: World, key: str, kind: str, to: Addressee) -> Action:
    params = world.params.get(kind, {})
    return Action(key=key, trigger="call_hot", kind=kind, to=to, at=AT, params=params)


class WritingConformance:
    """What holds for values, lists, tags, stages and actions on every platform."""

    @pytest.fixture
    def ann(self, world: World) -> Addressee:
        return reader(world, "ann@mail.example.com")

    async def test_values_of_every_declared_type_arrive(
        self, world: World, platform: Platform, ann: Addressee
    ) -> None:
        writer = offered(platform.attribute_writer)
        written = {**WRITTEN, FieldType.NUMBER: world.number}
        kinds = [kind for kind in written if kind in world.fields]
        assert world.capabilities.writable_types.issuperset(kinds)
        change = AttributeChange(
            to=ann, values={world.fields[kind]: written[kind][0] for kind in kinds}
        )

        assert are_done(await writer.write_attributes([change]))

        arrived = {kind: world.value(ann.remote_id, world.fields[kind], kind) for kind in kinds}
        assert arrived == {kind: written[kind][1] for kind in kinds}

    async def test_writing_twice_is_as_writing_once(
        self, world: World, platform: Platform, ann: Addressee
    ) -> None:
        writer = offered(platform.attribute_writer)
        name = world.fields[FieldType.NUMBER]
        change = AttributeChange(to=ann, values={name: Decimal(42)})

        first = await writer.write_attributes([change])
        second = await writer.write_attributes([change])

        assert are_done([*first, *second])
        assert world.value(ann.remote_id, name, FieldType.NUMBER) == 42

    async def test_none_clears_a_field(
        self, world: World, platform: Platform, ann: Addressee
    ) -> None:
        writer = offered(platform.attribute_writer)
        name = world.fields[FieldType.NUMBER]
        await writer.write_attributes([AttributeChange(to=ann, values={name: Decimal(1)})])

        assert are_done(
            await writer.write_attributes([AttributeChange(to=ann, values={name: None})])
        )

        assert world.value(ann.remote_id, name, FieldType.NUMBER) is None

    async def test_a_value_leaves_the_others_alone(
        self, world: World, platform: Platform, ann: Addressee
    ) -> None:
        writer = offered(platform.attribute_writer)
        text, number = world.fields[FieldType.TEXT], world.fields[FieldType.NUMBER]
        await writer.write_attributes([AttributeChange(to=ann, values={text: "kept"})])

        await writer.write_attributes([AttributeChange(to=ann, values={number: Decimal(7)})])

        assert world.value(ann.remote_id, text, FieldType.TEXT) == "kept"

    async def test_what_was_written_can_be_read_back(
        self, world: World, platform: Platform, ann: Addressee
    ) -> None:
        writer = offered(platform.attribute_writer)
        if world.capabilities.is_sink:
            pytest.skip("what is told cannot be read")
        name = world.fields[FieldType.TEXT]
        await writer.write_attributes([AttributeChange(to=ann, values={name: "hot"})])

        present = await writer.read_attributes([ann.remote_id, "no-such-id"], [name])

        assert present == {ann.remote_id: {name: "hot"}}

    async def test_one_bad_item_fails_alone(
        self, world: World, platform: Platform, ann: Addressee
    ) -> None:
        writer = offered(platform.attribute_writer)
        bad = world.refused_change()
        if bad is None:
            pytest.skip("the platform refuses no change alone")
        good = AttributeChange(to=ann, values={world.fields[FieldType.NUMBER]: Decimal(5)})

        outcomes = await writer.write_attributes([bad, good])

        assert isinstance(outcomes[0].error, RejectedByPlatform)
        assert outcomes[1].error is None
        assert world.value(ann.remote_id, world.fields[FieldType.NUMBER], FieldType.NUMBER) == 5

    async def test_a_full_batch_is_taken_in_one_call(
        self, world: World, platform: Platform
    ) -> None:
        writer = offered(platform.attribute_writer)
        size = min(world.capabilities.attribute_batch, 250)
        name = world.fields[FieldType.NUMBER]
        people = [reader(world, each) for each in addresses(size)]
        before = world.requests()

        outcomes = await writer.write_attributes(
            [
                AttributeChange(to=each, values={name: Decimal(number)})
                for number, each in enumerate(people)
            ]
        )

        assert are_done(outcomes)
        assert len(outcomes) == size
        assert world.requests() - before <= world.most_requests(size)

    async def test_members_come_and_go(
        self, world: World, platform: Platform, ann: Addressee
    ) -> None:
        writer = offered(platform.list_writer)
        world.add_list(LIST)
        come = ListChange(to=ann, list_name=LIST, is_member=True)
        go = ListChange(to=ann, list_name=LIST, is_member=False)

        assert are_done(await writer.write_lists([come]))
        assert are_done(await writer.write_lists([come]))
        assert world.members(LIST) == {ann.remote_id}

        assert are_done(await writer.write_lists([go]))
        assert are_done(await writer.write_lists([go]))
        assert world.members(LIST) == set()

    async def test_a_list_that_was_missing_is_written_once_it_is_there(
        self, world: World, platform: Platform, ann: Addressee
    ) -> None:
        writer = offered(platform.list_writer)
        come = ListChange(to=ann, list_name=LIST, is_member=True)

        assert await lacks_or_made(writer, come)

        world.add_list(LIST)
        assert are_done(await writer.write_lists([come]))
        assert world.members(LIST) == {ann.remote_id}

    async def test_a_field_that_was_missing_is_written_once_it_is_there(
        self, world: World, platform: Platform, ann: Addressee
    ) -> None:
        writer, fields = offered(platform.attribute_writer), offered(platform.fields)
        missing, text = world.new_field, world.fields[FieldType.TEXT]
        change = AttributeChange(to=ann, values={missing: Decimal(7), text: "hot"})

        (outcome,) = await writer.write_attributes([change])

        assert outcome.error is None
        is_there = world.value(ann.remote_id, missing, FieldType.NUMBER) is not None
        assert set(outcome.paused) == (set() if is_there else {missing})
        assert world.value(ann.remote_id, text, FieldType.TEXT) == "hot"

        await fields.create_field(RemoteField(name=missing, type=FieldType.NUMBER))
        (outcome,) = await writer.write_attributes([change])
        assert (outcome.error, outcome.paused) == (None, {})
        assert world.value(ann.remote_id, missing, FieldType.NUMBER) == 7

    async def test_tags_are_set_and_cleared(
        self, world: World, platform: Platform, ann: Addressee
    ) -> None:
        writer = offered(platform.tag_writer)

        for tag in ("vip", "vip", 'hot, "very"'):
            assert are_done(await writer.write_tags([TagChange(to=ann, tag=tag, is_set=True)]))
        assert world.tags(ann.remote_id) == {"vip", 'hot, "very"'}

        for _ in range(2):
            clear = TagChange(to=ann, tag="vip", is_set=False)
            assert are_done(await writer.write_tags([clear]))
        assert world.tags(ann.remote_id) == {'hot, "very"'}

    async def test_a_contact_moves_between_stages(
        self, world: World, platform: Platform, ann: Addressee
    ) -> None:
        writer = offered(platform.stage_writer)
        known = await writer.stages()
        assert known is None or set(world.stages) <= set(known)

        for stage in (world.stages[0], world.stages[1], world.stages[1]):
            assert are_done(await writer.write_stages([StageChange(to=ann, stage=stage)]))

        assert world.stage(ann.remote_id) == world.stages[1]

    async def test_a_contact_is_created_once(self, world: World, platform: Platform) -> None:
        creator = offered(platform.contact_creator)
        wanted = NewContact(email="new@mail.example.com")

        (first,) = await creator.create_contacts([wanted])
        (second,) = await creator.create_contacts([wanted])

        assert isinstance(first, Contact)
        assert isinstance(second, Contact)
        assert first.remote_id == second.remote_id
        assert first.emails == ("new@mail.example.com",)

    async def test_an_action_is_done_once_per_key(
        self, world: World, platform: Platform, ann: Addressee
    ) -> None:
        actions = offered(platform.actions)
        kind = world.deed or min(world.capabilities.action_kinds)
        if kind == "push" and platform.contact_creator is not None:
            pytest.skip("whoever is pushed is created, and nobody who is there")
        call = an_action(world, "call:1", kind, ann)
        other = an_action(world, "call:2", kind, ann)

        for each in (call, call, other):
            assert are_done(await actions.perform([each]))

        assert list(world.done()) == world.told_as("call:1", "call:2")

    async def test_an_action_of_another_kind_is_refused_unasked(
        self, world: World, platform: Platform, ann: Addressee
    ) -> None:
        actions = offered(platform.actions)
        odd = Action(key="k", trigger="t", kind="telegram", to=ann, at=AT)
        before = world.requests()

        (outcome,) = await actions.perform([odd])

        assert isinstance(outcome.error, UnsupportedByPlatform)
        assert (world.requests(), list(world.done())) == (before, [])

    async def test_a_full_batch_of_actions_is_taken_in_one_request(
        self, world: World, platform: Platform
    ) -> None:
        actions = offered(platform.actions)
        if world.capabilities.action_batch == 1:
            pytest.skip("a request takes one action, and may look before")
        kind = world.deed or min(world.capabilities.action_kinds)
        people = [
            reader(world, each) for each in addresses(min(world.capabilities.action_batch, 250))
        ]
        keys = [f"call:{number}" for number in range(len(people))]
        before = world.requests()

        outcomes = await actions.perform(
            [an_action(world, key, kind, each) for key, each in zip(keys, people, strict=True)]
        )

        assert are_done(outcomes)
        assert list(world.done()) == world.told_as(*keys)
        assert world.requests() - before <= world.most_requests(len(keys))

    async def test_one_bad_action_fails_alone(
        self, world: World, platform: Platform, ann: Addressee
    ) -> None:
        actions = offered(platform.actions)
        if world.capabilities.action_batch == 1:
            pytest.skip("a request takes one action")
        kind = world.deed or min(world.capabilities.action_kinds)
        odd = Action(key="k", trigger="t", kind="telegram", to=ann, at=AT)
        good = an_action(world, "call:1", kind, ann)

        bad, done = await actions.perform([odd, good])

        assert isinstance(bad.error, UnsupportedByPlatform)
        assert done.error is None
        assert list(world.done()) == world.told_as("call:1")

    async def test_a_field_is_created_once(self, world: World, platform: Platform) -> None:
        part = offered(platform.fields)
        world.add_contact("ann@mail.example.com")
        wanted = RemoteField(name=world.new_field, type=FieldType.NUMBER)

        assert await part.cannot_make(wanted.name) is None
        await part.create_field(wanted)
        await part.create_field(wanted)

        assert [each.name for each in await part.fields()].count(world.new_field) == 1

    async def test_a_list_is_created_once(self, world: World, platform: Platform) -> None:
        part = offered(platform.lists)

        first = await part.create_list(LIST)
        second = await part.create_list(LIST)

        assert first == second
        assert [each.name for each in await part.lists()] == [LIST]

    async def test_creating_a_list_keeps_its_members(
        self, world: World, platform: Platform, ann: Addressee
    ) -> None:
        part, writer = offered(platform.lists), offered(platform.list_writer)
        await part.create_list(LIST)
        await writer.write_lists([ListChange(to=ann, list_name=LIST, is_member=True)])

        await part.create_list(LIST)

        assert world.members(LIST) == {ann.remote_id}

    async def test_webhooks_are_registered_once_and_removed(
        self, world: World, platform: Platform
    ) -> None:
        part = offered(platform.webhooks)
        url = "https://heat.example.com/webhooks/mail"

        first = await part.register(url)
        second = await part.register(url)
        assert [each.remote_id for each in first] == [each.remote_id for each in second]
        assert len(await part.webhooks()) == len(first)

        for each in [*first, *first]:
            await part.remove(each.remote_id)
        assert list(await part.webhooks()) == []
