"""Calls that a simulated HubSpot makes: each is believed, and tells what it means."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from adapters.hubspot.adapter import HubspotPlatform
from adapters.hubspot.simulator.webhooks import Delivery
from connector.domain.contacts import Removal
from connector.errors import BadSignature
from connector.ports.webhook import WebhookRequest
from tests.integration.hubspot.conftest import HOUR, World

URL = "https://leads.example.com/webhooks/crm?from=hubspot%2Feu"
KINDS = ("creation", "deletion", "merge", "restore", "privacyDeletion")


@dataclass
class Receiver:
    """Takes calls as the product does: proved, each item once."""

    world: World
    platform: HubspotPlatform
    keys: set[str] = field(default_factory=set)
    reread: set[str] = field(default_factory=set)
    removals: dict[str, Removal] = field(default_factory=dict)
    items: int = 0
    is_down: bool = False

    async def take(self, delivery: Delivery) -> int:
        parser = self.platform.webhook_parser
        if self.is_down:
            return parser.unavailable_status
        request = WebhookRequest(
            method="POST",
            url=delivery.url,
            headers=delivery.headers,
            body=delivery.body,
            received_at=self.world.clock.now(),
        )
        parser.verify(request)
        keys = parser.delivery_ids(request)
        self.items += len(keys)
        self.keys.update(keys)
        told = parser.parse(request)
        self.reread.update(told.reread)
        for each in told.removals:
            before = self.removals.get(each.remote_id)
            if before is None or not before.erased:
                self.removals[each.remote_id] = each
        return 200


@pytest.fixture
def receiver(world: World) -> Receiver:
    hooks = world.simulator.account.webhooks
    hooks.set_target(URL)
    for kind in KINDS:
        hooks.subscribe(f"contact.{kind}")
    hooks.subscribe("contact.propertyChange", "jobtitle")
    return Receiver(world, world.connect(client_secret=world.simulator.account.keys.client_secret))


async def test_every_call_is_believed_and_means_what_happened(
    world: World, receiver: Receiver
) -> None:
    account = world.simulator.account
    made = [account.add(email=f"person{number}@example.com") for number in range(230)]
    account.set(made[0], jobtitle="CEO")
    account.archive(made[1])
    account.erase(made[2])
    account.merge(made[3], made[4])

    calls = await world.simulator.deliver(receiver.take)

    assert calls == 3
    assert receiver.reread >= set(made) - set(made[1:3]) - {made[4]}
    assert receiver.removals == {
        made[1]: Removal(remote_id=made[1]),
        made[2]: Removal(remote_id=made[2], erased=True),
        made[4]: Removal(remote_id=made[4], merged_into=made[3]),
    }


async def test_what_could_not_be_stored_comes_again_under_the_same_keys(
    world: World, receiver: Receiver
) -> None:
    world.simulator.account.add(email="ann@example.com", jobtitle="CEO")
    receiver.is_down = True
    await world.simulator.deliver(receiver.take)
    receiver.is_down = False

    for _ in range(24):
        world.clock.advance(HOUR)
        await world.simulator.deliver(receiver.take)

    assert (receiver.items, len(receiver.keys)) == (2, 2)


async def test_a_call_for_somebody_else_is_not_believed(world: World, receiver: Receiver) -> None:
    receiver.platform = world.connect(client_secret="another")
    world.simulator.account.add(email="ann@example.com")

    with pytest.raises(BadSignature):
        await world.simulator.deliver(receiver.take)
