"""Marketing e-mail and forms of a simulated HubSpot, as events."""

from __future__ import annotations

import pytest

from adapters.hubspot.legacy import EMAIL_EVENTS
from tests.integration.hubspot.conftest import (
    ANN,
    AT,
    DAY,
    HOUR,
    MINUTE,
    World,
    events_of,
    ms,
    told,
)


async def test_each_type_of_mail_event_has_its_name(world: World) -> None:
    kinds = ["SENT", "DELIVERED", "OPEN", "CLICK", "BOUNCE", "SPAMREPORT", "DEFERRED"]
    for kind in kinds:
        world.simulator.account.engagement.send_mail_event(kind, ANN, ms(AT - HOUR))

    events, _ = await events_of(world.connect("email.*"), None)

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

    (event,), _ = await events_of(world.connect("email.clicked"), None)

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

    events, _ = await events_of(world.connect("email.unsubscribed"), None)

    assert [each.type for each in events] == types


async def test_an_id_of_mail_counts_together_with_its_instant(world: World) -> None:
    for minute in range(2):
        at = ms(AT - HOUR + minute * MINUTE)
        world.simulator.account.engagement.send_mail_event("OPEN", ANN, at, id="same")

    events, _ = await events_of(world.connect("email.opened"), None)

    assert len({each.id for each in events}) == 2


async def test_one_type_is_asked_for_at_a_time(world: World) -> None:
    platform = world.connect("email.opened", "email.clicked")

    await events_of(platform, None)

    asked = [each.query for each in world.simulator.trace]
    assert [query.count("eventType=") for query in asked] == [1, 1]


async def test_nothing_new_about_mail_costs_one_request(world: World) -> None:
    platform = world.connect("email.*")
    _, cursor = await events_of(platform, None)
    world.clock.advance(MINUTE)
    world.requests()

    events, _ = await events_of(platform, cursor)

    assert events == []
    assert world.requests() == [f"GET {EMAIL_EVENTS}"]


async def test_much_news_about_mail_is_read_type_by_type(world: World) -> None:
    platform = world.connect("email.opened", "email.clicked")
    _, cursor = await events_of(platform, None)
    world.clock.advance(HOUR)
    send = world.simulator.account.engagement.send_mail_event
    for number in range(1500):
        for kind in ("SENT", "OPEN", "CLICK"):
            send(kind, ANN, ms(AT + MINUTE) + number)

    events, _ = await events_of(platform, cursor)

    assert len({each.id for each in events}) == 3000


@pytest.mark.parametrize("step", [0, 1], ids=["of one instant", "of many instants"])
async def test_a_long_span_of_mail_is_read_whole(world: World, step: int) -> None:
    send = world.simulator.account.engagement.send_mail_event
    for number in range(12_500):
        send("OPEN", ANN, ms(AT - DAY) + number * step)

    events, _ = await events_of(world.connect("email.opened"), None)

    assert len({each.id for each in events}) == 12_500
    assert len(world.requests()) <= 14


async def test_mail_events_that_come_late_are_read_the_next_day(world: World) -> None:
    platform = world.connect("email.opened")
    _, cursor = await events_of(platform, None)
    world.clock.advance(20 * HOUR)
    _, cursor = await events_of(platform, cursor)
    world.simulator.account.engagement.send_mail_event("OPEN", ANN, ms(AT + 2 * HOUR))
    world.clock.advance(5 * HOUR)

    events, _ = await events_of(platform, cursor)

    assert told(events) == [("email.opened", ANN, AT + 2 * HOUR)]


async def test_a_sent_form_is_matched_by_the_address_entered(world: World) -> None:
    values = {"email": "Ann@Example.com ", "company": "Acme", "phone": "123"}
    world.simulator.account.engagement.submit_form(
        "f-1", ms(AT - HOUR), values, "https://example.com/contact"
    )

    (event,), _ = await events_of(world.connect("form.submitted"), None)

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
    _, cursor = await events_of(platform, None)
    world.clock.advance(2 * HOUR)
    world.requests()

    nothing, cursor = await events_of(platform, cursor)
    idle = world.requests()
    at = world.clock.now() + MINUTE
    account.engagement.submit_form("f-1", ms(at), {"email": ANN}, "")
    account.derive(ann, recent_conversion_date=at.isoformat())
    world.clock.advance(HOUR)
    events, _ = await events_of(platform, cursor)

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
        rest, _ = await events_of(world.connect("form.submitted"), page.cursor)
        before = {each.id for seen in pages[: number + 1] for each in seen.items}
        assert before | {each.id for each in rest} == everything

    assert len(everything) == 130
