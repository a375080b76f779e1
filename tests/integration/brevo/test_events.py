"""Events of a simulated Brevo: told by webhooks and by what is polled, each once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from adapters.brevo.simulator.outbox import Delivery
from adapters.brevo.simulator.records import CustomEvent, Order, SmsRow
from connector.domain.events import Event
from connector.ports.webhook import Notification, WebhookRequest
from tests.integration.brevo.conftest import AT, World, drained, drained_in_spite_of_all

MINUTE = timedelta(minutes=1)


async def register(world: World) -> None:
    """Let Brevo call us, as heatsync sets it up."""
    await world.connect().webhooks.register("https://heat.example.com/webhooks/mail")


async def called(world: World) -> Notification:
    """Return what all the calls tell that are due now, or will be when batches are full."""
    world.clock.advance(10 * MINUTE)
    parser, told = world.connect().webhook_parser, []

    async def post(delivery: Delivery) -> int:
        headers = {name.lower(): value for name, value in delivery.headers.items()}
        request = WebhookRequest(
            method="POST",
            url=delivery.url,
            headers=headers,
            body=delivery.body,
            received_at=world.clock.now(),
        )
        parser.verify(request)
        told.append(parser.parse(request))
        return 200

    await world.simulator.deliver(post)
    return Notification(
        events=tuple(event for each in told for event in each.events),
        reread=tuple(name for each in told for name in each.reread),
        removals=tuple(removal for each in told for removal in each.removals),
    )


def by_id(events: list[Event]) -> Mapping[str, Event]:
    return {each.id: each for each in events}


async def test_what_webhooks_tell_of_messages_is_what_is_polled(world: World) -> None:
    await register(world)
    mail = world.simulator.account.mail
    message = mail.send(
        "ann@mail.example.com", subject="Your order", template_id=4, tags=("a", "b")
    )
    for place, event in enumerate(("opened", "opened", "clicks", "loadedByProxy", "unsubscribed")):
        link = {"link": "https://shop.example.com/prices?x=1"} if event == "clicks" else {}
        mail.happen(event, message, at=AT + place * MINUTE + timedelta(milliseconds=740), **link)
    mail.happen("spam", mail.send("bob@mail.example.com"))
    mail.happen("hardBounces", mail.send("eve@mail.example.com"), reason="no such user")

    told = await called(world)
    polled, _ = await drained(world.connect("email.*").events.events(None))

    assert by_id(list(told.events)).keys() == by_id(polled).keys()
    assert len(polled) == 13


async def test_what_webhooks_tell_of_campaigns_is_what_contacts_are_asked_for(world: World) -> None:
    await register(world)
    account = world.simulator.account
    news = account.lists.add("News")
    ann = account.create("Ann@mail.example.com")
    account.lists.put_in(news, [ann])
    spring = account.campaigns.add("Spring", list_ids=[news.id])
    account.campaigns.happen("delivered", ann, spring)
    account.campaigns.happen("opened", ann, spring, at=AT + MINUTE)
    url = "https://shop.example.com/prices?uid=ann&utm_source=brevo"
    account.campaigns.happen("click", ann, spring, at=AT + 2 * MINUTE, url=url)
    account.campaigns.happen("unsubscribed", ann, spring, at=AT + 3 * MINUTE, list_ids=[news.id])

    told = await called(world)
    polled, _ = await drained(world.connect("email.*").events.events(None))

    mail = [each for each in told.events if each.type.startswith("email.")]
    assert by_id(mail) == by_id(polled)
    assert [each.type for each in mail] == [
        *("email.delivered", "email.opened", "email.clicked", "email.unsubscribed")
    ]


async def test_contacts_that_calls_name_are_found_again(world: World) -> None:
    await register(world)
    account = world.simulator.account
    ann, bob = account.create("ann@mail.example.com"), account.create("bob@mail.example.com")
    news = account.lists.add("News")
    account.lists.put_in(news, [ann])
    account.write(ann, {"LASTNAME": "Ng"})
    account.remove(bob)

    told = await called(world)

    assert set(told.reread) == {"ann@mail.example.com"}
    assert [each.remote_id for each in told.removals] == ["bob@mail.example.com"]
    assert ("list.subscribed", str(news.id)) in {
        (each.type, each.fields.get("list_id")) for each in told.events
    }


async def test_every_place_of_events_is_read(world: World) -> None:
    account = world.simulator.account
    ann = account.create("ann@mail.example.com", SMS="33612345678")
    account.records.events.append(CustomEvent(contact_id=ann.id, name="page_viewed", at=AT))
    account.records.orders["5"] = Order(
        id="5",
        email="ann@mail.example.com",
        contact_id=ann.id,
        amount=20,
        status="refunded",
        created_at=AT - MINUTE,
        modified_at=AT,
    )
    account.records.sms.append(SmsRow(at=AT, event="replies", phone="33612345678", message_id="9"))

    events, _ = await drained(world.connect().events.events(None))

    assert {(each.type, each.subject) for each in events} == {
        ("page.viewed", str(ann.id)),
        ("order.placed", str(ann.id)),
        ("order.refunded", str(ann.id)),
        ("sms.replied", str(ann.id)),
    }


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "Pacific/Kiritimati"], ids=["west", "east"])
async def test_events_are_read_whatever_day_it_is_where_the_account_lives(
    world: World, zone: str
) -> None:
    account = world.simulator.account
    account.zone = ZoneInfo(zone)
    world.clock.advance(timedelta(hours=2))
    now = world.clock.now()
    ann, news = account.create("ann@mail.example.com", SMS="33612345678"), account.lists.add("News")
    account.lists.put_in(news, [ann])
    account.campaigns.happen("opened", ann, account.campaigns.add("Spring", list_ids=[news.id]))
    account.mail.happen("delivered", account.mail.send("ann@mail.example.com", subject="Hello"))
    account.records.sms.append(SmsRow(at=now, event="replies", phone="33612345678", message_id="9"))
    account.records.events.append(CustomEvent(contact_id=ann.id, name="page_viewed", at=now))

    events, _ = await drained(world.connect().events.events(None))

    assert {"email.opened", "email.delivered", "sms.replied", "page.viewed"} <= {
        each.type for each in events
    }


async def test_where_nothing_happened_mail_costs_a_request_or_two(world: World) -> None:
    world.simulator.account.create("ann@mail.example.com")
    platform = world.connect("email.*")
    _, cursor = await drained(platform.events.events(None))
    world.clock.advance(15 * MINUTE)
    world.requests()

    soon, _ = await drained(platform.events.events(cursor))
    world.clock.advance(15 * MINUTE)
    later, _ = await drained(platform.events.events(cursor))

    assert (soon, later) == ([], [])
    assert world.requests() == [
        "GET /v3/smtp/statistics/events",
        *("GET /v3/smtp/statistics/events", "GET /v3/emailCampaigns"),
    ]


async def test_what_nobody_looks_at_is_not_asked_for(world: World) -> None:
    await drained(world.connect("order.*").events.events(None))

    assert world.requests() == ["GET /v3/orders"]


async def test_a_storm_of_faults_loses_no_event(world: World) -> None:
    mail, events = world.simulator.account.mail, world.simulator.account.records.events
    ann = world.simulator.account.create("ann@mail.example.com")
    for number in range(40):
        mail.send(f"person{number}@mail.example.com")
        events.append(CustomEvent(contact_id=ann.id, name=f"step_{number}", at=AT))
    calm = by_id((await drained(world.connect().events.events(None)))[0])
    world.simulator.faults.storm(2, seed=5)

    read = world.connect(is_checked=False).events.events
    stormy = by_id(await drained_in_spite_of_all(read, world.clock))

    assert stormy == calm
    assert len(calm) == 120


async def test_many_events_take_few_requests_more_than_pages(world: World) -> None:
    mail = world.simulator.account.mail
    for number in range(4_000):
        message = mail.send(f"person{number % 500}@mail.example.com")
        mail.happen("opened", message, at=AT + timedelta(seconds=number))
    platform = await world.paced("email.*")

    events, _ = await drained(platform.events.events(None))

    asked = [each for each in world.requests() if "statistics" in each]
    assert len({each.id for each in events}) == 12_000
    assert len(asked) <= 12_000 / 5000 + 2
