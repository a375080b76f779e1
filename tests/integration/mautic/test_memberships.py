"""Who is in a segment, and who came and left."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import pytest

from adapters.mautic import merged_members
from connector.domain.contacts import Membership
from tests.integration.mautic.conftest import ANN, BOB, DAY, HOUR, World, read

HOT = frozenset({"Hot"})
ROWS = "/api/stats/lead_lists_leads"
LOG = "/api/stats/audit_log"


@dataclass
class WithoutLog(httpx.AsyncBaseTransport):
    """An instance whose log may not be read by whoever asks."""

    inner: httpx.AsyncBaseTransport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != LOG:
            return await self.inner.handle_async_request(request)
        refused = {"message": "You do not have the view permission to audit_log", "code": 403}
        return httpx.Response(200, json={"errors": [refused]})


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


async def test_a_visitor_who_takes_over_a_member_is_one(world: World) -> None:
    account = world.simulator.account
    ann, visitor = account.add_contact(ANN), account.add_contact()
    account.segments.add("Hot", members=[ann])
    account.segments.add("Cold", members=[account.add_contact(BOB)])
    world.clock.advance(HOUR)
    platform, both = world.connect(), HOT | {"Cold"}
    _, cursor = await read(platform.memberships.memberships(both, None))
    world.clock.advance(HOUR)
    walked = len(world.asked(ROWS))

    # The number of members and the last coming are as before.
    account.identify(visitor, ANN)
    moved, cursor = await read(platform.memberships.memberships(both, cursor))

    assert {(each.remote_id, each.is_member) for each in moved} == {
        (str(ann.id), False),
        (str(visitor.id), True),
    }
    # Whose segments, each as it looks, and a walk of the one that it is in.
    assert len(world.asked(ROWS)) == walked + 1 + 2 + 1
    moved, _ = await read(platform.memberships.memberships(both, cursor))
    assert moved == []


async def test_who_is_taken_over_is_found_in_more_segments_than_are_told_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merged_members, "_ROWS", 1)
    account = world.simulator.account
    ann, visitor = account.add_contact(ANN), account.add_contact()
    names = frozenset(f"Segment {number}" for number in range(3))
    for name in names:
        account.segments.add(name, members=[ann])
    world.clock.advance(HOUR)
    platform = world.connect()
    _, cursor = await read(platform.memberships.memberships(names, None))
    world.clock.advance(HOUR)

    account.identify(visitor, ANN)
    moved, _ = await read(platform.memberships.memberships(names, cursor))

    assert {each.list_name for each in moved if each.remote_id == str(visitor.id)} == names


async def test_segments_are_read_where_the_log_of_the_instance_may_not_be(world: World) -> None:
    account = world.simulator.account
    ann = account.add_contact(ANN)
    account.segments.add("Hot", members=[ann])
    platform = world.connect(through=WithoutLog)

    moved, cursor = await read(platform.memberships.memberships(HOT, None))
    account.segments.enter(account.segments.add("Cold")["id"], ann)
    further, _ = await read(platform.memberships.memberships(HOT | {"Cold"}, cursor))

    assert [each.list_name for each in moved + further] == ["Hot", "Cold"]


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
