"""Calls of a platform that no configuration names any more: nobody keeps what they carried."""

from __future__ import annotations

from datetime import timedelta

from connector.domain.ledger import Inbound
from connector.sync.looking.deliveries import deliveries
from connector.sync.upkeep.keeping import ABANDONED, ABANDONED_KEPT, BODIES_KEPT, keep_up
from tests.builders import T
from tests.unit.sync.world import World

SECOND = timedelta(seconds=1)


async def a_world(*, is_dead: bool = False) -> World:
    """Return a world that a platform called which is gone, and one that is there."""
    world = World()
    calls = [
        Inbound(platform=name, id="1", body=b"ada@x.org", received_at=T) for name in ("crm", "gone")
    ]
    async with world.state.write() as tx:
        await tx.inbound.add(calls)
        if is_dead:
            leased = await tx.inbound.lease("gone", owner="a", now=T, until=T, limit=1)
            await tx.inbound.fail(leased, error="no JSON", not_before=None, is_dead=True)
    return world


async def calls_of(world: World) -> dict[str, Inbound]:
    async with world.state.read() as tx:
        return {each.platform: each for each in await tx.inbound.list()}


async def test_what_they_carried_is_deleted_after_a_month_and_they_say_why() -> None:
    for is_dead in (False, True):
        world = await a_world(is_dead=is_dead)

        await keep_up(world.workspace, T + BODIES_KEPT)
        assert (await calls_of(world))["gone"].body == b"ada@x.org"

        await keep_up(world.workspace, T + BODIES_KEPT + SECOND)
        found = await calls_of(world)
        assert (found["gone"].body, found["gone"].last_error) == (b"", ABANDONED)
        assert found["crm"].body == b"ada@x.org"


async def test_those_who_look_after_deliveries_see_that_they_are_given_up() -> None:
    world = await a_world()
    await keep_up(world.workspace, T + BODIES_KEPT + SECOND)

    found = await deliveries(world.workspace, state="dead")

    assert [(each.to, each.state, each.cause) for each in found.shown] == [
        ("gone", "dead", ABANDONED)
    ]


async def test_in_the_end_nothing_is_left_of_them() -> None:
    world = await a_world()

    for days in range(0, (ABANDONED_KEPT + BODIES_KEPT).days, 7):
        await keep_up(world.workspace, T + timedelta(days=days))

    assert [*await calls_of(world)] == ["crm"]
