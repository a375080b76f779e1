"""Who is gone from a simulated HubSpot, and who is in its lists."""

from __future__ import annotations

from contextlib import suppress

from adapters.hubspot.adapter import HubspotPlatform
from adapters.simulation.faults import Fault
from connector.domain.contacts import Membership, Removal
from connector.domain.pages import Cursor
from connector.errors import PlatformUnavailable
from tests.integration.hubspot.conftest import DAY, HOUR, MINUTE, World, drained

SEARCH = "POST /crm/objects/2026-03/contacts/search"
LIST = "GET /crm/objects/2026-03/contacts"
FIND_LISTS = "POST /crm/lists/2026-03/search"
LISTS = frozenset({"Customers", "Leads"})


async def removals(platform: HubspotPlatform, since: Cursor | None) -> tuple[list[Removal], Cursor]:
    return await drained(platform.removals.removals(since))


async def memberships(
    platform: HubspotPlatform, since: Cursor | None
) -> tuple[list[Membership], Cursor]:
    return await drained(platform.memberships.memberships(LISTS, since))


async def test_a_deleted_contact_is_told(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(5)
    platform = world.connect()
    _, cursor = await removals(platform, None)
    world.clock.advance(HOUR)
    gone = account.ids()[2]
    account.archive(gone)

    told, _ = await removals(platform, cursor)

    assert told == [Removal(remote_id=gone)]


async def test_one_deleted_among_many_that_came_is_told(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(5)
    platform = world.connect()
    _, cursor = await removals(platform, None)
    world.clock.advance(HOUR)
    gone = account.ids()[2]
    account.archive(gone)
    for number in range(150):
        account.add(email=f"new{number}@example.com")

    told, cursor = await removals(platform, cursor)
    world.clock.advance(HOUR)
    world.requests()
    again, _ = await removals(platform, cursor)

    assert told == [Removal(remote_id=gone)]
    assert again == []
    assert world.requests() == [SEARCH]


async def test_one_deleted_while_one_is_restored_is_told_within_a_day(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(5)
    first, second, *_ = account.ids()
    account.archive(first)
    platform = world.connect()
    _, cursor = await removals(platform, None)
    account.archive(second)
    account.restore(first)
    world.clock.advance(HOUR)

    at_once, cursor = await removals(platform, cursor)
    world.clock.advance(DAY)
    in_a_day, _ = await removals(platform, cursor)

    assert (at_once, in_a_day) == ([], [Removal(remote_id=second)])


async def test_a_merge_says_into_whom(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(5)
    platform = world.connect()
    _, cursor = await removals(platform, None)
    world.clock.advance(HOUR)
    winner, loser, *_ = account.ids()
    account.merge(winner, loser)

    told, _ = await removals(platform, cursor)

    assert told == [Removal(remote_id=loser, merged_into=winner)]


async def test_removals_resume_behind_any_page(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(450)
    everybody = account.ids()
    for each in everybody[:230]:
        account.archive(each)
    for winner, loser in zip(everybody[230:330], everybody[330:430], strict=True):
        account.merge(winner, loser)
    platform = world.connect()
    pages = [page async for page in platform.removals.removals(None)]

    for number, page in enumerate(pages):
        rest, _ = await removals(world.connect(), page.cursor)
        before = {each.remote_id for seen in pages[: number + 1] for each in seen.items}
        everyone = before | {each.remote_id for each in rest}
        assert everyone == {*everybody[:230], *everybody[330:430]}


async def test_an_erased_contact_is_missing_from_the_walk_of_ids(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(120)
    erased = account.ids()[50]
    account.erase(erased)

    walked = [each async for page in world.connect().ids.ids() for each in page.items]

    assert walked == account.ids()
    assert erased not in walked


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
    _, cursor = await memberships(platform, None)
    world.clock.advance(HOUR)
    world.requests()

    told, _ = await memberships(platform, cursor)

    assert told == []
    assert world.requests() == [FIND_LISTS]


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
