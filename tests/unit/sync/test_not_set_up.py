"""What the account lacks keeps nothing else from being written, and is written once it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from adapters.memory.account import Person
from adapters.memory.writing import MemoryWriter
from connector.domain.changes import AttributeChange, ListChange, Outcome
from connector.domain.outbound import DeliveryState
from connector.domain.values import FieldType
from connector.errors import (
    NothingSent,
    NotSetUp,
    RejectedByPlatform,
    RightMissing,
    UnexpectedAnswer,
)
from connector.ports.platform import RemoteField
from tests.unit.sync.pushing import Writer, pushed, seeded, states
from tests.unit.sync.world import MODEL, PLATFORMS, World

CLEAN, PENDING, DEAD = DeliveryState.CLEAN, DeliveryState.PENDING, DeliveryState.DEAD

STAGE = RemoteField(name="heat_stage", type=FieldType.TEXT)
NO_STAGE = {
    "absent": None,
    "read-only": replace(STAGE, is_writable=False),
    "of another type": replace(STAGE, type=FieldType.NUMBER),
}
MENDED_BY = "`heatsync check` says what to do, and with `--fix` makes what can be made"
TWO_LISTS = """
targets:
  crm:
    attributes: {heat_score: heat}
    lists: {Missing: {when: "heat >= 20"}, Hot: {when: "heat >= 20"}}
