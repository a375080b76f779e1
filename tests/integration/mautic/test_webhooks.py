"""Calls that a simulated Mautic makes: each is believed, and tells what the tables tell."""

from __future__ import annotations

import pytest

from adapters.mautic.adapter import MauticPlatform
from adapters.mautic.simulator.contacts import Contact
from connector.domain.contacts import Removal
from connector.domain.events import Event
from connector.ports.webhook import Notification, WebhookRequest
from tests.integration.mautic.conftest import ANN, AT, BOB, HOUR, MINUTE, World, events_of

URL = "https://leads.example.com/webhooks/auto"
SITE = "https://www.example.com/prices"


@pytest.fixture
async def platform(world: World) -> MauticPlatform:
    platform = world.connect("page.viewed", "email.*", "form.submitted")
    await platform.webhooks.register(URL)
    return platform


@pytest.fixture
def ann(world: World, platform: MauticPlatform) -> Contact:
    ann = world.simulator.account.add_contact(ANN)
    calls(world, platform)
    return ann


def calls(world: World, platform: MauticPlatform) -> list[Notification]:
    """Return what the calls of this moment tell; the same call that comes again is left out."""
    parser, known = platform.webhook_parser, set[str]()
    told = []
    for call in world.simulator.due_calls():
        headers = {name.lower(): value for name, value in call.headers.items()}
        request = WebhookRequest(
            method="POST",
            url=call.url,
            headers=headers,
            body=call.body,
            received_at=world.clock.now(),
        )
        parser.verify(request)
        keys = set(parser.delivery_ids(request))
        if not keys <= known:
            told.append(parser.parse(request))
        known |= keys
        call.answered(200)
    return told


def by_id(events: list[Event]) -> dict[str, Event]:
    return {each.id: each for each in events}


async def test_what_calls_tell_is_what_the_tables_tell(
    world: World, platform: MauticPlatform, ann: Contact
) -> None:
    account = world.simulator.account
    form = account.add_entity("forms", name="Contact us")["id"]
    email = account.add_entity("emails", name="Welcome")["id"]
    stat = account.engagement.send(ann, email, at=AT - HOUR)
    account.engagement.open(stat, at=AT)
    account.engagement.open(stat, at=AT + MINUTE)
    account.engagement.click(stat, SITE, at=AT + MINUTE)
    account.engagement.visit(ann, f"{SITE}/more", at=AT + 2 * MINUTE)
    account.engagement.submit(ann, form, at=AT + 3 * MINUTE)
    world.clock.advance(HOUR)

    told = by_id([event for each in calls(world, platform) for event in each.events])
    read = by_id(await events_of(platform))

    assert {each.type for each in told.values()} == {
        *("email.opened", "email.clicked", "page.viewed", "form.submitted"),
    }
    assert len(told) == 5
    assert told.keys() <= read.keys()
    for each in told.values():
        same = read[each.id]
        assert (each.type, each.subject) == (same.type, same.subject)
        assert each.occurred_at == same.occurred_at


async def test_whoever_changes_is_read_again_and_whoever_is_gone_is_told(
    world: World, platform: MauticPlatform, ann: Contact
) -> None:
    account = world.simulator.account
    account.set(ann, country="France")
    account.delete(bob := account.add_contact(BOB))

    told = calls(world, platform)

    assert str(ann.id) in {each for one in told for each in one.reread}
    assert Removal(remote_id=str(bob.id)) in {each for one in told for each in one.removals}


async def test_a_webhook_that_is_registered_twice_is_one(
    world: World, platform: MauticPlatform
) -> None:
    (first,) = await platform.webhooks.register(URL)

    assert [each.remote_id for each in await platform.webhooks.webhooks()] == [first.remote_id]
    assert set(first.events) == set(world.simulator.account.hooks.by_id[1]["triggers"])
