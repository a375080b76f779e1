"""Who is in a segment, and who came and left."""

from __future__ import annotations

from connector.domain.contacts import Membership
from tests.integration.mautic.conftest import ANN, BOB, DAY, HOUR, World, read

HOT = frozenset({"Hot"})
ROWS = "/api/stats/lead_lists_leads"


async def test_a_segment_that_is_as_before_is_not_walked(world: World) -> None:
    account = world.simulator.account
    account.segments.add("Hot", members=[account.add_contact(ANN)])
    world.clock.advance(HOUR)
    platform = world.connect()
    _, cursor = await read(platform.memberships.memberships(HOT, None))
    world.clock.advance(HOUR)
    before = len(world.asked(ROWS))

    moved, cursor = await read(platform.memberships.memberships(HOT, cursor))

    assert moved == []
    assert len(world.asked(ROWS)) == before + 1


async def test_whoever_takes_the_place_of_another_is_told(world: World) -> None:
    account = world.simulator.account
    ann, bob = account.add_contact(ANN), account.add_contact(BOB)
    hot = account.segments.add("Hot", members=[ann])["id"]
    world.clock.advance(HOUR)
    platform = world.connect()
    _, cursor = await read(platform.memberships.memberships(HOT, None))
    world.clock.advance(HOUR)

    account.segments.leave(hot, ann)
    account.segments.enter(hot, bob)
    moved, _ = await read(platform.memberships.memberships(HOT, cursor))

    assert moved == [
        Membership(list_name="Hot", remote_id=str(ann.id), is_member=False),
        Membership(list_name="Hot", remote_id=str(bob.id), is_member=True),
    ]


async def test_all_is_walked_now_and_then_whatever_it_looks_like(world: World) -> None:
    account = world.simulator.account
    ann = account.add_contact(ANN)
    hot = account.segments.add("Hot", members=[ann])["id"]
    world.clock.advance(HOUR)
    platform = world.connect()
    _, cursor = await read(platform.memberships.memberships(HOT, None))
    row = account.segments.row(hot, ann.id)
    assert row is not None
    # Nothing shows that somebody else has come in with the same date.
    row["lead_id"] = account.add_contact(BOB).id
    world.clock.advance(DAY)

    moved, _ = await read(platform.memberships.memberships(HOT, cursor))

    assert {each.is_member for each in moved} == {True, False}


async def test_a_segment_that_is_not_there_is_told_and_has_no_members(world: World) -> None:
    platform = world.connect()

    pages = [page async for page in platform.memberships.memberships(HOT, None)]

    assert [each.message for page in pages for each in page.problems] == ["auto has no segment Hot"]
    assert not any(page.items or page.whole for page in pages)


async def test_a_segment_that_was_deleted_is_empty_from_then_on(world: World) -> None:
    account = world.simulator.account
    hot = account.segments.add("Hot", members=[account.add_contact(ANN)])["id"]
    world.clock.advance(HOUR)
    platform = world.connect()
    _, cursor = await read(platform.memberships.memberships(HOT, None))
    world.clock.advance(DAY)

    del account.segments.by_id[hot]
    pages = [page async for page in platform.memberships.memberships(HOT, cursor)]

    assert [each.is_member for page in pages for each in page.items] == [False]
    assert any("Hot" in page.whole for page in pages)
