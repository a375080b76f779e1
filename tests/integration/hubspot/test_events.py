"""All that contacts of a simulated HubSpot did, as one stream of many sources."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from adapters.hubspot.adapter import HubspotPlatform
from adapters.hubspot.config import HubspotConfig
from adapters.hubspot.legacy import EMAIL_EVENTS
from adapters.hubspot.simulator.quirks import PLAIN
from adapters.hubspot.simulator.tricks import Trick
from adapters.simulation.faults import Fault
from connector.domain.events import Event
from connector.domain.pages import Cursor
from connector.errors import AccessRefused, PlatformUnavailable, UnexpectedAnswer
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


async def test_pages_seen_and_custom_events_of_who_came_back(world: World) -> None:
    account = world.simulator.account
    ann, _ = account.add(email=ANN), account.add(email="bob@example.com")
    account.engagement.occur(
        "e_visited_page", "contact", ann, ms(AT - HOUR), {"hs_url": "https://example.com/prices"}
    )
    account.engagement.occur("pe62515_moon_landed", "contact", ann, ms(AT), {"crater": "Tycho"})
    account.derive(ann, hs_analytics_last_timestamp=AT.isoformat())

    events, _ = await events_of(world.connect("page.viewed", "custom.*"), None)

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

    events, cursor = await events_of(platform, None)
    world.clock.advance(HOUR)
    world.requests()
    await events_of(platform, cursor)
    soon = world.requests()
    world.clock.advance(DAY)
    await events_of(platform, cursor)

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

    await events_of(platform, None)

    assert world.requests() == ["POST /crm/objects/2026-03/orders/search"]


async def test_a_type_that_matters_only_now_is_read_from_its_beginning(world: World) -> None:
    for kind in ("OPEN", "CLICK"):
        world.simulator.account.engagement.send_mail_event(kind, ANN, ms(AT - 30 * DAY))
    _, cursor = await events_of(world.connect("email.opened"), None)
    world.clock.advance(DAY)

    more, cursor = await events_of(world.connect("email.opened", "email.clicked"), cursor)
    again, _ = await events_of(world.connect("email.clicked"), cursor)

    assert sorted(each.type for each in more) == ["email.clicked", "email.opened"]
    assert again == []


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


async def test_a_source_that_fails_for_days_keeps_no_other_from_being_read(world: World) -> None:
    account = world.simulator.account
    ann, cursor, seen = account.add(email=ANN), None, list[Event]()
    for number in range(4):
        platform = world.connect("email.opened", "call.logged")
        account.add("calls", ann, hs_timestamp=(AT + number * MINUTE).isoformat())
        # As the core does: at once again from behind the last page.
        for _ in range(2):
            world.simulator.faults.play(Fault.SERVER_ERROR, on=f"GET {EMAIL_EVENTS}")
            cursor = await failed(platform, cursor, seen)
        world.clock.advance(5 * MINUTE)

    assert len({each.id for each in seen}) == 4


async def test_sources_that_fail_come_to_an_end_however_often_they_are_asked(world: World) -> None:
    platform = world.connect("email.opened", "call.logged", "form.submitted")
    _, cursor = await events_of(platform, None)
    world.clock.advance(HOUR)
    pages = 0
    for _ in range(6):
        world.simulator.faults.storm(every=1, seed=1, kinds=[Fault.UNAVAILABLE])
        world.clock.advance(MINUTE)
        with suppress(PlatformUnavailable):
            async for page in platform.events.events(cursor):
                pages, cursor = pages + 1, page.cursor

    assert pages == 1


async def test_a_source_that_hangs_has_no_other_asked_again_in_the_same_pull(
    world: World,
) -> None:
    platform = world.connect("email.opened", "call.logged")
    cursor, seen = None, list[Event]()
    for _ in range(3):
        world.simulator.faults.play(Fault.TIMED_OUT, on=f"GET {EMAIL_EVENTS}")
        cursor = await failed(platform, cursor, seen)
        world.clock.advance(3 * MINUTE)
    world.requests()

    await events_of(platform, cursor)

    assert world.requests() == [f"GET {EMAIL_EVENTS}"]


async def test_after_an_error_only_whoever_is_not_through_is_asked_again(world: World) -> None:
    platform = world.connect("email.opened", "call.logged")
    world.simulator.faults.play(Fault.SERVER_ERROR, on=f"GET {EMAIL_EVENTS}")
    cursor = await failed(platform, None, [])
    world.requests()

    await events_of(platform, cursor)

    assert world.requests() == [f"GET {EMAIL_EVENTS}"]


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
        await events_of(world.connect("email.opened"), None)


@pytest.mark.parametrize("version", ["2026-03", "2026-09", "v3"])
async def test_every_version_brings_the_same_events(world: World, version: str) -> None:
    account = world.simulator.account
    ann, did, at = account.add(email=ANN), account.engagement, ms(AT - HOUR)
    account.add("orders", ann, hs_refund_amount="5")
    did.send_mail_event("OPEN", ANN, at)
    did.submit_form("f-1", at, {"email": ANN}, "")
    did.participate(did.hold_webinar("Scoring", at), ann, ANN, "ATTENDED", at)
    did.occur("e_visited_page", "contact", ann, at, {})
    account.derive(ann, hs_analytics_last_timestamp=AT.isoformat())
    config = HubspotConfig.model_validate({"adapter": "hubspot", "version": version})

    events, _ = await events_of(world.connect(config=config), None)

    assert {each.type for each in events} == {
        *("order.placed", "order.refunded", "email.opened", "form.submitted"),
        *("webinar.attended", "page.viewed"),
    }


async def failed(
    platform: HubspotPlatform, since: Cursor | None, seen: list[Event]
) -> Cursor | None:
    """Add to `seen` what a pull brings that fails, and return where it ends."""
    with suppress(PlatformUnavailable):
        async for page in platform.events.events(since):
            seen += page.items
            since = page.cursor
        pytest.fail("it did not fail")
    return since
