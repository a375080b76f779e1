"""Segments, stages, campaigns, groups of points, and mail to one contact."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from adapters.mautic.simulator.contacts import Contact
from tests.integration.simulators.mautic.conftest import World

Make = Callable[..., Awaitable[World]]
DONE = {"success": 1}


@pytest.fixture
def ann(world: World) -> Contact:
    return world.account.add_contact("ann@example.com", score=9)


async def test_many_enter_a_segment_and_who_is_missing_fails_alone(
    world: World, ann: Contact
) -> None:
    segment = world.account.segments.add("Hot")

    answer = await world.post(f"/api/segments/{segment['id']}/contacts/add", {"ids": [ann.id, 99]})

    assert answer.json() == {
        **DONE,
        "details": {str(ann.id): {"success": True}, "99": {"success": False}},
    }
    assert world.account.segments.members(segment["id"]) == {ann.id}


async def test_who_was_put_in_and_taken_out_by_hand_leaves_no_trace(
    world: World, ann: Contact
) -> None:
    segment = world.account.segments.add("Hot")
    path = f"/api/segments/{segment['id']}/contact/{ann.id}"

    for action in ("add", "add", "remove", "remove"):
        assert (await world.post(f"{path}/{action}")).json() == DONE

    assert world.account.tables.rows["lead_lists_leads"] == []


async def test_who_was_taken_out_of_a_segment_with_filters_stays_out(
    world: World, plain: World
) -> None:
    members = []
    for each in (world, plain):
        account = each.account
        ann = account.add_contact("ann@example.com", score=9)
        segment = account.segments.add("Hot", rule=lambda lead: lead.values.get("score") == 9)
        account.segments.rebuild()
        await each.post(f"/api/segments/{segment['id']}/contact/{ann.id}/remove")
        account.segments.rebuild()
        members.append(account.segments.members(segment["id"]))

    assert members == [set(), {1}]


async def test_by_hand_one_is_let_in_again(world: World, ann: Contact) -> None:
    segment = world.account.segments.add("Hot", rule=lambda _: True)
    world.account.segments.rebuild()
    path = f"/api/segments/{segment['id']}/contact/{ann.id}"
    await world.post(f"{path}/remove")

    await world.post(f"{path}/add")

    row = world.account.segments.row(segment["id"], ann.id)
    assert row is not None
    assert (row["manually_added"], row["manually_removed"]) == (True, False)


@pytest.mark.parametrize(("version", "stage"), [("5.1.0", "cold"), ("7.0.0", "warm")])
@pytest.mark.parametrize("way", ["stages", "contacts"])
async def test_a_stage_goes_back_below_version_7(
    make_world: Make, version: str, stage: str, way: str
) -> None:
    world = await make_world(version=version)
    cold, warm = (world.account.add_stage(name, at) for at, name in enumerate(("cold", "warm")))
    ann = world.account.add_contact("ann@example.com")
    await world.patch(ann, stage=warm)

    if way == "contacts":
        answer = await world.patch(ann, stage=cold)
    else:
        answer = await world.post(f"/api/stages/{cold}/contact/{ann.id}/add")

    assert answer.status_code == 200
    assert world.account.stages[ann.stage or 0]["name"] == stage


async def test_a_stage_can_be_taken_away_and_then_be_any(make_world: Make) -> None:
    world = await make_world(version="7.0.0")
    cold, warm = (world.account.add_stage(name, at) for at, name in enumerate(("cold", "warm")))
    ann = world.account.add_contact("ann@example.com")
    await world.patch(ann, stage=warm)

    await world.post(f"/api/stages/{warm}/contact/{ann.id}/remove")
    await world.post(f"/api/stages/{cold}/contact/{ann.id}/add")

    assert ann.stage == cold


async def test_a_stage_that_is_not_there_is_refused(world: World, ann: Contact) -> None:
    answer = await world.patch(ann, stage=99, score=1)

    assert answer.status_code == 400
    assert ann.values["score"] == 9


async def test_who_is_in_a_stage_that_is_not_published_cannot_be_edited(
    world: World, ann: Contact
) -> None:
    stage = world.account.add_stage("Warm", 5)
    await world.patch(ann, stage=stage)
    world.account.stages[stage]["isPublished"] = False

    kept = await world.patch(ann, score=1)
    taken = await world.patch(ann, score=1, stage=None)

    assert (kept.status_code, taken.status_code) == (400, 200)
    assert [*kept.json()["errors"][0]["details"]] == ["stage"]


async def test_of_two_stages_of_one_name_a_form_takes_the_later(world: World, ann: Contact) -> None:
    first, second = (world.account.add_stage("Warm", 5) for _ in range(2))

    statuses = [(await world.patch(ann, stage=each)).status_code for each in (first, second)]

    assert statuses == [400, 200]


async def test_groups_of_points_are_set_to_zero_too(world: World, ann: Contact) -> None:
    made = await world.post("/api/points/groups/new", {"name": "Fit"})
    key = made.json()["pointGroup"]["id"]
    path = f"/api/contacts/{ann.id}/points/groups/{key}"

    first = await world.get(path)
    for change in ("set/40", "plus/2", "set/0"):
        answer = await world.post(f"{path}/{change}")

    assert first == {"groupScore": None}
    assert answer.json()["groupScore"]["score"] == 0
    assert await world.get(path) == answer.json()


async def test_before_5_1_they_are_not_reached(make_world: Make) -> None:
    world = await make_world(version="5.0.4")

    answer = await world.http.get("/api/points/groups")

    assert answer.status_code == 404


async def test_a_campaign_has_a_contact_once(world: World, ann: Contact) -> None:
    campaign = world.account.add_entity("campaigns", name="Welcome")
    path = f"/api/campaigns/{campaign['id']}/contact/{ann.id}"

    for action in ("add", "add", "remove", "add"):
        assert (await world.post(f"{path}/{action}")).json() == DONE

    found = await world.get(f"/api/contacts/{ann.id}/campaigns")
    assert [each["name"] for each in found["campaigns"].values()] == ["Welcome"]


@pytest.mark.parametrize(("restarts", "rotation"), [(False, "1"), (True, "2")])
async def test_who_is_in_a_campaign_begins_anew_where_it_allows_that(
    world: World, ann: Contact, *, restarts: bool, rotation: str
) -> None:
    campaign = world.account.add_entity("campaigns", name="Welcome", allowRestart=restarts)
    path = f"/api/campaigns/{campaign['id']}/contact/{ann.id}/add"

    answers = [(await world.post(path)).json() for _ in range(2)]

    [row] = (await world.get("/api/stats/campaign_leads"))["stats"]
    assert answers == [DONE, DONE]
    assert (row["lead_id"], row["rotation"]) == (str(ann.id), rotation)


async def test_who_was_taken_out_of_a_campaign_begins_anew_in_any(
    world: World, ann: Contact
) -> None:
    campaign = world.account.add_entity("campaigns", name="Welcome")
    path = f"/api/campaigns/{campaign['id']}/contact/{ann.id}"
    rows = []

    for action in ("add", "remove", "add"):
        await world.post(f"{path}/{action}")
        rows += (await world.get("/api/stats/campaign_leads"))["stats"]

    told = [(row["manually_added"], row["manually_removed"], row["rotation"]) for row in rows]
    assert told == [("1", "0", "1"), ("0", "1", "1"), ("1", "0", "2")]


async def test_mail_goes_even_to_those_who_want_none(world: World, ann: Contact) -> None:
    email = world.account.add_entity("emails", name="News")
    world.account.block(ann, "email", 1)

    answer = await world.post(f"/api/emails/{email['id']}/contact/{ann.id}/send")

    assert answer.json() == {"success": True}
    assert len(world.account.tables.rows["email_stats"]) == 1
