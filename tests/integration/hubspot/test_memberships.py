"""Who is in the lists of a simulated HubSpot."""

from __future__ import annotations

from contextlib import suppress

from adapters.hubspot.adapter import HubspotPlatform
from adapters.simulation.faults import Fault
from connector.domain.contacts import Membership
from connector.domain.pages import Cursor, Page
from connector.errors import PlatformUnavailable
from tests.integration.hubspot.conftest import HOUR, MINUTE, World, drained

FIND_LISTS = "POST /crm/lists/2026-03/search"
READ_LEADS = "GET /crm/lists/2026-03/1/memberships"
LISTS = frozenset({"Customers", "Leads"})


async def memberships(
    platform: HubspotPlatform, since: Cursor | None
) -> tuple[list[Membership], Cursor]:
    return await drained(platform.memberships.memberships(LISTS, since))


async def test_members_come_and_go(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(5)
    ann, bob, eve, *_ = account.ids()
    account.add_list("Leads", members=[ann, bob])
    account.add_list("Others", members=[eve])
    platform = world.connect()
    first, cursor = await memberships(platform, None)
    world.clock.advance(HOUR)
    leads = account.lists.named("Leads")
    assert leads is not None
    account.lists.change(leads.id, add=[eve], remove=[ann])

    then, _ = await memberships(platform, cursor)

    assert first == [Membership(list_name="Leads", remote_id=each) for each in (ann, bob)]
    assert then == [
        Membership(list_name="Leads", remote_id=ann, is_member=False),
        Membership(list_name="Leads", remote_id=eve),
    ]


async def test_a_large_list_is_read_250_at_a_time(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(6_000)
    account.add_list("Leads", members=account.ids())

    told, _ = await memberships(world.connect(), None)

    assert [each.remote_id for each in told] == account.ids()
    assert len(world.requests()) == 1 + 24


async def test_a_long_list_that_moves_all_the_time_is_read_once_in_a_while(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(8_001)
    first, *others = account.ids()
    leads, platform = account.add_list("Leads", members=others), world.connect()
    _, cursor = await memberships(platform, None)
    account.lists.change(leads.id, add=[first])
    world.requests()

    soon, cursor = await memberships(platform, cursor)
    asked = world.requests()
    world.clock.advance(MINUTE)
    later, _ = await memberships(platform, cursor)

    assert (soon, asked) == ([], [FIND_LISTS])
    assert later == [Membership(list_name="Leads", remote_id=first)]


async def test_of_a_long_walk_that_fails_no_page_is_read_twice(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(6_000)
    account.add_list("Leads", members=account.ids())
    source, told = world.connect().memberships, list[Membership]()
    cursor: Cursor | None = None
    for _ in range(4):
        world.simulator.faults.storm(9, seed=1, kinds=(Fault.UNAVAILABLE,))
        with suppress(PlatformUnavailable):
            async for page in source.memberships(LISTS, cursor):
                told += page.items
                cursor = page.cursor

    read = [each for each in world.requests() if "/memberships" in each]
    assert {each.remote_id for each in told} == set(account.ids())
    assert len(read) == 24 + 3


async def test_a_list_that_did_not_move_is_not_read(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(5)
    account.add_list("Leads", members=account.ids())
    account.add_list("Customers")
    platform = world.connect()
    world.clock.advance(HOUR)
    _, cursor = await memberships(platform, None)
    world.clock.advance(HOUR)
    world.requests()

    told, _ = await memberships(platform, cursor)

    assert told == []
    assert world.requests() == [FIND_LISTS]


async def test_a_list_that_moved_just_before_it_was_read_is_read_once_more(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(5)
    account.add_list("Leads", members=account.ids())
    platform = world.connect()
    cursor: Cursor | None = None

    asked = []
    for _ in range(3):
        _, cursor = await memberships(platform, cursor)
        asked.append(world.requests())
        world.clock.advance(2 * MINUTE)

    assert asked == [[FIND_LISTS, READ_LEADS], [FIND_LISTS, READ_LEADS], [FIND_LISTS]]


async def test_a_list_that_was_walked_is_told_whole_as_of_when_that_began(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(6_000)
    account.add_list("Leads", members=account.ids())
    source, began = world.connect().memberships, world.clock.now()
    pages, cursor = list[Page[Membership]](), None
    for _ in range(4):
        world.simulator.faults.storm(9, seed=1, kinds=(Fault.UNAVAILABLE,))
        with suppress(PlatformUnavailable):
            async for page in source.memberships(LISTS, cursor):
                pages.append(page)
                cursor = page.cursor
        world.clock.advance(HOUR)

    assert [page.whole for page in pages if page.whole] == [{"Leads": began}]
    whole = next(place for place, page in enumerate(pages) if page.whole)
    told = {each.remote_id for page in pages[:whole] for each in page.items}
    assert told == set(account.ids())


async def test_of_a_list_that_did_not_move_nothing_is_told(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(5)
    account.add_list("Leads", members=account.ids())
    source = world.connect().memberships
    world.clock.advance(HOUR)
    first = [page async for page in source.memberships(LISTS, None)]
    world.clock.advance(HOUR)

    then = [page async for page in source.memberships(LISTS, first[-1].cursor)]

    assert [page.whole for page in then] == [{}]


async def test_of_a_deleted_list_all_are_out(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(2)
    leads = account.add_list("Leads", members=account.ids())
    platform = world.connect()
    _, cursor = await memberships(platform, None)
    account.lists.delete(leads.id)

    told, cursor = await memberships(platform, cursor)
    again, _ = await memberships(platform, cursor)

    assert {each.remote_id: each.is_member for each in told} == dict.fromkeys(account.ids(), False)
    assert again == []
