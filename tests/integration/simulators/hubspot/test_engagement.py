"""What contacts did: each source with the order, pages and refusals it has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from adapters.hubspot.simulator import PLAIN
from tests.integration.simulators.hubspot.conftest import World

MAIL = "/email/public/v1/events"
WEBINARS = "/marketing/marketing-events/2026-03"


async def test_mail_events_come_newest_first_one_type_at_a_time(plain: World) -> None:
    engagement = plain.account.engagement
    for at_ms, kind in ((1000, "OPEN"), (3000, "OPEN"), (2000, "OPEN"), (2500, "CLICK")):
        engagement.send_mail_event(kind, "ann@example.com", at_ms)

    page = (await plain.get(MAIL, eventType="OPEN", limit=2)).json()
    rest = (await plain.get(MAIL, eventType="OPEN", limit=2, offset=page["offset"])).json()

    assert [each["created"] for each in page["events"]] == [3000, 2000]
    assert (page["hasMore"], rest["hasMore"]) == (True, False)
    assert [each["created"] for each in rest["events"]] == [1000]


async def test_mail_events_of_a_window_leave_out_machines_when_asked(plain: World) -> None:
    engagement = plain.account.engagement
    engagement.send_mail_event("OPEN", "ann@example.com", 1000, filteredEvent=True)
    engagement.send_mail_event("OPEN", "ann@example.com", 2000)
    engagement.send_mail_event("OPEN", "ann@example.com", 3000)

    window = {"eventType": "OPEN", "startTimestamp": 1000, "endTimestamp": 2000}
    every = (await plain.get(MAIL, **window)).json()
    people = (await plain.get(MAIL, **window, excludeFilteredEvents="true")).json()

    assert [each["created"] for each in every["events"]] == [2000, 1000]
    assert [each["created"] for each in people["events"]] == [2000]


@pytest.mark.parametrize(
    "query", ["eventType=open", "eventType=OPEN&eventType=CLICK", "limit=1001"]
)
async def test_mail_events_are_asked_for_with_care(plain: World, query: str) -> None:
    answer = await plain.http.get(f"{MAIL}?{query}")

    assert answer.status_code == 400


async def test_submissions_come_newest_first_fifty_at_most(plain: World) -> None:
    for at_ms in range(60):
        values = {"email": f"p{at_ms}@example.com"}
        plain.account.engagement.submit_form("form-1", at_ms, values, "https://example.com/")
    path = "/form-integrations/v1/submissions/forms/form-1"

    page = (await plain.get(path, limit=50)).json()
    rest = (await plain.get(path, limit=50, after=page["paging"]["next"]["after"])).json()
    too_many = await plain.get(path, limit=51)

    instants = [each["submittedAt"] for each in (*page["results"], *rest["results"])]
    assert instants == list(range(59, -1, -1))
    assert page["results"][0]["values"][0]["value"] == "p59@example.com"
    assert too_many.status_code == 400


async def test_forms_are_listed(plain: World) -> None:
    plain.account.engagement.submit_form("form-1", 1, {}, "https://example.com/")

    rows = (await plain.get("/marketing/forms/2026-03")).json()["results"]

    assert [each["id"] for each in rows] == ["form-1"]


@pytest.mark.parametrize(("tier", "status"), [("free", 403), ("pro", 403), ("enterprise", 200)])
async def test_event_occurrences_are_for_enterprise(
    make_world: Callable[..., Awaitable[World]], tier: str, status: int
) -> None:
    world = await make_world(PLAIN, tier=tier)

    answer = await world.get("/events/event-occurrences/2026-03", objectId="951")

    assert answer.status_code == status


async def test_occurrences_are_of_one_object_and_a_window(
    make_world: Callable[..., Awaitable[World]],
) -> None:
    world = await make_world(PLAIN, tier="enterprise")
    ann = world.account.add(email="ann@example.com")
    seen = [
        world.account.engagement.occur("e_visited_page", "contact", ann, at_ms, {})["id"]
        for at_ms in (1000, 2000, 3000)
    ]
    world.account.engagement.occur("e_visited_page", "contact", "7", 2000, {})
    path = "/events/event-occurrences/2026-03"

    by_id = await world.get(path, objectType="contact", objectId=ann, sort="occurredAt")
    by_email = await world.get(
        path,
        objectType="contact",
        occurredAfter="1970-01-01T00:00:02Z",
        **{"objectProperty.email": "ann@example.com"},
    )

    assert [each["id"] for each in by_id.json()["results"]] == seen
    assert [each["id"] for each in by_email.json()["results"]] == [seen[2], seen[1]]


async def test_participations_are_found_by_contact_by_address_and_by_event(plain: World) -> None:
    ann = plain.account.add(email="ann@example.com")
    webinar = plain.account.engagement.hold_webinar("Heat pumps", 1000)
    for at_ms, state in ((1000, "REGISTERED"), (2000, "ATTENDED")):
        plain.account.engagement.participate(webinar, ann, "ann@example.com", state, at_ms)
    at = f"{WEBINARS}/participations"

    found = [
        (await plain.get(f"{at}/{each}/breakdown")).json()
        for each in (f"contacts/{ann}", "contacts/ann@example.com", webinar)
    ]
    attended = (await plain.get(f"{at}/{webinar}/breakdown", state="ATTENDED")).json()

    assert [each["total"] for each in found] == [2, 2, 2]
    assert attended["results"][0]["properties"]["occurredAt"] == 2000


async def test_a_deal_says_itself_whether_it_was_won(plain: World) -> None:
    deal = plain.account.add("deals", dealname="Boiler", dealstage="qualifiedtobuy")
    before = plain.account.values(deal, "deals")["hs_is_closed_won"]

    plain.account.set(deal, "deals", dealstage="closedwon")

    assert (before, plain.account.values(deal, "deals")["hs_is_closed_won"]) == ("false", "true")


async def test_associations_are_read_from_both_ends(plain: World) -> None:
    ann, ben = (plain.account.add(firstname=each) for each in ("Ann", "Ben"))
    deal = plain.account.add("deals", ann, ben, dealname="Boiler")
    at = "/crm/associations/2026-03"

    of_deal = (
        await plain.post(f"{at}/deals/contacts/batch/read", {"inputs": [{"id": deal}]})
    ).json()
    of_ann = (await plain.post(f"{at}/contacts/deals/batch/read", {"inputs": [{"id": ann}]})).json()

    assert [each["toObjectId"] for each in of_deal["results"][0]["to"]] == [int(ann), int(ben)]
    assert of_deal["results"][0]["to"][0]["associationTypes"][0]["typeId"] == 3
    assert [each["toObjectId"] for each in of_ann["results"][0]["to"]] == [int(deal)]


async def test_who_belongs_to_nobody_is_an_error_among_the_results(plain: World) -> None:
    ann = plain.account.add(firstname="Ann")
    path = "/crm/associations/2026-03/contacts/deals/batch/read"

    answer = await plain.post(path, {"inputs": [{"id": ann}]})

    assert answer.status_code == 207
    assert answer.json()["results"] == []
    assert answer.json()["errors"][0]["subCategory"].endswith("NO_ASSOCIATIONS_FOUND")


async def test_a_merge_takes_deals_along(plain: World) -> None:
    ann, old = (plain.account.add(firstname=each) for each in ("Ann", "Old"))
    deal = plain.account.add("deals", old, dealname="Boiler")

    plain.account.merge(ann, old)

    assert list(plain.account.associations.of("deals", int(deal), "contacts")) == [int(ann)]


async def test_a_single_mail_is_sent_once_for_a_send_id(plain: World) -> None:
    body = {"emailId": 1, "message": {"to": "ann@example.com", "sendId": "key-1"}}
    path = "/marketing/email-campaigns/2026-03/single-send"

    results = [(await plain.post(path, body)).json()["sendResult"] for _ in range(2)]

    assert results == ["SENT", "IDEMPOTENT_IGNORE"]
    assert list(plain.account.engagement.sent_mail) == ["key-1"]


async def test_single_mails_need_the_add_on(plain: World) -> None:
    plain.account.has_single_send = False
    body = {"emailId": 1, "message": {"to": "ann@example.com"}}

    answer = await plain.post("/marketing/v4/email/single-send", body)

    assert answer.status_code == 403
    assert answer.json()["category"] == "MISSING_SCOPES"


async def test_custom_events_with_one_uuid_are_one(plain: World) -> None:
    body = {"eventName": "pe62515_heat", "email": "ann@example.com", "uuid": "1"}

    statuses = [(await plain.post("/events/2026-03/send", body)).status_code for _ in range(2)]

    assert statuses == [204, 204]
    assert list(plain.account.engagement.sent_events) == ["1"]


async def test_who_opted_out_is_unsubscribed(plain: World) -> None:
    ann = plain.account.add(email="ann@example.com")
    plain.account.derive(ann, hs_email_optout="true")

    path = "/communication-preferences/2026-03/statuses/ann@example.com"
    found = (await plain.get(path, channel="EMAIL")).json()

    assert found["results"][0]["status"] == "UNSUBSCRIBED"
