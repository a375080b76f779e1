"""What happened, as the tables of an instance have it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from adapters.mautic.simulator.contacts import Contact
from connector.domain.events import Event
from tests.integration.mautic.conftest import (
    ANN,
    AT,
    BOB,
    DAY,
    HOUR,
    MINUTE,
    World,
    events_of,
    read,
)

SECOND = timedelta(seconds=1)
SITE = "https://www.example.com/prices"
SCANNER = "Mozilla/5.0 (compatible; BarracudaLinkProtect/1.0)"


@pytest.fixture
def ann(world: World) -> Contact:
    return world.simulator.account.add_contact(ANN)


@pytest.fixture
def email(world: World) -> int:
    return int(world.simulator.account.add_entity("emails", name="Welcome")["id"])


def told(event: Event, *names: str) -> dict[str, Any]:
    return {name: event.fields.get(name) for name in names}


async def test_a_page_that_was_looked_at_is_told(world: World, ann: Contact) -> None:
    row = world.simulator.account.engagement.visit(ann, SITE, at=AT, title="Prices")

    (event,) = await events_of(world.connect("page.viewed"))

    assert (event.id, event.subject) == (f"page_hits:{row['id']}", str(ann.id))
    assert (event.type, event.occurred_at) == ("page.viewed", AT)
    assert told(event, "url", "title") == {"url": SITE, "title": "Prices"}


async def test_a_link_that_was_followed_is_told_of_its_message(
    world: World, ann: Contact, email: int
) -> None:
    deeds = world.simulator.account.engagement
    deeds.click(deeds.send(ann, email, at=AT - HOUR), SITE, at=AT)

    (event,) = await events_of(world.connect("email.clicked"))

    assert (event.type, event.subject) == ("email.clicked", str(ann.id))
    assert told(event, "url", "campaign_id", "campaign_name", "message_id", "is_machine") == {
        "url": SITE,
        "campaign_id": str(email),
        "campaign_name": "Welcome",
        "message_id": str(email),
        "is_machine": None,
    }


async def test_the_page_behind_a_link_is_no_second_click(
    world: World, ann: Contact, email: int
) -> None:
    deeds = world.simulator.account.engagement
    deeds.click(deeds.send(ann, email, at=AT - HOUR), SITE, at=AT)
    landed = deeds.visit(ann, SITE, at=AT + 3 * SECOND)
    landed |= {"source": "email", "source_id": email}
    world.clock.advance(HOUR)

    events = await events_of(world.connect("email.clicked", "page.viewed", page_rows=1))

    assert [each.type for each in events] == ["email.clicked", "page.viewed"]


async def test_each_opening_of_a_message_is_told(world: World, ann: Contact, email: int) -> None:
    deeds = world.simulator.account.engagement
    stat = deeds.send(ann, email, at=AT - DAY)
    for number in range(3):
        deeds.open(stat, at=AT + number * MINUTE)

    events = await events_of(world.connect("email.opened"))

    assert [each.occurred_at for each in events] == [AT, AT + MINUTE, AT + 2 * MINUTE]
    assert {each.subject for each in events} == {str(ann.id)}
    assert told(events[0], "campaign_id", "message_id", "message_kind", "is_machine") == {
        "campaign_id": str(email),
        "message_id": str(email),
        "message_kind": "marketing",
        "is_machine": None,
    }


@pytest.mark.parametrize(
    ("after", "agent"),
    [(SECOND, None), (HOUR, SCANNER), (HOUR, "Mozilla/5.0")],
    ids=["at once", "by its name", "by a name that says nothing"],
)
async def test_what_a_machine_did_is_told_to_be_so(
    world: World, ann: Contact, email: int, after: timedelta, agent: str | None
) -> None:
    deeds = world.simulator.account.engagement
    stat = deeds.send(ann, email, at=AT)
    by: Any = {"user_agent": agent} if agent else {}
    deeds.open(stat, at=AT + after, **by)
    deeds.click(stat, SITE, at=AT + after, **by)

    events = await events_of(world.connect("email.opened", "email.clicked"))

    assert [each.fields.get("is_machine") for each in events] == [True, True]


async def test_all_else_that_happens_to_a_message_is_told(
    world: World, ann: Contact, email: int
) -> None:
    account = world.simulator.account
    deeds, bob = account.engagement, account.add_contact(BOB)
    stat = deeds.send(ann, email, at=AT)
    deeds.reply(stat, at=AT + MINUTE)
    deeds.unsubscribe(stat, at=AT + 2 * MINUTE)
    deeds.bounce(deeds.send(bob, email, at=AT + 3 * MINUTE), at=AT + 4 * MINUTE)

    wanted = ("email.sent", "email.replied", "email.unsubscribed", "email.bounced")
    events = await events_of(world.connect(*wanted))

    assert [(each.type, each.subject) for each in events] == [
        ("email.sent", str(ann.id)),
        ("email.replied", str(ann.id)),
        ("email.unsubscribed", str(ann.id)),
        ("email.bounced", str(bob.id)),
    ]
    assert {each.fields["campaign_id"] for each in events} == {str(email)}


async def test_whoever_bounced_and_unsubscribes_then_is_told_of_both(
    world: World, ann: Contact, email: int
) -> None:
    deeds, platform = world.simulator.account.engagement, world.connect("email.*")
    stat = deeds.send(ann, email, at=AT)
    deeds.bounce(stat, at=AT)
    before, cursor = await read(platform.events.events(None))
    world.clock.advance(DAY)

    deeds.unsubscribe(stat, at=world.clock.now())
    events = await events_of(platform, cursor)

    assert "email.bounced" in {each.type for each in before}
    assert [each.type for each in events] == ["email.unsubscribed"]
    assert events[0].id not in {each.id for each in before}


async def test_forms_assets_texts_and_segments_are_told(world: World, ann: Contact) -> None:
    account = world.simulator.account
    form = account.add_entity("forms", name="Contact us")["id"]
    asset = account.add_entity("assets", name="white-paper", title="White paper")["id"]
    account.engagement.submit(ann, form, at=AT)
    account.engagement.download(ann, asset, at=AT + MINUTE)
    account.engagement.text(ann, 7, at=AT + 2 * MINUTE)
    world.clock.advance(3 * MINUTE)
    account.segments.add("Customers", members=[ann])

    wanted = ("form.submitted", "asset.downloaded", "sms.sent", "list.subscribed")
    events = await events_of(world.connect(*wanted))

    assert [each.type for each in events] == list(wanted)
    assert told(events[0], "form_id", "form_name") == {
        "form_id": str(form),
        "form_name": "Contact us",
    }
    assert events[1].fields["asset"] == "White paper"
    assert events[3].fields["list_name"] == "Customers"


async def test_what_went_out_with_a_message_nobody_downloaded(world: World, ann: Contact) -> None:
    account = world.simulator.account
    account.tables.add(
        "asset_downloads", lead_id=ann.id, asset_id=None, email_id=1, code=200, date_download=AT
    )

    assert await events_of(world.connect("asset.downloaded")) == []


@pytest.mark.parametrize("code", [301, 302, 401, 404])
async def test_a_visitor_who_was_sent_on_saw_one_page(
    world: World, ann: Contact, email: int, code: int
) -> None:
    deeds = world.simulator.account.engagement
    for each in (code, 200):
        row = deeds.visit(ann, SITE, at=AT, page_id=1)
        row |= {"code": each, "source": "email", "source_id": email}

    events = await events_of(world.connect("email.clicked", "page.viewed"))

    assert [each.type for each in events] == ["email.clicked"]


async def test_only_what_is_looked_at_is_asked_for(world: World, ann: Contact) -> None:
    world.simulator.account.engagement.visit(ann, SITE, at=AT)

    await events_of(world.connect("form.submitted"))

    asked = {each.path for each in world.simulator.trace.of("GET", "/api/stats")}
    assert asked == {"/api/stats/form_submissions"}


async def test_what_comes_late_is_read(world: World, ann: Contact) -> None:
    deeds, platform = world.simulator.account.engagement, world.connect("page.viewed")
    deeds.visit(ann, SITE, at=AT)
    _, cursor = await read(platform.events.events(None))
    world.clock.advance(DAY)

    deeds.visit(ann, f"{SITE}/late", at=AT - 30 * DAY)

    assert f"{SITE}/late" in {each.fields["url"] for each in await events_of(platform, cursor)}


async def test_a_row_that_is_seen_after_a_later_one_is_read(world: World, ann: Contact) -> None:
    account, platform = world.simulator.account, world.connect("page.viewed")
    late = account.engagement.visit(ann, f"{SITE}/slow", at=AT)
    account.engagement.visit(ann, SITE, at=AT)
    rows = account.tables.rows["page_hits"]
    rows.remove(late)
    _, cursor = await read(platform.events.events(None))
    world.clock.advance(MINUTE)

    rows.insert(0, late)

    assert f"{SITE}/slow" in {each.fields["url"] for each in await events_of(platform, cursor)}


async def test_a_hit_is_waited_for_until_it_says_whose_it_is(world: World, ann: Contact) -> None:
    account, platform = world.simulator.account, world.connect("page.viewed")
    hit = account.engagement.visit(ann, SITE, at=AT)
    url, hit["url"], hit["lead_id"] = hit["url"], None, None
    nothing, cursor = await read(platform.events.events(None))
    world.clock.advance(HOUR)
    _, cursor = await read(platform.events.events(cursor))
    world.clock.advance(HOUR)

    hit["url"], hit["lead_id"] = url, ann.id

    assert nothing == []
    assert [each.subject for each in await events_of(platform, cursor)] == [str(ann.id)]


async def test_a_hit_that_was_deleted_is_not_waited_for(world: World, ann: Contact) -> None:
    account, platform = world.simulator.account, world.connect("page.viewed")
    hit = account.engagement.visit(ann, SITE, at=AT)
    hit["url"], hit["lead_id"] = None, None
    _, waiting = await read(platform.events.events(None))
    account.tables.rows["page_hits"].remove(hit)

    _, cursor = await read(platform.events.events(waiting))

    assert "pending" in waiting
    assert "pending" not in cursor


async def test_rows_that_settled_are_read_once(world: World, ann: Contact) -> None:
    deeds, platform = world.simulator.account.engagement, world.connect("page.viewed")
    for number in range(3):
        deeds.visit(ann, f"{SITE}/{number}", at=AT)
    _, cursor = await read(platform.events.events(None))
    world.clock.advance(10 * MINUTE)
    _, cursor = await read(platform.events.events(cursor))
    world.clock.advance(10 * MINUTE)

    assert await events_of(platform, cursor) == []


async def test_whoever_fills_in_a_form_is_told_with_what_they_had_done(
    world: World, ann: Contact
) -> None:
    account = world.simulator.account
    form = account.add_entity("forms", name="Contact us")["id"]
    visitor = account.add_contact()
    hit = account.engagement.visit(visitor, SITE, at=AT)
    platform = world.connect("page.viewed", "form.submitted")
    before, cursor = await read(platform.events.events(None))
    world.clock.advance(DAY)
    _, cursor = await read(platform.events.events(cursor))

    account.tables.assign("page_hits", hit, ann.id)
    account.engagement.submit(ann, form, at=world.clock.now())
    events = await events_of(platform, cursor)

    assert [each.subject for each in before] == [str(visitor.id)]
    assert (events[0].id, events[0].subject) == (before[0].id, str(ann.id))
