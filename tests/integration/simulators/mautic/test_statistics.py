"""/stats and /contacts/activity: what happened, row by row and as a timeline."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any

import pytest

from adapters.mautic.simulator.contacts import Contact
from tests.integration.simulators.mautic.conftest import AT, World

BASE = "lead:leads"


@pytest.fixture
def ann(world: World) -> Contact:
    return world.account.add_contact("ann@example.com")


def _send(world: World, ann: Contact) -> dict[str, Any]:
    email = world.account.add_entity("emails", name="News")
    return world.account.engagement.send(ann, email["id"])


async def test_rows_are_texts_and_nothing_is_null(world: World, ann: Contact) -> None:
    world.account.engagement.visit(ann, "https://www.example.com", page_id=4)

    page = await world.get("/api/stats/page_hits")

    row = page["stats"][0]
    assert page["total"] == "1"
    assert (row["id"], row["lead_id"], row["page_id"]) == ("1", "1", "4")
    assert "email_id" not in row
    assert row["date_hit"] == "2026-11-02 09:00:00"
    assert row["browser_languages"] == 'a:1:{i:0;s:2:"en";}'


async def test_rows_are_walked_by_their_ids(world: World, ann: Contact) -> None:
    for number in range(7):
        world.account.engagement.visit(ann, f"https://www.example.com/{number}")
    order = {"order[0][col]": "id", "order[0][dir]": "ASC"}

    page = await world.where("/api/stats/page_hits", ("id", "gt", 3), limit=2, **order)

    assert [row["id"] for row in page["stats"]] == ["4", "5"]
    assert page["total"] == "4"


async def test_a_table_that_is_not_there_is_answered_with_those_that_are(world: World) -> None:
    tables = await world.get("/api/stats")

    assert await world.get("/api/stats/page_hit") == tables
    assert {"page_hits", "email_stats", "audit_log"} <= {*tables["availableTables"]}
    assert "date_hit" in tables["tableColumns"]["page_hits"]


@pytest.mark.parametrize(
    "params",
    [
        {"where[0][col]": "shoe_size", "where[0][expr]": "isNull"},
        {"where[0][col]": "id"},
        {"order[0][col]": "dateHit"},
        {"order[0][dir]": "ASC"},
    ],
)
async def test_errors_come_in_the_body_of_a_success(world: World, params: dict[str, str]) -> None:
    answer = await world.http.get("/api/stats/page_hits", params=params)

    assert answer.status_code == 200
    assert [*answer.json()] == ["errors"]


async def test_a_click_is_a_hit_whose_source_is_the_mail(world: World, ann: Contact) -> None:
    stat = _send(world, ann)
    world.account.engagement.click(stat, "https://www.example.com/prices", lands=True)

    page = await world.where("/api/stats/page_hits", ("source", "eq", "email"))

    assert [row["source_id"] for row in page["stats"]] == ["1", "1"]
    # Where one lands is a hit too, without the redirect.
    assert [row.get("redirect_id") for row in page["stats"]] == ["1", None]


async def test_each_opening_is_a_row_and_the_mail_knows_the_first_and_last(
    world: World, ann: Contact
) -> None:
    stat = _send(world, ann)
    for minutes in (1, 5):
        world.account.engagement.open(stat, at=AT + timedelta(minutes=minutes))

    mail = (await world.get("/api/stats/email_stats"))["stats"][0]
    devices = (await world.get("/api/stats/email_stats_devices"))["stats"]

    assert (mail["is_read"], mail["open_count"]) == ("1", "2")
    assert mail["date_read"] == "2026-11-02 09:01:00"
    assert [each["date_opened"] for each in devices] == [mail["date_read"], mail["last_opened"]]


async def test_a_click_opens_what_was_not_opened_yet(world: World, ann: Contact) -> None:
    stat = _send(world, ann)
    for minutes in (1, 5):
        world.account.engagement.click(
            stat, "https://www.example.com", at=AT + timedelta(minutes=minutes)
        )

    devices = (await world.get("/api/stats/email_stats_devices"))["stats"]

    assert [each["date_opened"] for each in devices] == ["2026-11-02 09:01:00"]
    assert (stat["is_read"], stat["open_count"]) == (True, 1)


async def test_an_asset_that_goes_with_a_mail_is_a_download_of_nothing(
    world: World, ann: Contact
) -> None:
    email = world.account.add_entity("emails", name="News", assetAttachments=[4])
    await world.post(f"/api/emails/{email['id']}/contact/{ann.id}/send")

    [row] = (await world.get("/api/stats/asset_downloads"))["stats"]

    assert ("asset_id" in row, row["code"]) == (False, "200")
    assert (row["lead_id"], row["email_id"]) == (str(ann.id), str(email["id"]))


async def test_who_is_sent_on_leaves_a_hit_of_its_own(world: World, ann: Contact) -> None:
    page = world.account.add_entity("pages", title="Prices")["id"]
    for code in (302, 200):
        world.account.engagement.visit(ann, "https://www.example.com", page_id=page, code=code)

    rows = (await world.get("/api/stats/page_hits"))["stats"]

    assert [row["code"] for row in rows] == ["302", "200"]


async def test_what_a_mail_was_made_of_is_filtered_by_and_not_shown(
    world: World, ann: Contact
) -> None:
    email = world.account.add_entity("emails", name="News")
    path = f"/api/emails/{email['id']}/contact/{ann.id}/send"
    await world.post(path, {"tokens": {"key": "deed-7"}})

    page = await world.where("/api/stats/email_stats", ("tokens", "like", "%deed-7%"))

    assert [row["source"] for row in page["stats"]] == ["api"]
    assert "tokens" not in page["stats"][0]


async def test_a_hit_is_filled_in_later(world: World, ann: Contact) -> None:
    row = world.account.engagement.begin_hit()
    before = (await world.get("/api/stats/page_hits"))["stats"][0]

    world.account.engagement.fill_hit(row, ann, "https://www.example.com")

    after = (await world.get("/api/stats/page_hits"))["stats"][0]
    assert before.keys().isdisjoint({"lead_id", "url"})
    assert (after["id"], after["lead_id"], after["date_hit"]) == ("1", "1", before["date_hit"])


async def test_without_the_right_to_contacts_there_are_no_rows_but_those_of_the_log(
    world: World,
) -> None:
    auth = world.caller("tom", {"stage:stages:view"})

    rows = (await world.http.get("/api/stats/page_hits", auth=auth)).json()
    log = (await world.http.get("/api/stats/audit_log", auth=auth)).json()

    assert "do not have the view permission" in rows["errors"][0]["message"]
    assert log == {"total": "0", "stats": []}


async def test_the_log_can_be_for_administrators_alone(plain: World) -> None:
    auth = plain.caller("tom", {f"{BASE}:viewown", f"{BASE}:viewother"})

    log = (await plain.http.get("/api/stats/audit_log", auth=auth)).json()

    assert [*log] == ["errors"]


async def test_the_timeline_pages_each_type_on_its_own(world: World, ann: Contact) -> None:
    engagement = world.account.engagement
    stat = _send(world, ann)
    engagement.open(stat)
    for number in range(5):
        engagement.visit(ann, f"https://www.example.com/{number}")

    page = await world.get("/api/contacts/activity", limit=2)

    types = [each["event"] for each in page["events"]]
    assert sorted(types) == ["email.read", "email.sent", "page.hit", "page.hit"]
    assert (page["total"], page["maxPages"]) == (7, 3)
    assert page["types"]["page.hit"] == "Page hit"


async def test_a_timeline_of_one_type_in_order_of_time(world: World, ann: Contact) -> None:
    for minutes in (3, 1, 2):
        world.account.engagement.visit(
            ann, f"https://www.example.com/{minutes}", at=AT + timedelta(minutes=minutes)
        )
    ask = {
        "filters[includeEvents][]": "page.hit",
        "filters[dateFrom]": "2026-11-02 09:02:00",
        "order[0]": "timestamp",
        "order[1]": "ASC",
    }

    page = await world.get(f"/api/contacts/{ann.id}/activity", **ask)

    assert [each["eventId"] for each in page["events"]] == ["3", "1"]
    assert page["events"][0]["timestamp"] == "2026-11-02T09:02:00+00:00"
    assert page["events"][0]["details"]["hit"]["url"] == "https://www.example.com/2"


async def test_everything_that_happens_is_in_the_timeline(world: World, ann: Contact) -> None:
    engagement, account = world.account.engagement, world.account
    stat = _send(world, ann)
    engagement.open(stat)
    engagement.reply(stat)
    engagement.bounce(stat)
    engagement.submit(ann, account.add_entity("forms", name="Contact")["id"])
    engagement.download(ann, account.add_entity("assets", title="Paper")["id"])
    engagement.text(ann, 1, is_failed=True)
    await world.post(f"/api/contacts/{ann.id}/points/plus/5")
    await world.patch(ann, stage=account.add_stage("Warm", 5))

    page = await world.get("/api/contacts/activity")

    assert {each["event"] for each in page["events"]} == {
        "asset.download",
        "email.failed",
        "email.read",
        "email.sent",
        "form.submitted",
        "lead.donotcontact",
        "point.gained",
        "sms.failed",
        "sms.sent",
        "stage.changed",
    }
    assert {each["contactId"] for each in page["events"]} == {str(ann.id)}


async def test_replies_are_in_the_timeline_of_one_contact_alone(world: World, ann: Contact) -> None:
    world.account.engagement.reply(_send(world, ann))
    replied = {"filters[includeEvents][]": "email.replied"}

    of_all = await world.get("/api/contacts/activity", **replied)
    of_one = await world.get(f"/api/contacts/{ann.id}/activity", **replied)

    assert (of_all["total"], of_one["total"]) == (0, 1)


async def test_the_timeline_takes_an_instant_without_an_offset_for_one_of_the_instance(
    world: World, ann: Contact
) -> None:
    world.account.zone = timezone(timedelta(hours=-5))
    _send(world, ann)
    world.account.engagement.visit(ann, "https://www.example.com/")
    told = {}
    for since in ("2026-11-02 08:55:00", "2026-11-02 08:55:00+00:00"):
        page = await world.get("/api/contacts/activity", **{"filters[dateFrom]": since})
        told[since] = [each["event"] for each in page["events"]]

    assert list(told.values()) == [["page.hit"], ["email.sent", "page.hit"]]
    assert page["events"][0]["timestamp"] == "2026-11-02T04:00:00-05:00"
