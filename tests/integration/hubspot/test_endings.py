"""A request to a simulated HubSpot that fails for good ends its stream, whatever else succeeds."""

from __future__ import annotations

from functools import partial

from adapters.hubspot.config import HubspotConfig
from adapters.simulation.faults import Fault
from connector.domain.contacts import Reading
from tests.insisting import insisted
from tests.integration.hubspot.conftest import DAY, MINUTE, World, drained

LISTS = frozenset({"Customers", "Leads"})
READ_CUSTOMERS = "GET /crm/lists/2026-03/1/memberships"
READ_LEADS = "GET /crm/lists/2026-03/2/memberships"


def broken(world: World, request: str) -> None:
    """Let every request that begins so fail from now on."""
    world.simulator.faults.play(*[Fault.UNAVAILABLE] * 1_000, on=request)


async def test_a_journal_with_a_gap_beside_a_search_that_fails_comes_to_an_end(
    world: World,
) -> None:
    account = world.simulator.account
    account.seed_contacts(5)
    account.journal.subscribe({"subscriptionType": "OBJECT", "objectTypeId": "0-1"})
    keys, config = account.keys, HubspotConfig(adapter="hubspot", journal=True)
    secrets = {"client_id": keys.client_id, "client_secret": keys.client_secret}
    platform = world.connect(config=config, **secrets)
    account.set(account.ids()[0], jobtitle="first")
    world.clock.advance(MINUTE)
    _, cursor = await drained(platform.removals.removals(None))
    world.clock.advance(4 * DAY)
    account.set(account.ids()[0], jobtitle="later")
    world.clock.advance(MINUTE)
    broken(world, "POST /crm/objects/2026-03/contacts/search")

    pages = await insisted(platform.removals.removals, cursor, world.clock)

    assert pages == []


async def test_a_list_that_fails_has_one_that_is_always_walked_walked_once(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(5)
    for name in sorted(LISTS):
        # What moved just now is walked again each time.
        account.add_list(name, members=account.ids())
    broken(world, READ_LEADS)
    platform, since, asked = world.connect(), None, list[tuple[int, int]]()

    for _ in range(2):
        await drained(platform.contacts.contacts(Reading(), None))
        world.requests()
        pages = await insisted(partial(platform.memberships.memberships, LISTS), since, world.clock)
        since, requests = pages[-1].cursor, world.requests()
        asked.append((requests.count(READ_CUSTOMERS), requests.count(READ_LEADS)))

    # The next pull walks it again, though the other one fails for days.
    assert asked == [(1, 5), (1, 5)]
