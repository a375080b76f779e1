"""Calls to webhooks: what they say, what proves them, and what becomes of those not taken."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from adapters.mautic.simulator import PLAIN, Quirks
from adapters.simulation.calls import OutgoingCall
from tests.integration.simulators.mautic.conftest import World

Make = Callable[..., Awaitable[World]]
HERE = "https://us.example/hook"


def _answered(world: World, status: int | None = 200) -> list[dict[str, Any]]:
    """Return what the calls say that are due, and answer each."""
    calls = world.simulator.due_calls()
    for each in calls:
        each.answered(status)
    return [json.loads(each.body) for each in calls]


def _called(world: World) -> OutgoingCall:
    world.account.engagement.visit(world.account.add_contact("ann@example.com"), "https://a.b")
    return world.simulator.due_calls()[0]


async def test_a_call_is_signed_over_its_bytes(world: World) -> None:
    world.simulator.call_at(HERE, "hush")

    call = _called(world)

    digest = hmac.new(b"hush", call.body, hashlib.sha256).digest()
    assert call.headers["webhook-signature"] == base64.b64encode(digest).decode()
    assert call.url == HERE


async def test_without_a_secret_it_is_not_signed(world: World) -> None:
    world.simulator.call_at(HERE, None)

    assert "webhook-signature" not in _called(world).headers


async def test_a_contact_is_new_once_it_is_known_and_then_updated(world: World) -> None:
    world.simulator.call_at(HERE, None)
    visitor = world.account.add_contact()
    world.account.set(visitor, score=3)
    anonymous = _answered(world)

    world.account.identify(visitor, "ann@example.com")
    world.account.set(visitor, score=4)
    world.account.set(visitor, score=4)

    assert anonymous == []
    assert [*map(list, _answered(world))] == [
        ["mautic.lead_post_save_new"],
        ["mautic.lead_post_save_update"],
    ]


async def test_each_opening_is_told_with_the_row_of_the_mail(world: World) -> None:
    world.simulator.call_at(HERE, None, ["mautic.email_on_open"])
    ann = world.account.add_contact("ann@example.com")
    stat = world.account.engagement.send(ann, world.account.add_entity("emails", name="News")["id"])

    for _ in range(2):
        world.account.engagement.open(stat)

    told = [each["mautic.email_on_open"][0]["stat"] for each in _answered(world)]
    assert [(each["id"], each["openCount"]) for each in told] == [(stat["id"], 1), (stat["id"], 2)]


async def test_a_click_is_told_as_a_hit_and_a_download_not_at_all(world: World) -> None:
    world.simulator.call_at(HERE, None, ["mautic.page_on_hit", "mautic.form_on_submit"])
    account, engagement = world.account, world.account.engagement
    ann = account.add_contact("ann@example.com")
    stat = engagement.send(ann, account.add_entity("emails", name="News")["id"])

    row = engagement.click(stat, "https://www.example.com/prices")
    engagement.download(ann, account.add_entity("assets", title="Paper")["id"])
    engagement.submit(ann, account.add_entity("forms", name="Contact")["id"])

    click, form = _answered(world)
    hit = click["mautic.page_on_hit"][0]["hit"]
    assert (hit["id"], hit["source"], hit["lead"]["id"]) == (row["id"], "email", ann.id)
    # Of the link it has nothing but that there was one.
    assert hit["redirect"] == []
    assert form["mautic.form_on_submit"][0]["submission"]["form"]["name"] == "Contact"


async def test_points_subscriptions_segments_and_deletions_are_told(world: World) -> None:
    wanted = ["points_change", "channel_subscription_changed", "list_change", "post_delete"]
    world.simulator.call_at(HERE, None, [f"mautic.lead_{each}" for each in wanted])
    ann = world.account.add_contact("ann@example.com")

    await world.post(f"/api/contacts/{ann.id}/points/plus/5")
    world.account.block(ann, "email", 2)
    world.account.segments.add("Hot", members=[ann])
    world.account.delete(ann)

    told = {name: each[0] for body in _answered(world) for name, each in body.items()}
    assert told["mautic.lead_points_change"]["points"] == {"old_points": 0, "new_points": 5}
    assert told["mautic.lead_channel_subscription_changed"]["new_status"] == "bounced"
    assert told["mautic.lead_list_change"]["action"] == "added"
    assert told["mautic.lead_post_delete"]["id"] == ann.id


async def test_before_5_0_nothing_is_told_of_segments(make_world: Make) -> None:
    world = await make_world(version="4.4.13")

    triggers = (await world.get("/api/hooks/triggers"))["triggers"]

    assert "mautic.lead_list_change" not in triggers
    assert "mautic.page_on_hit" in triggers


@pytest.mark.parametrize("status", [400, 500, 503, None])
async def test_a_call_that_is_not_taken_is_lost(world: World, status: int | None) -> None:
    world.simulator.call_at(HERE, None)
    world.account.add_contact("ann@example.com")

    _answered(world, status)
    world.clock.advance(timedelta(days=1))

    assert _answered(world) == []
    assert len(world.account.hooks.lost) == 1


@pytest.mark.parametrize(("status", "calls"), [(500, 0), (None, 1)])
async def test_what_a_job_sends_is_kept_where_no_answer_came(
    world: World, status: int | None, calls: int
) -> None:
    world.simulator.call_at(HERE, None)
    world.account.hooks.is_queued = True
    world.account.add_contact("ann@example.com")
    world.account.hooks.run_job()

    _answered(world, status)
    world.clock.advance(timedelta(hours=1))

    assert len(_answered(world)) == calls


async def test_from_version_7_it_is_made_again(make_world: Make) -> None:
    world = await make_world(version="7.0.0")
    world.simulator.call_at(HERE, None)
    world.account.add_contact("ann@example.com")

    _answered(world, 500)
    at_once = _answered(world)
    world.clock.advance(timedelta(hours=1))

    assert at_once == []
    assert [*map(list, _answered(world))] == [["mautic.lead_post_save_new"]]


async def test_who_is_gone_is_called_no_more_until_somebody_says_so(world: World) -> None:
    hook = world.simulator.call_at(HERE, None)
    world.account.add_contact("ann@example.com")
    _answered(world, 410)

    world.account.add_contact("ben@example.com")
    silent = _answered(world)
    await world.http.patch(f"/api/hooks/{hook['id']}/edit", json={"isPublished": True})
    world.account.add_contact("cid@example.com")

    assert silent == []
    assert len(_answered(world)) == 1


async def test_so_is_who_never_took_anything(world: World) -> None:
    fresh, changed, taken = (world.simulator.call_at(f"{HERE}/{each}", None) for each in range(3))
    changed["dateModified"] = world.clock.now()
    world.account.add_contact("ann@example.com")
    _, _, first = world.simulator.due_calls()
    first.answered(200)

    world.account.add_contact("ben@example.com")
    _answered(world, 500)

    assert [each["isPublished"] for each in (fresh, changed, taken)] == [False, True, True]


async def test_a_job_sends_ten_at_once_in_the_order_that_the_webhook_says(
    make_world: Make,
) -> None:
    world = await make_world(PLAIN)
    hook = world.simulator.call_at(HERE, None, ["mautic.page_on_hit"])
    hook["eventsOrderbyDir"] = "DESC"
    world.account.hooks.is_queued = True
    ann = world.account.add_contact("ann@example.com")
    for number in range(12):
        world.account.engagement.visit(ann, f"https://www.example.com/{number}")

    world.account.hooks.run_job()

    ids = [[each["hit"]["id"] for each in body["mautic.page_on_hit"]] for body in _answered(world)]
    assert ids == [[*range(10, 0, -1)], [12, 11]]


async def test_some_calls_come_twice(make_world: Make) -> None:
    world = await make_world(Quirks())
    world.simulator.call_at(HERE, None, ["mautic.page_on_hit"])
    ann = world.account.add_contact("ann@example.com")

    for number in range(20):
        world.account.engagement.visit(ann, f"https://www.example.com/{number}")

    bodies = [each.body for each in world.simulator.due_calls()]
    assert (len(bodies), len({*bodies})) == (21, 20)
