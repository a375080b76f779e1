"""Pulls in which nothing is new take three requests, and what is new is found all the same."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from adapters.hubspot.adapter import HubspotPlatform
from adapters.hubspot.legacy import EMAIL_EVENTS
from adapters.simulation.faults import Fault
from connector.domain.contacts import Reading
from connector.domain.pages import Cursor
from connector.errors import PlatformUnavailable
from tests.integration.hubspot.conftest import ANN, AT, DAY, HOUR, MINUTE, World, drained, ms

LISTS = frozenset({"Leads"})


@dataclass
class Puller:
    """Pulls all that there is, as cycles do."""

    world: World
    platform: HubspotPlatform
    cursors: dict[str, Cursor] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    """What was told: ids of the gone, of members and of events."""

    async def pull(self, after: timedelta) -> list[str]:
        """Return what was asked in a pull that comes so long after the one before."""
        self.world.clock.advance(after)
        self.world.requests()
        at, parts = self.cursors, self.platform
        _, at["contacts"] = await drained(
            parts.contacts.contacts(Reading(), at.get("contacts") or None)
        )
        gone, cursor = await drained(parts.removals.removals(at.get("removals") or None))
        at["removals"] = cursor or at["removals"]
        moved, cursor = await drained(parts.memberships.memberships(LISTS, at.get("lists") or None))
        at["lists"] = cursor or at["lists"]
        with suppress(PlatformUnavailable):
            async for page in parts.events.events(at.get("events") or None):
                self.seen |= {each.id.split(":")[0] for each in page.items}
                at["events"] = page.cursor
        self.seen |= {f"gone {each.remote_id}" for each in gone}
        self.seen |= {f"member {each.remote_id}" for each in moved}
        return self.world.requests()


@pytest.fixture
async def puller(world: World) -> Puller:
    """Return what pulls an account of which everything is used, and everybody was read."""
    account = world.simulator.account
    account.seed_contacts(20)
    account.add_list("Leads")
    for _ in range(3):
        account.engagement.hold_webinar("Scoring", ms(AT))
    found = Puller(world, world.connect())
    for _ in range(5):
        await found.pull(HOUR)
    return found


@pytest.mark.parametrize("every", [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR], ids=str)
async def test_a_pull_in_which_nothing_is_new_takes_three_requests(
    puller: Puller, every: timedelta
) -> None:
    pulls = min(round(6 * HOUR / every), 40)

    requests = [await puller.pull(every) for _ in range(pulls)]

    assert max(map(len, requests)) <= 3


async def test_whatever_happens_unnoticed_is_found_within_hours(puller: Puller) -> None:
    account = puller.world.simulator.account
    ann, bob, *_ = account.ids()
    leads = account.lists.named("Leads")
    assert leads is not None
    account.lists.change(leads.id, add=[bob])
    account.archive(ann)
    account.engagement.send_mail_event("OPEN", ANN, ms(puller.world.clock.now()))
    account.add("calls", bob, hs_timestamp=puller.world.clock.now().isoformat())

    for _ in range(12):
        await puller.pull(15 * MINUTE)

    assert {f"gone {ann}", f"member {bob}", "mail", "calls"} <= puller.seen


async def test_a_source_that_fails_takes_nobody_elses_turn(puller: Puller) -> None:
    account = puller.world.simulator.account
    account.add("calls", account.ids()[0], hs_timestamp=puller.world.clock.now().isoformat())
    puller.world.simulator.faults.play(*[Fault.SERVER_ERROR] * 99, on=f"GET {EMAIL_EVENTS}")

    for _ in range(12):
        await puller.pull(15 * MINUTE)

    assert "calls" in puller.seen


async def test_a_source_that_the_account_lacks_takes_nobody_elses_turn(puller: Puller) -> None:
    account = puller.world.simulator.account
    account.scopes = {"crm.objects.contacts.read", "crm.lists.read", "crm.objects.deals.read"}
    for _ in range(16):
        await puller.pull(15 * MINUTE)

    requests = [await puller.pull(15 * MINUTE) for _ in range(12)]

    asked = Counter(each for pull in requests for each in pull)
    assert asked["POST /crm/objects/2026-03/deals/search"] >= 2


async def test_all_are_asked_at_once_when_somebody_changed(puller: Puller) -> None:
    account = puller.world.simulator.account
    account.set(account.ids()[0], jobtitle="buyer")

    asked = Counter(await puller.pull(5 * MINUTE))

    assert asked["POST /crm/lists/2026-03/search"] == 1
    assert {each for each in asked if each.endswith("/search")} >= {
        f"POST /crm/objects/2026-03/{kind}/search"
        for kind in ("meetings", "calls", "deals", "orders", "carts")
    }


async def test_who_pulls_once_a_day_asks_for_everything(puller: Puller) -> None:
    asked = await puller.pull(DAY)

    assert len(asked) > 10
