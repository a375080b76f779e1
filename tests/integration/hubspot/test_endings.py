"""A request to a simulated HubSpot that fails for good ends its stream, whatever else succeeds."""

from __future__ import annotations

from functools import partial

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from adapters.hubspot.config import HubspotConfig
from adapters.simulation.faults import Fault
from connector.domain.contacts import Reading
from tests.insisting import insisted
from tests.integration.hubspot.conftest import ANN, AT, DAY, MINUTE, World, drained, ms

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


async def test_a_contact_one_page_of_whose_events_fails_has_no_other_read_again(
    world: World,
) -> None:
    account = world.simulator.account
    ann = account.add(email=ANN)
    for number in range(101):
        account.engagement.occur("e_visited_page", "contact", ann, ms(AT) - number, {})
    account.derive(ann, hs_analytics_last_timestamp=AT.isoformat())
    app = world.simulator.app

    async def without_further_pages(scope: Scope, receive: Receive, send: Send) -> None:
        is_further = b"&after=" in scope["query_string"]
        await (Response(status_code=503) if is_further else app)(scope, receive, send)

    world.simulator.app = without_further_pages  # type: ignore[assignment]  # an application too
    pages = await insisted(world.connect("page.viewed").events.events, None, world.clock)

    assert sum(len(page.items) for page in pages) == 100


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
