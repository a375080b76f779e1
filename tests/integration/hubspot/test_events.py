"""What contacts of a simulated HubSpot did, from every place where it is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from adapters.hubspot.adapter import HubspotPlatform
from adapters.hubspot.legacy import EMAIL_EVENTS
from adapters.hubspot.simulator.quirks import PLAIN, Quirks
from adapters.hubspot.simulator.tricks import Trick
from adapters.simulation.faults import Fault
from connector.domain.events import Event
from connector.domain.pages import Cursor
from connector.errors import AccessRefused, PlatformUnavailable, UnexpectedAnswer
from tests.integration.hubspot.conftest import AT, HOUR, World, drained

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
ANN = "ann@example.com"
SUBMISSIONS = "GET /form-integrations/v1/submissions/forms/"


def ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


async def pull(platform: HubspotPlatform, since: Cursor | None) -> tuple[list[Event], Cursor]:
    return await drained(platform.events.events(since))


def told(events: list[Event]) -> list[tuple[str, str, datetime]]:
    return sorted((each.type, each.subject, each.occurred_at) for each in events)


async def test_each_type_of_mail_event_has_its_name(world: World) -> None:
    kinds = ["SENT", "DELIVERED", "OPEN", "CLICK", "BOUNCE", "SPAMREPORT", "DEFERRED"]
    for kind in kinds:
        world.simulator.account.engagement.send_mail_event(kind, ANN, ms(AT - HOUR))

    events, _ = await pull(world.connect("email.*"), None)

    assert {each.type for each in events} == {
        *("email.sent", "email.delivered", "email.opened", "email.clicked", "email.bounced"),
        "email.complained",
    }
    assert {(each.subject, each.occurred_at) for each in events} == {(ANN, AT - HOUR)}


async def test_a_mail_event_says_which_mail_and_whether_a_machine_did_it(world: World) -> None:
    world.simulator.account.engagement.send_mail_event(
        "CLICK",
        "Ann@Example.com",
        ms(AT - HOUR),
        campaign=77,
        url="https://example.com/offer",
        filteredEvent=True,
        sentBy={"id": "sent-1", "created": ms(AT - DAY)},
    )

    (event,), _ = await pull(world.connect("email.clicked"), None)

    assert event.subject == ANN
    assert event.fields == {
        "campaign_id": "77",
        "message_id": "sent-1",
        "url": "https://example.com/offer",
        "message_kind": "marketing",
        "is_machine": True,
    }


@pytest.mark.parametrize(
    ("status", "types"), [("UNSUBSCRIBED", ["email.unsubscribed"]), ("SUBSCRIBED", [])]
)
async def test_a_change_of_status_counts_where_it_unsubscribes(
    world: World, status: str, types: list[str]
) -> None:
    changes = [{"id": 1, "status": status}]
    world.simulator.account.engagement.send_mail_event(
        "STATUSCHANGE", ANN, ms(AT - HOUR), subscriptions=changes
    )

    events, _ = await pull(world.connect("email.unsubscribed"), None)

    assert [each.type for each in events] == types


async def test_an_id_of_mail_counts_together_with_its_instant(world: World) -> None:
    for minute in range(2):
        at = ms(AT - HOUR + minute * MINUTE)
        world.simulator.account.engagement.send_mail_event("OPEN", ANN, at, id="same")

    events, _ = await pull(world.connect("email.opened"), None)

    assert len({each.id for each in events}) == 2


async def test_one_type_is_asked_for_at_a_time(world: World) -> None:
    platform = world.connect("email.opened", "email.clicked")

    await pull(platform, None)

    asked = [each.query for each in world.simulator.trace]
    assert [query.count("eventType=") for query in asked] == [1, 1]


async def test_nothing_new_about_mail_costs_one_request(world: World) -> None:
    platform = world.connect("email.*")
    _, cursor = await pull(platform, None)
    world.clock.advance(MINUTE)
    world.requests()

    events, _ = await pull(platform, cursor)

    assert events == []
    assert world.requests() == [f"GET {EMAIL_EVENTS}"]


async def test_much_news_about_mail_is_read_type_by_type(world: World) -> None:
    platform = world.connect("email.opened", "email.clicked")
    _, cursor = await pull(platform, None)
    world.clock.advance(HOUR)
    send = world.simulator.account.engagement.send_mail_event
    for number in range(1500):
        for kind in ("SENT", "OPEN", "CLICK"):
            send(kind, ANN, ms(AT + MINUTE) + number)

    events, _ = await pull(platform, cursor)

    assert len({each.id for each in events}) == 3000


@pytest.mark.parametrize("step", [0, 1], ids=["of one instant", "of many instants"])
async def test_a_long_span_of_mail_is_read_whole(world: World, step: int) -> None:
    send = world.simulator.account.engagement.send_mail_event
    for number in range(12_500):
        send("OPEN", ANN, ms(AT - DAY) + number * step)

    events, _ = await pull(world.connect("email.opened"), None)

    assert len({each.id for each in events}) == 12_500
    assert len(world.requests()) <= 14


async def test_mail_events_that_come_late_are_read_the_next_day(world: World) -> None:
    platform = world.connect("email.opened")
    _, cursor = await pull(platform, None)
    world.clock.advance(20 * HOUR)
    _, cursor = await pull(platform, cursor)
    world.simulator.account.engagement.send_mail_event("OPEN", ANN, ms(AT + 2 * HOUR))
    world.clock.advance(5 * HOUR)

    events, _ = await pull(platform, cursor)

    assert told(events) == [("email.opened", ANN, AT + 2 * HOUR)]


async def test_a_sent_form_is_matched_by_the_address_entered(world: World) -> None:
    values = {"email": "Ann@Example.com ", "company": "Acme", "phone": "123"}
    world.simulator.account.engagement.submit_form(
        "f-1", ms(AT - HOUR), values, "https://example.com/contact"
    )

    (event,), _ = await pull(world.connect("form.submitted"), None)

    assert (event.type, event.subject, event.occurred_at) == ("form.submitted", ANN, AT - HOUR)
    assert event.fields == {
        "form_id": "f-1",
        "form_name": "Form 1",
        "url": "https://example.com/contact",
        "company": "Acme",
    }


async def test_forms_are_asked_only_when_a_contact_sent_one(world: World) -> None:
    account = world.simulator.account
    ann = account.add(email=ANN)
    for number in range(3):
        long_ago = ms(AT - 30 * DAY)
        account.engagement.submit_form(f"f-{number}", long_ago, {"email": ANN}, "")
    platform = world.connect("form.submitted")
    _, cursor = await pull(platform, None)
    world.clock.advance(2 * HOUR)
    world.requests()

    nothing, cursor = await pull(platform, cursor)
    idle = world.requests()
    at = world.clock.now() + MINUTE
    account.engagement.submit_form("f-1", ms(at), {"email": ANN}, "")
    account.derive(ann, recent_conversion_date=at.isoformat())
    world.clock.advance(HOUR)
    events, _ = await pull(platform, cursor)

    assert nothing == []
    assert idle == ["POST /crm/objects/2026-03/contacts/search"]
    assert told(events) == [("form.submitted", ANN, at)]


async def test_submissions_resume_behind_any_page(world: World) -> None:
    for number in range(130):
        form, at = f"f-{number % 2}", ms(AT - DAY) + number
        world.simulator.account.engagement.submit_form(form, at, {"email": ANN}, "")
    platform = world.connect("form.submitted")
    pages = [page async for page in platform.events.events(None)]
    everything = {each.id for page in pages for each in page.items}

    for number, page in enumerate(pages):
        rest, _ = await pull(world.connect("form.submitted"), page.cursor)
        before = {each.id for seen in pages[: number + 1] for each in seen.items}
        assert before | {each.id for each in rest} == everything

    assert len(everything) == 130


async def test_a_meeting_is_booked_and_when_completed_held(world: World) -> None:
    account = world.simulator.account
    ann, bob = account.add(email=ANN), account.add(email="bob@example.com")
    start = (AT + DAY).isoformat()
    meeting = account.add(
        "meetings", ann, bob, hs_meeting_title="Demo", hs_meeting_start_time=start
    )
    platform = world.connect("meeting.*")
    booked, cursor = await pull(platform, None)
    world.clock.advance(2 * DAY)
    account.set(meeting, "meetings", hs_meeting_outcome="COMPLETED")

    held, _ = await pull(platform, cursor)

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

    events, _ = await pull(world.connect("call.logged"), None)

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

    events, _ = await pull(world.connect("deal.*"), None)

    assert told(events) == [(each, ann, AT - DAY) for each in types]
    assert all(
        each.fields == {"title": "Big one", "amount": 1250.5, "currency": "EUR"} for each in events
    )


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

    events, _ = await pull(world.connect("order.*"), None)

    assert told(events) == [
        ("order.placed", ann, AT - DAY),
        ("order.refunded", ann, AT + DAY),
    ]
    assert [each.fields["amount"] for each in events] == [80.0, 30.0]


async def test_a_cart_is_filled_and_abandoned(world: World) -> None:
    account = world.simulator.account
    ann = account.add(email=ANN)
    cart = account.add("carts", ann, hs_total_price="12")
    world.clock.advance(DAY)
    account.set(cart, "carts", hs_external_status="abandoned")

    events, _ = await pull(world.connect("cart.*"), None)

    assert told(events) == [("cart.abandoned", ann, AT + DAY), ("cart.item_added", ann, AT)]


async def test_a_record_of_nobody_is_left_out(world: World) -> None:
    account = world.simulator.account
    for _ in range(3):
        account.add("calls", hs_timestamp=AT.isoformat())

    events, _ = await pull(world.connect("call.logged"), None)

    assert events == []


async def test_a_meeting_of_very_many_tells_of_each(world: World) -> None:
    account = world.simulator.account
    account.seed_contacts(700)
    account.add("meetings", *account.ids())

    events, _ = await pull(world.connect("meeting.booked"), None)

    assert {each.subject for each in events} == set(account.ids())


async def test_who_registered_and_who_came_to_a_webinar(world: World) -> None:
    account = world.simulator.account
    ann = account.add(email=ANN)
    webinar = account.engagement.hold_webinar("Scoring", ms(AT + DAY))
    for state, at in {"REGISTERED": AT - DAY, "ATTENDED": AT, "CANCELLED": AT}.items():
        account.engagement.participate(webinar, ann, ANN, state, ms(at))

    events, _ = await pull(world.connect("webinar.*"), None)

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
    _, cursor = await pull(platform, None)
    first = len(world.requests())

    await pull(platform, cursor)

    assert (first, len(world.requests())) == (7, 2)


async def test_pages_seen_and_custom_events_of_who_came_back(world: World) -> None:
    account = world.simulator.account
    ann, _ = account.add(email=ANN), account.add(email="bob@example.com")
    account.engagement.occur(
        "e_visited_page", "contact", ann, ms(AT - HOUR), {"hs_url": "https://example.com/prices"}
    )
    account.engagement.occur("pe62515_moon_landed", "contact", ann, ms(AT), {"crater": "Tycho"})
    account.derive(ann, hs_analytics_last_timestamp=AT.isoformat())

    events, _ = await pull(world.connect("page.viewed", "custom.*"), None)

    assert told(events) == [
        ("custom.moon_landed", ann, AT),
        ("page.viewed", ann, AT - HOUR),
    ]
    assert {each.type: each.fields for each in events} == {
        "custom.moon_landed": {"crater": "Tycho"},
        "page.viewed": {"url": "https://example.com/prices"},
    }
    assert len(world.requests()) == 2


async def test_a_source_that_the_account_lacks_is_left_out_and_asked_again_the_next_day(
    make_world: Callable[..., World],
) -> None:
    world = make_world(PLAIN, "pro")
    ann = world.simulator.account.add(email=ANN)
    world.simulator.account.derive(ann, hs_analytics_last_timestamp=AT.isoformat())
    world.simulator.account.add("calls", ann, hs_timestamp=AT.isoformat())
    platform = world.connect("page.viewed", "call.logged")

    events, cursor = await pull(platform, None)
    world.clock.advance(HOUR)
    world.requests()
    await pull(platform, cursor)
    soon = world.requests()
    world.clock.advance(DAY)
    await pull(platform, cursor)

    occurrences = "GET /events/event-occurrences/2026-03"
    assert [each.type for each in events] == ["call.logged"]
    assert occurrences not in soon
    assert occurrences in world.requests()


async def test_what_the_account_lacks_can_be_told(make_world: Callable[..., World]) -> None:
    world = make_world(PLAIN, "pro")
    world.simulator.account.scopes = {"crm.objects.contacts.read", "crm.objects.calls.read"}

    lacking = await world.connect("page.viewed", "call.logged", "form.submitted").events.lacking()

    assert [each.name for each in lacking] == ["forms", "occurrences"]


async def test_only_sources_that_matter_are_asked(world: World) -> None:
    platform = world.connect("order.placed")

    await pull(platform, None)

    assert world.requests() == ["POST /crm/objects/2026-03/orders/search"]


async def test_a_long_source_does_not_keep_the_others_waiting(world: World) -> None:
    account = world.simulator.account
    for number in range(5_000):
        account.engagement.send_mail_event("OPEN", ANN, ms(AT - DAY) + number)
    ann = account.add(email=ANN)
    account.add("calls", ann, hs_timestamp=AT.isoformat())
    platform = world.connect("email.opened", "call.logged")

    kinds = [{each.type for each in page.items} async for page in platform.events.events(None)]

    assert kinds[:3] == [{"email.opened"}, {"call.logged"}, {"email.opened"}]


async def test_a_source_that_answers_nonsense_costs_only_itself(world: World) -> None:
    account = world.simulator.account
    account.add("calls", account.add(email=ANN), hs_timestamp=AT.isoformat())
    world.simulator.faults.play(Fault.HTML_PAGE, on=f"GET {EMAIL_EVENTS}")
    seen: list[str] = []

    async def take() -> None:
        async for page in world.connect("email.opened", "call.logged").events.events(None):
            seen.extend(each.type for each in page.items)

    with pytest.raises(UnexpectedAnswer):
        await take()

    assert seen == ["call.logged"]


@pytest.mark.parametrize(
    ("fault", "error"), [(Fault.UNAVAILABLE, PlatformUnavailable), (None, AccessRefused)]
)
async def test_what_concerns_the_whole_account_ends_the_stream(
    world: World, fault: Fault | None, error: type[Exception]
) -> None:
    if fault:
        world.simulator.faults.play(fault)
    else:
        world.simulator.tricks.play(Trick.TOKEN_EXPIRED)

    with pytest.raises(error):
        await pull(world.connect("email.opened"), None)


async def test_records_that_searches_learn_of_late_are_read_within_the_hour(
    make_world: Callable[..., World],
) -> None:
    world = make_world(Quirks())
    account = world.simulator.account
    ann = account.add(email=ANN)
    platform = world.connect("call.logged")
    _, cursor = await pull(platform, None)
    seen: set[str] = set()

    for number in range(20):
        account.add("calls", ann, hs_call_title=str(number), hs_timestamp=AT.isoformat())
        world.clock.advance(timedelta(seconds=41))
        events, cursor = await pull(platform, cursor)
        seen |= {str(each.fields["title"]) for each in events}
    world.clock.advance(2 * HOUR)
    events, cursor = await pull(platform, cursor)
    seen |= {str(each.fields["title"]) for each in events}

    assert seen == {str(number) for number in range(20)}