"""


class Lists(MemoryWriter):
    """Raises an error at every write to a list."""

    def __init__(self, world: World, error: Exception) -> None:
        super().__init__(world.crm)
        object.__setattr__(self, "error", error)
        object.__setattr__(self, "asked", [])
        world.platforms["crm"].list_writer = self

    error: Exception
    asked: list[int]

    async def write_lists(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        self.asked.append(len(changes))
        raise self.error


async def without_stage(how: str = "absent", people: int = 1) -> tuple[World, list[Person]]:
    """Return a world to be pushed to in which the field of the stage cannot be written."""
    world, created = await seeded(people, hot=1)
    del world.crm.fields["heat_stage"]
    if field := NO_STAGE[how]:
        world.crm.fields["heat_stage"] = field
    return world, created


@pytest.mark.parametrize("how", NO_STAGE)
async def test_a_field_that_is_amiss_pauses_nothing_but_itself(how: str) -> None:
    world, (person,) = await without_stage(how)

    done = await pushed(world)

    assert (done.delivered, done.failed, done.dead, done.errors) == (1, 0, 0, [])
    assert person.values == {"heat_score": 20.0}
    assert world.crm.lists["Hot"] == {person.id}
    (row,) = await world.outbound()
    assert (row.state, row.attempts) == (PENDING, 0)
    assert "heat_stage" not in row.confirmed.attributes
    assert "heat_stage" in str(row.last_error)


async def test_a_field_that_is_mended_is_written_and_the_others_are_not_again() -> None:
    world, (person,) = await without_stage()
    await pushed(world)
    world.crm.fields["heat_stage"] = STAGE
    sent: list[object] = []
    Writer(world, lambda changes: sent.extend(dict(change.values) for change in changes))

    done = await pushed(world)

    assert (done.delivered, done.problems, sent) == (1, [], [{"heat_stage": "hot"}])
    assert person.values["heat_stage"] == "hot"
    assert await states(world) == [CLEAN]


async def test_what_is_lacking_is_told_once_a_run_with_what_mends_it() -> None:
    world, _ = await without_stage(people=3)
    del world.crm.lists["Hot"]

    for _ in range(2):
        done = await pushed(world)

        told = [(each.path, each.message) for each in done.problems]
        assert told == [
            ("crm", "3 contacts: there is no field `heat_stage` that can be written"),
            ("crm", "1 contact: there is no list `Hot`"),
        ]
        assert all(MENDED_BY in str(each.hint) for each in done.problems)


async def test_what_names_its_platform_is_told_without_it_again() -> None:
    world, _ = await seeded(hot=1)
    Lists(world, NotSetUp("crm: the list is gone", platform="crm", operation="write lists"))

    done = await pushed(world)

    assert [each.message for each in done.problems] == ["1 contact: the list is gone"]


async def test_where_nothing_may_be_sent_all_wait_for_it_and_no_call_is_counted() -> None:
    world, _ = await seeded(2)
    error = NothingSent("crm: its address is not a public one", platform="crm", operation="write")

    def refuse(_: Sequence[AttributeChange]) -> None:
        raise error

    Writer(world, refuse)

    done = await pushed(world)

    assert (done.calls, done.delivered, done.failed, done.dead) == (0, 0, 0, 0)
    assert (done.errors, done.problems, done.is_stopped) == ([error], [], True)
    for row in await world.outbound():
        assert (row.state, row.attempts, row.last_error) == (PENDING, 0, str(error))


async def test_what_waits_alone_is_neither_delivered_nor_failed() -> None:
    world, _ = await without_stage()
    await pushed(world)
    (before,) = await world.outbound()

    done = await pushed(world)

    assert (done.delivered, done.failed, done.dead) == (0, 0, 0)
    (row,) = await world.outbound()
    assert row.confirmed_at == before.confirmed_at


async def test_whoever_belongs_in_a_list_that_is_not_there_is_put_in_once_it_is() -> None:
    world, (person,) = await seeded(hot=1)
    del world.crm.lists["Hot"]
    for _ in range(3):
        await world.sync()

    world.crm.lists["Hot"] = set()
    await world.sync()

    assert world.crm.lists["Hot"] == {person.id}
    assert await states(world) == [CLEAN]


async def test_a_list_that_is_not_there_keeps_nobody_out_of_another() -> None:
    world = World(PLATFORMS + MODEL + TWO_LISTS)
    person = world.crm.create("p0@x.org")
    for _ in range(2):
        world.happens(world.crm, person)

    summary = await world.sync()

    assert world.crm.lists["Hot"] == {person.id}
    assert [each.message for each in summary.problems] == ["1 contact: there is no list `Missing`"]


async def test_a_list_that_is_not_there_is_looked_for_once_and_not_halved_for() -> None:
    world, _ = await seeded(4, hot=4, capabilities={"list_batch": 2})
    lacks = NotSetUp("the list is gone", platform="crm", operation="write lists")
    writer = Lists(world, lacks)

    done = await pushed(world)

    assert (writer.asked, done.dead, done.errors) == ([2], 0, [])
    assert [each.message for each in done.problems] == ["4 contacts: the list is gone"]


async def test_whom_the_platform_rejects_is_tried_again_while_something_lacks() -> None:
    world, people = await without_stage()
    Lists(world, RejectedByPlatform("unsubscribed", platform="crm", operation="write lists"))

    done = await pushed(world)

    assert (done.failed, done.dead) == (1, 0)
    assert await states(world) == [PENDING]
    assert people[0].values == {"heat_score": 20.0}


async def test_what_was_left_out_is_not_looked_for_when_the_rest_is_read_back() -> None:
    world, (person,) = await without_stage()

    class Mumbling(Writer):
        async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
            outcomes = await super().write_attributes(changes)
            error = UnexpectedAnswer(platform="crm", operation="write")
            return [replace(each, error=error) for each in outcomes]

    Mumbling(world)

    done = await pushed(world)

    assert (done.delivered, done.failed) == (1, 0)
    assert person.values == {"heat_score": 20.0}
    (row,) = await world.outbound()
    assert set(row.confirmed.attributes) == {"heat_score"}


async def test_a_right_that_is_missing_for_lists_keeps_no_field_from_being_written() -> None:
    world, people = await seeded(3, hot=3, capabilities={"list_batch": 1})
    missing = RightMissing("no scope for lists", platform="crm", operation="write lists")
    writer = Lists(world, missing)

    done = await pushed(world)

    assert writer.asked == [1]
    assert (done.errors, done.is_stopped) == ([missing], False)
    assert [each.values["heat_score"] for each in people] == [20.0] * 3
    assert await states(world) == [PENDING] * 3


async def test_a_right_that_is_missing_for_fields_keeps_nobody_out_of_a_list() -> None:
    world, (person,) = await seeded(hot=1)

    def refuse(_: Sequence[AttributeChange]) -> None:
        raise RightMissing("no scope for contacts", platform="crm", operation="write")

    Writer(world, refuse)

    done = await pushed(world)

    assert [str(each) for each in done.errors] == ["no scope for contacts"]
    assert world.crm.lists["Hot"] == {person.id}
