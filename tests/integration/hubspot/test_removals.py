"""Who is gone from a simulated HubSpot."""

from __future__ import annotations

from adapters.hubspot.adapter import HubspotPlatform
from connector.domain.contacts import Removal
from connector.domain.pages import Cursor
from tests.integration.hubspot.conftest import DAY, HOUR, World, drained

SEARCH = "POST /crm/objects/2026-03/contacts/search"
LIST = "GET /crm/objects/2026-03/contacts"


async def removals(platform: HubspotPlatform, since: Cursor | None) -> tuple[list[Removal], Cursor]:
    return await drained(platform.removals.removals(since))


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
