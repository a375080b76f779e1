"""Records of a simulated HubSpot that say what contacts did, and who came to its webinars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from adapters.hubspot.simulator.quirks import Quirks
from tests.integration.hubspot.conftest import (
    ANN,
    AT,
    DAY,
    HOUR,
    World,
    events_of,
    ms,
    told,
)


async def test_a_meeting_is_booked_and_when_completed_held(world: World) -> None:
    account = world.simulator.account
    ann, bob = account.add(email=ANN), account.add(email="bob@example.com")
    start = (AT + DAY).isoformat()
    meeting = account.add(
        "meetings", ann, bob, hs_meeting_title="Demo", hs_meeting_start_time=start
    )
    platform = world.connect("meeting.*")
    booked, cursor = await events_of(platform, None)
    world.clock.advance(2 * DAY)
    account.set(meeting, "meetings", hs_meeting_outcome="COMPLETED")

    held, _ = await events_of(platform, cursor)

    assert told(booked) == [("meeting.booked", each, AT) for each in (ann, bob)]
    assert told(held) == [
        *(("meeting.booked", each, AT) for each in (ann, bob)),
        *(("meeting.held", each, AT + DAY) for each in (ann, bob)),
    ]
    assert {each.id for each in booked} < {each.id for each in held}
    assert held[0].fields == {"title": "Demo"}


async def test_a_call_is_logged_when_it_was_made(world: World) -> None:
    account = world.simulator.account
    ann = account.add(email=ANN)
    account.add("calls", ann, hs_call_title="Hello", hs_timestamp=(AT - DAY).isoformat())

    events, _ = await events_of(world.connect("call.logged"), None)

    assert told(events) == [("call.logged", ann, AT - DAY)]


@pytest.mark.parametrize(
    ("stage", "types"),
    [
        ("closedwon", ["deal.won"]),
        ("closedlost", ["deal.lost"]),
        ("qualifiedtobuy", []),
    ],
)
async def test_a_closed_deal_is_won_or_lost(world: World, stage: str, types: list[str]) -> None:
    account = world.simulator.account
    ann = account.add(email=ANN)
    account.add(
        "deals",
        ann,
        dealname="Big one",
        dealstage=stage,
        amount="1250.5",
        deal_currency_code="EUR",
        closedate=(AT - DAY).isoformat(),
    )

    events, _ = await events_of(world.connect("deal.*"), None)

    assert told(events) == [(each, ann, AT - DAY) for each in types]
    fields = {"title": "Big one", "amount": 1250.5, "currency": "EUR"}
    assert [each.fields for each in events] == [fields for _ in types]


async def test_an_order_is_placed_and_refunded_when_it_was(world: World) -> None:
    account = world.simulator.account
    ann = account.add(email=ANN)
    order = account.add(
        "orders",
        ann,
        hs_order_name="A-1",
        hs_total_price="80",
        hs_currency_code="EUR",
        hs_external_created_date=(AT - DAY).isoformat(),
    )
    world.clock.advance(DAY)
    account.set(order, "orders", hs_refund_amount="30")
    world.clock.advance(DAY)
    account.set(order, "orders", hs_order_name="A-1 (edited)")

    events, _ = await events_of(world.connect("order.*"), None)

    assert told(events) == [
        ("order.placed", ann, AT - DAY),
        ("order.refunded", ann, AT + DAY),
    ]
    assert [each.fields["amount"] for each in events] == [80.0, 30.0]


async def test_an_order_that_a_merge_handed_on_is_the_same_one(world: World) -> None:
    account = world.simulator.account
    ann, bob = account.add(email=ANN), account.add(email="bob@example.com")
    account.add("orders", bob, hs_external_created_date=(AT - DAY).isoformat())
    platform = world.connect("order.*")
    (before,), cursor = await events_of(platform, None)

    account.merge(ann, bob)
    world.clock.advance(HOUR / 60)
    (after,), _ = await events_of(platform, cursor)

    assert (before.subject, after.subject) == (bob, ann)
    assert before.id == after.id


async def test_a_cart_is_filled_and_abandoned(world: World) -> None:
    account = world.simulator.account
    ann = account.add(email=ANN)
    cart = account.add("carts", ann, hs_total_price="12")
    world.clock.advance(DAY)
    account.set(cart, "carts", hs_external_status="abandoned")

    events, _ = await events_of(world.connect("cart.*"), None)

    assert told(events) == [("cart.abandoned", ann, AT + DAY), ("cart.item_added", ann, AT)]


async def test_a_record_of_nobody_is_left_out(world: World) -> None:
    account = world.simulator.account
    for _ in range(3):
        account.add("calls", hs_timestamp=AT.isoformat())

    events, _ = await events_of(world.connect("call.logged"), None)

    assert events == []


async def test_a_meeting_of_very_many_tells_of_each(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(700)
    account.add("meetings", *account.ids())

    events, _ = await events_of(world.connect("meeting.booked"), None)

    assert {each.subject for each in events} == set(account.ids())


async def test_who_registered_and_who_came_to_a_webinar(world: World) -> None:
    account = world.simulator.account
    ann = account.add(email=ANN)
    webinar = account.engagement.hold_webinar("Scoring", ms(AT + DAY))
    for state, at in {"REGISTERED": AT - DAY, "ATTENDED": AT, "CANCELLED": AT}.items():
        account.engagement.participate(webinar, ann, ANN, state, ms(at))

    events, _ = await events_of(world.connect("webinar.*"), None)

    assert told(events) == [
        ("webinar.attended", ann, AT),
        ("webinar.registered", ann, AT - DAY),
    ]
    assert events[0].fields == {"title": "Scoring"}


async def test_webinars_long_past_are_asked_once(world: World) -> None:
    account = world.simulator.account
    for number in range(5):
        account.engagement.hold_webinar(f"Old {number}", ms(AT - 100 * DAY))
    account.engagement.hold_webinar("New", ms(AT + DAY))
    platform = world.connect("webinar.*")
    _, cursor = await events_of(platform, None)
    first = len(world.requests())

    await events_of(platform, cursor)

    assert (first, len(world.requests())) == (7, 2)


async def test_records_that_searches_learn_of_late_are_read_within_the_hour(
    make_world: Callable[..., World],
) -> None:
    world = make_world(Quirks())
    account = world.simulator.account
    ann = account.add(email=ANN)
    platform = world.connect("call.logged")
    _, cursor = await events_of(platform, None)
    seen: set[str] = set()

    for number in range(20):
        account.add("calls", ann, hs_call_title=str(number), hs_timestamp=AT.isoformat())
        world.clock.advance(timedelta(seconds=41))
        events, cursor = await events_of(platform, cursor)
        seen |= {str(each.fields["title"]) for each in events}
    world.clock.advance(2 * HOUR)
    events, cursor = await events_of(platform, cursor)
    seen |= {str(each.fields["title"]) for each in events}

    assert seen == {str(number) for number in range(20)}
