"""One contact: made, changed, merged, deleted, and what that leaves behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from adapters.mautic.simulator import Quirks
from tests.integration.simulators.mautic.conftest import World

Make = Callable[..., Awaitable[World]]


async def test_a_known_address_in_new_is_the_contact_that_has_it(world: World) -> None:
    ann = world.account.add_contact("ann@example.com", firstname="Ann")

    answer = await world.post("/api/contacts/new", {"email": "Ann@example.com", "score": 3})

    contact = answer.json()["contact"]
    assert (answer.status_code, contact["id"]) == (200, ann.id)
    assert (contact["fields"]["all"]["firstname"], contact["fields"]["all"]["score"]) == ("Ann", 3)


async def test_nobody_is_modified_before_the_first_change(world: World) -> None:
    made = (await world.post("/api/contacts/new", {"email": "ann@example.com"})).json()["contact"]
    world.clock.advance(timedelta(minutes=1))
    ann = world.account.contacts.by_id[made["id"]]

    changed = (await world.patch(ann, score=3)).json()["contact"]
    world.clock.advance(timedelta(minutes=1))
    again = (await world.patch(ann, score=3)).json()["contact"]

    assert (made["dateAdded"], made["dateModified"]) == ("2026-11-02T09:00:00+00:00", None)
    assert changed["dateModified"] == again["dateModified"] == "2026-11-02T09:01:00+00:00"
    assert changed["modifiedByUser"] == "Ada Admin"


async def test_from_version_7_being_made_is_a_modification(make_world: Make) -> None:
    world = await make_world(version="7.0.0")

    made = (await world.post("/api/contacts/new", {"email": "ann@example.com"})).json()["contact"]

    assert made["dateModified"] == made["dateAdded"]


async def test_visits_and_mail_do_not_modify(world: World) -> None:
    ann = world.account.add_contact("ann@example.com")
    email = world.account.add_entity("emails", name="News")

    stat = world.account.engagement.send(ann, email["id"])
    world.account.engagement.open(stat)
    world.account.engagement.visit(ann, "https://www.example.com")

    contact = (await world.get(f"/api/contacts/{ann.id}"))["contact"]
    assert contact["dateModified"] is None
    assert contact["lastActive"] == "2026-11-02T09:00:00+00:00"


async def test_another_ones_address_is_refused(world: World) -> None:
    world.account.add_contact("ann@example.com")
    ben = world.account.add_contact("ben@example.com")

    answer = await world.patch(ben, email="ann@example.com", score=3)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["details"] == {"email": ["This field must be unique."]}
    assert (await world.shown(ben))["score"] is None


@pytest.mark.parametrize(("version", "quirks"), [("4.4.13", None), ("5.1.0", "merging")])
async def test_or_it_merges(make_world: Make, version: str, quirks: str | None) -> None:
    world = await make_world(Quirks(edits_merge=quirks is not None), version=version)
    world.account.add_field("card", "text", is_unique=True)
    ann = world.account.add_contact("ann@example.com", card="A1", points=3)
    ben = world.account.add_contact("ben@example.com", firstname="Ben", points=4)

    answer = await world.patch(ben, card="A1")

    assert answer.json()["contact"]["id"] == ben.id
    assert (await world.http.get(f"/api/contacts/{ann.id}")).status_code == 404
    assert (ben.values["card"], ben.points) == ("A1", 7)


async def test_a_merge_gives_rows_over_and_tells_of_itself_in_the_audit_log(world: World) -> None:
    account = world.account
    ann, ben = (account.add_contact(f"{name}@example.com") for name in ("ann", "ben"))
    hit = account.engagement.visit(ben, "https://www.example.com")
    account.block(ben, "email", 1)
    world.clock.advance(timedelta(minutes=1))

    account.merge(ann, ben)

    assert hit["lead_id"] == ann.id
    # What Mautic does not think of goes with the one that is gone.
    assert account.tables.rows["lead_donotcontact"] == []
    log = await world.where("/api/stats/audit_log", ("object_id", "eq", ben.id))
    assert [each["action"] for each in log["stats"]][-2:] == ["merge", "delete"]
    assert log["stats"][-2]["details"] == f'a:1:{{s:11:"merged_into";i:{ann.id};}}'


async def test_a_visitor_takes_over_the_contact_that_it_turns_out_to_be(world: World) -> None:
    account = world.account
    ann, visitor = account.add_contact("ann@example.com"), account.add_contact()
    account.set(ann, score=7)
    ann.stage = account.add_stage("hot", 40)
    ann.group_scores[account.add_entity("pointGroups", name="Heat")["id"]] = 7
    hot = account.segments.add("Hot", members=[ann])["id"]
    hit = account.engagement.visit(ann, "https://www.example.com")

    account.identify(visitor, "ann@example.com")

    shown = (await world.get(f"/api/contacts/{visitor.id}"))["contact"]
    assert (shown["fields"]["all"]["email"], shown["fields"]["all"]["score"]) == (
        "ann@example.com",
        7,
    )
    assert hit["lead_id"] == visitor.id
    assert account.segments.row(hot, visitor.id)
    # Neither the stage nor the points of groups go along.
    assert shown["stage"] is None
    assert visitor.group_scores == {}
    assert "errors" in await world.get(f"/api/contacts/{ann.id}")


async def test_a_visitor_who_gives_a_new_address_becomes_a_contact(world: World) -> None:
    visitor = world.account.add_contact()
    anonymous = await world.get("/api/contacts", search="is:anonymous")

    world.account.identify(visitor, "ann@example.com")

    assert [*anonymous["contacts"]] == [str(visitor.id)]
    found = await world.get("/api/contacts", search="!is:anonymous")
    assert [*found["contacts"]] == [str(visitor.id)]


async def test_a_deleted_contact_leaves_rows_without_it(world: World) -> None:
    account = world.account
    ann = account.add_contact("ann@example.com")
    hit = account.engagement.visit(ann, "https://www.example.com")

    answer = await world.http.delete(f"/api/contacts/{ann.id}/delete")

    assert answer.status_code == 200
    assert hit["lead_id"] is None
    assert account.tables.rows["lead_devices"] == []


async def test_tags_are_added_and_taken_away_and_others_stay(world: World) -> None:
    ann = world.account.add_contact("ann@example.com")

    await world.patch(ann, tags=["hot", 'say "hi"'])
    answer = await world.patch(ann, tags=["-hot", "-none", "new"])

    tags = [each["tag"] for each in answer.json()["contact"]["tags"]]
    assert tags == ["new", "say &#34;hi&#34;"]


async def test_do_not_contact_has_one_row_for_a_channel(world: World) -> None:
    ann = world.account.add_contact("ann@example.com")

    await world.post(f"/api/contacts/{ann.id}/dnc/email/add", {"reason": 3, "comments": "asked"})
    bounced = await world.post(f"/api/contacts/{ann.id}/dnc/email/add", {"reason": 2})
    refused = await world.post(f"/api/contacts/{ann.id}/dnc/email/add", {"reason": 0})
    await world.patch(ann, doNotContact=[{"channel": "email", "reason": 0}])

    told = bounced.json()["contact"]["doNotContact"]
    assert [(each["channel"], each["reason"]) for each in told] == [("email", 2)]
    assert refused.status_code == 400
    assert world.account.blocks(ann) == []


async def test_who_unsubscribed_stays_so_when_mail_bounces(world: World) -> None:
    ann = world.account.add_contact("ann@example.com")
    email = world.account.add_entity("emails", name="News")
    stat = world.account.engagement.send(ann, email["id"])

    world.account.engagement.unsubscribe(stat)
    world.account.engagement.bounce(stat)

    assert [row["reason"] for row in world.account.blocks(ann)] == [1]


async def test_points_are_changed_by_whole_numbers(world: World) -> None:
    ann = world.account.add_contact("ann@example.com", points=10)

    for path in ("plus/5", "minus/1", "times/2", "divide/3", "plus/0"):
        answer = await world.post(f"/api/contacts/{ann.id}/points/{path}")
        assert answer.json() == {"success": 1}

    assert ann.points == 9
