"""Our own writes come back as calls: nobody is read again, or scored, because of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.domain.outbound import DeliveryState
from tests.builders import T
from tests.unit.sync.receiving.calls import Calls, changed, opened, removed
from tests.unit.sync.world import World

SECOND = timedelta(seconds=1)


@pytest.fixture
async def world() -> World:
    """Return a platform to which Ann was written just now, who is in a list since."""
    world = World()
    ann = world.crm.create("ann@x.fr", job="boss")
    for _ in range(2):
        world.happens(world.crm, ann)
    await world.sync()
    world.crm.requests = 0
    return world


@pytest.fixture
def calls(world: World) -> Calls:
    return Calls(world)


async def test_what_changes_while_we_write_is_taken_for_our_write(
    world: World, calls: Calls
) -> None:
    world.clock.advance(30 * SECOND)
    await calls.make(changed("m1"))

    taken = await calls.take_in()

    assert (taken.calls, taken.echoes, taken.left, taken.contacts) == (1, 1, 0, frozenset())
    assert (world.crm.requests, taken.problems) == (0, [])


async def test_what_changes_later_is_somebody_elses_doing(world: World, calls: Calls) -> None:
    world.clock.advance(31 * SECOND)
    await calls.make(changed("m1"))

    taken = await calls.take_in()

    assert (taken.echoes, world.crm.requests) == (0, 1)


async def test_when_it_reached_us_counts_and_not_when_it_is_taken_in(
    world: World, calls: Calls
) -> None:
    await calls.make(changed("m1"))
    world.clock.advance(timedelta(hours=1))

    taken = await calls.take_in()

    assert (taken.echoes, world.crm.requests) == (1, 0)


async def test_what_is_being_written_is_not_read_again(world: World, calls: Calls) -> None:
    world.clock.advance(timedelta(hours=1))
    (row,) = await world.outbound()
    now = world.clock.now()
    await world.change_outbound(row, state=DeliveryState.PENDING, decided_at=now)
    async with world.state.write() as tx:
        await tx.outbox.lease("crm", owner="a", now=now, until=now + 60 * SECOND, limit=9)
    await calls.make(changed("m1"))
    await calls.make(changed("m1"), at=now - timedelta(minutes=10))

    taken = await calls.take_in()

    assert (taken.calls, taken.echoes, world.crm.requests) == (2, 1, 0)


async def test_a_contact_of_whom_more_is_told_is_read_again(world: World, calls: Calls) -> None:
    await calls.make(changed("m1"), opened("1", "m1", T))

    taken = await calls.take_in()

    assert (taken.echoes, world.crm.requests) == (0, 1)


@pytest.mark.parametrize(("field", "echoes"), [("job", 0), ("heat_score", 1), ("unread", 1)])
async def test_a_field_that_we_read_and_never_write_was_changed_by_somebody_else(
    world: World, calls: Calls, field: str, echoes: int
) -> None:
    await calls.make(changed("m1", field=field))

    taken = await calls.take_in()

    assert (taken.echoes, world.crm.requests) == (echoes, 1 - echoes)


async def test_an_end_is_asked_about_whatever_we_wrote(world: World, calls: Calls) -> None:
    del world.crm.people["m1"]
    await calls.make(changed("m1"))
    await calls.make(removed("m1"))

    await calls.take_in()

    assert [each.removed_at is not None for each in await world.records()] == [True]


async def test_whoever_we_do_not_write_to_is_read_again(world: World, calls: Calls) -> None:
    bob = world.crm.create("bob@x.fr")
    await calls.make(changed("m1"), changed(bob.id))

    taken = await calls.take_in()

    assert (taken.echoes, world.crm.requests) == (1, 1)
    assert taken.contacts == {await world.number_of("bob@x.fr")}


@pytest.mark.parametrize(("late", "events"), [(10 * SECOND, 0), (timedelta(minutes=5), 1)])
async def test_that_a_contact_is_in_a_list_we_put_it_in_is_no_doing_of_theirs(
    world: World, calls: Calls, late: timedelta, events: int
) -> None:
    at = (world.clock.now() + late).isoformat()
    event = {"id": "1", "contact": "m1", "type": "list.subscribed", "at": at, "list_id": "7"}
    await calls.make({"event": event})

    taken = await calls.take_in()

    assert (taken.calls, taken.events) == (1, events)
