"""What Brevo tells of mail, campaigns, events and orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from adapters.brevo.simulator import BrevoSimulator
from adapters.brevo.simulator.records import CustomEvent, Order, SmsRow
from tests.fakes import FakeClock

EVENTS = "/smtp/statistics/events"


async def test_days_of_the_report_are_the_accounts(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock
) -> None:
    # Half past eleven in the evening in London is tomorrow in Paris.
    clock.at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    brevo.account.mail.send("ann@example.com")

    days = {
        day: (await client.get(EVENTS, params={"startDate": day, "endDate": day})).json()
        for day in ("2026-11-22", "2026-11-23")
    }

    assert days["2026-11-22"] == {}
    assert {each["date"] for each in days["2026-11-23"]["events"]} == {
        "2026-11-23T00:30:00.000+01:00"
    }


async def test_the_report_is_told_page_by_page_and_by_kind(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    message = brevo.account.mail.send("ann@example.com")
    for event in ("softBounces", "hardBounces", "opened"):
        brevo.account.mail.happen(event, message)

    bounces = await client.get(EVENTS, params={"event": "bounces", "sort": "asc"})
    page = await client.get(EVENTS, params={"limit": 2, "offset": 3, "sort": "asc"})

    assert [each["event"] for each in bounces.json()["events"]] == ["softBounces", "hardBounces"]
    assert [each["event"] for each in page.json()["events"]] == ["hardBounces", "opened"]


async def test_a_report_spans_ninety_days_at_most(client: httpx.AsyncClient) -> None:
    answer = await client.get(EVENTS, params={"startDate": "2026-01-01", "endDate": "2026-11-22"})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"days": 91}, id="too-many-days"),
        pytest.param({"days": 3, "startDate": "2026-11-20", "endDate": "2026-11-22"}, id="both"),
        pytest.param({"startDate": "2026-11-20"}, id="no-end"),
    ],
)
async def test_days_that_make_no_sense_are_refused(
    client: httpx.AsyncClient, asked: dict[str, str | int]
) -> None:
    answer = await client.get(EVENTS, params=asked)

    assert answer.status_code == 400


async def test_campaigns_cannot_be_asked_about_a_day_that_has_not_begun_for_the_account(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock
) -> None:
    ann = brevo.account.create("ann@example.com")
    clock.at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)

    statuses = [
        (
            await client.get(
                f"/contacts/{ann.id}/campaignStats",
                params={"startDate": "2026-11-20", "endDate": day},
            )
        ).status_code
        for day in ("2026-11-23", "2026-11-24")
    ]

    assert statuses == [200, 400]


async def test_mail_to_a_blocked_contact_is_taken_and_not_delivered(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    brevo.account.block(brevo.account.create("ann@example.com"), email=True)
    body = {"to": [{"email": "ann@example.com"}], "templateId": 3}

    answer = await client.post("/smtp/email", json=body)
    report = (await client.get(EVENTS, params={"sort": "asc"})).json()["events"]

    assert answer.status_code == 201
    assert [each["event"] for each in report] == ["requests", "blocked"]


async def test_who_unsubscribed_from_mail_gets_no_more_of_it(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    mail = brevo.account.mail
    mail.happen("unsubscribed", mail.send("ann@example.com"))
    mail.send("ann@example.com")

    (blocked,) = (await client.get("/smtp/blockedContacts")).json()["contacts"]
    report = (await client.get(EVENTS)).json()["events"]

    assert (blocked["email"], blocked["reason"]["code"]) == (
        "ann@example.com",
        "unsubscribedViaEmail",
    )
    assert report[0]["event"] == "blocked"


async def test_messages_are_listed_only_for_somebody_or_something(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    message = brevo.account.mail.send("ann@example.com", template_id=3)

    answers = [
        await client.get("/smtp/emails", params=each)
        for each in ({}, {"email": "ann@example.com"}, {"templateId": 3}, {"messageId": "<0>"})
    ]
    one = await client.get(f"/smtp/emails/{message.uuid}")

    assert answers[0].status_code == 400
    assert [each.json()["count"] for each in answers[1:]] == [1, 1, 0]
    assert [each["name"] for each in one.json()["events"]] == ["requests", "delivered"]


async def test_openings_are_folded_to_one_row_a_campaign(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock
) -> None:
    ann, news = brevo.account.create("ann@example.com"), brevo.account.campaigns.add("News")
    for _ in range(3):
        clock.advance(timedelta(minutes=1))
        brevo.account.campaigns.happen("opened", ann, news)

    told = (await client.get(f"/contacts/{ann.id}/campaignStats")).json()

    (row,) = told["opened"]
    assert (row["campaignId"], row["count"]) == (news.id, 3)
    assert row["eventTime"] == "2026-11-22T09:03:00.000+01:00"


async def test_clicks_are_folded_to_one_row_a_link(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    ann, news = brevo.account.create("ann@example.com"), brevo.account.campaigns.add("News")
    for url in ("https://example.com/a", "https://example.com/b", "https://example.com/a"):
        brevo.account.campaigns.happen("click", ann, news, url=url)

    told = (await client.get(f"/contacts/{ann.id}/campaignStats")).json()

    (row,) = told["clicked"]
    assert {each["url"]: each["count"] for each in row["links"]} == {
        "https://example.com/a": 2,
        "https://example.com/b": 1,
    }


async def test_of_whom_no_campaign_knows_nothing_is_told(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    ann = brevo.account.create("ann@example.com")

    answer = await client.get(f"/contacts/{ann.id}/campaignStats")

    assert answer.json() == {}


async def test_the_totals_of_a_campaign_move_with_what_it_did(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    ann = brevo.account.create("ann@example.com")
    news = brevo.account.campaigns.add("News", list_ids=[7])
    for event in ("sent", "delivered", "opened", "opened"):
        brevo.account.campaigns.happen(event, ann, news)

    (told,) = (await client.get("/emailCampaigns")).json()["campaigns"]

    totals = told["statistics"]["globalStats"]
    assert told["recipients"]["lists"] == [7]
    assert (totals["delivered"], totals["viewed"], totals["uniqueViews"]) == (1, 2, 1)


async def test_events_are_told_newest_first_for_half_a_year(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock
) -> None:
    ann = brevo.account.create("ann@example.com")
    for days in (400, 1, 2):
        at = clock.now() - timedelta(days=days)
        brevo.account.records.events.append(CustomEvent(contact_id=ann.id, name=f"d{days}", at=at))

    told = (await client.get("/events")).json()

    assert [each["event_name"] for each in told["events"]] == ["d1", "d2"]


async def test_of_several_events_the_good_ones_are_taken_and_the_bad_ones_not_told(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    ann = brevo.account.create("ann@example.com")
    rows = [{"event_name": "demo", "identifiers": {"contact_id": each}} for each in (ann.id, 99)]

    some = await client.post("/events/batch", json={"events": rows})
    none = await client.post("/events/batch", json={"events": rows[1:]})

    assert (some.status_code, some.json()["count"]) == (202, 1)
    assert (none.status_code, none.json()["failed_events"]) == (400, 1)


async def test_an_event_makes_a_contact_of_an_unknown_address(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    body = {"event_name": "demo", "identifiers": {"email_id": "new@example.com"}}

    answer = await client.post("/events", json=body)

    assert answer.status_code == 204
    assert brevo.account.people.find("email_id", "new@example.com") is not None


async def test_an_order_is_told_again_when_it_changed(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock
) -> None:
    brevo.account.records.orders["o1"] = Order(
        id="o1",
        email="ann@example.com",
        contact_id=2,
        amount=12.5,
        status="shipped",
        created_at=clock.now() - timedelta(days=9),
        modified_at=clock.now(),
    )

    told = (
        await client.get("/orders", params={"modifiedSince": "2026-11-21T00:00:00.000Z"})
    ).json()

    assert [(each["id"], each["status"]) for each in told["orders"]] == [("o1", "shipped")]


async def test_text_messages_are_told_by_number(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock
) -> None:
    row = SmsRow(at=clock.now(), event="replies", phone="33612345678", message_id="1", reply="yes")
    brevo.account.records.sms.append(row)

    (told,) = (await client.get("/transactionalSMS/statistics/events")).json()["events"]

    assert (told["phoneNumber"], told["event"], told["reply"]) == ("33612345678", "replies", "yes")


@pytest.mark.parametrize("path", ["/account", "/crm/tasktypes", "/contacts/segments"])
async def test_what_an_account_tells_of_itself_is_as_the_contract_says(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path)

    assert answer.status_code == 200
