"""Whole cycles: what they do, what they leave alone, and how they end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.memory.faults import Fault
from connector.domain.outbound import DeliveryState
from connector.errors import (
    BackInTime,
)
from tests.builders import T
from tests.unit.sync.world import PLATFORMS, TEXT, World

DAY = timedelta(days=1)
WHERE: dict[str, Any] = {"platform": "crm", "operation": "read"}


async def test_a_cycle_brings_scores_to_every_platform() -> None:
    world = World()
    in_crm, in_mail = world.crm.create("a@x.org", job="boss"), world.mail.create("A@x.org")
    world.happens(world.mail, in_mail)
    world.happens(world.mail, "a@x.org")

    summary = await world.sync()

    assert in_crm.values["heat_score"] == in_mail.values["HEAT"] == 25.0
    assert world.crm.lists["Hot"] == {in_crm.id}
    assert in_mail.tags == {"vip"}
    assert summary.to_json() == {
        "at": "2026-01-15T10:00:00Z",
        "pulled": {
            "crm": {"contacts": 1, "events": 0},
            "mail": {"contacts": 1, "events": 2},
        },
        "scored": 1,
        "stages": {"heat": {"cold": 0, "warm": 0, "hot": 1}},
        "deliveries": {
            "crm": {"delivered": 1, "unchanged": 0, "failed": 0, "dead": 0, "calls": 2},
            "mail": {"delivered": 1, "unchanged": 0, "failed": 0, "dead": 0, "calls": 2},
        },
        "triggers": {},
        "problems": [],
    }


async def test_our_own_writes_are_no_work_when_they_come_back() -> None:
    world = World()
    person = world.crm.create("a@x.org")
    world.happens(world.crm, person)
    await world.sync()

    echo = await world.sync()
    quiet = await world.sync()

    assert echo.pulled["crm"]["contacts"] == 1
    assert (echo.scored, echo.deliveries["crm"]["calls"]) == (0, 0)
    assert quiet.pulled["crm"]["contacts"] == 0


async def test_a_late_event_is_worth_what_it_would_have_been_in_time() -> None:
    late, punctual = World(), World()
    for world in (late, punctual):
        world.crm.create("a@x.org")
    punctual.happens(punctual.crm, "a@x.org", "page.viewed", T)
    await punctual.sync()
    await late.sync()
    for world in (late, punctual):
        world.clock.advance(DAY)
    late.happens(late.crm, "a@x.org", "page.viewed", T)

    await late.sync()
    await punctual.sync()

    assert await late.scores() == await punctual.scores() == {"a@x.org": (1.0, "cold")}


async def test_time_alone_moves_only_those_it_moves() -> None:
    world = World()
    world.crm.create("a@x.org")
    world.crm.create("b@x.org")
    world.happens(world.crm, "a@x.org", "page.viewed")
    assert (await world.sync()).scored == 2

    world.clock.advance(DAY)
    assert (await world.sync()).scored == 0

    world.clock.advance(30 * DAY)
    assert (await world.sync()).scored == 1
    assert await world.scores() == {"a@x.org": (0.0, "cold"), "b@x.org": (0.0, "cold")}


async def test_another_model_scores_everybody_anew() -> None:
    world = World()
    world.crm.create("a@x.org")
    world.happens(world.crm, "a@x.org")
    await world.sync()

    world.configure(TEXT.replace("points: 10", "points: 12"))

    assert (await world.sync()).scored == 1
    assert await world.scores() == {"a@x.org": (12.0, "warm")}
    assert (await world.sync()).scored == 0


async def test_history_grows_only_with_changes() -> None:
    world = World()
    world.crm.create("a@x.org")
    for _ in range(2):
        world.clock.advance(DAY)
        world.happens(world.crm, "a@x.org")
        await world.sync()
        world.crm.people["m1"].values["job"] = "cook"
        world.crm.touch(world.crm.people["m1"])
        await world.sync()

    async with world.state.read() as tx:
        history = await tx.scores.history(await world.number_of("a@x.org"))

    assert [(each.rounded, each.stage) for each in history] == [(10.0, "warm"), (20.0, "hot")]


async def test_the_past_is_refused_before_anything_is_asked() -> None:
    world = World()
    world.crm.create("a@x.org")
    await world.sync(at=T)
    requests = world.crm.requests

    with pytest.raises(BackInTime, match="--dry-run"):
        await world.sync(at=T - DAY)

    assert world.crm.requests == requests
    assert (await world.sync(at=T)).scored == 0


async def test_a_platform_that_refuses_us_is_asked_nothing_more_and_the_others_go_on() -> None:
    world = World()
    world.crm.create("a@x.org")
    in_mail = world.mail.create("a@x.org")
    await world.sync()
    world.happens(world.mail, in_mail)
    world.crm.touch(world.crm.people["m1"])
    world.play(world.crm, Fault.ACCESS_REFUSED)
    requests = world.crm.requests

    summary = await world.sync()

    assert world.crm.requests == requests + 1
    assert in_mail.values["HEAT"] == 10.0
    assert (summary.exit_code, len(summary.errors)) == (69, 1)
    assert [each.path for each in summary.problems] == ["crm"]


async def test_a_platform_that_is_down_is_caught_up_with_later() -> None:
    world = World()
    person = world.crm.create("a@x.org")
    await world.sync()
    world.happens(world.mail, "a@x.org")
    world.play(world.crm, *[Fault.UNAVAILABLE] * 25)

    summary = await world.sync()
    assert summary.exit_code == 75
    assert person.values["heat_score"] == 0.0

    world.crm.faults.clear()
    assert (await world.sync()).exit_code == 0
    assert person.values["heat_score"] == 10.0


async def test_only_one_platform_is_pulled_and_written_when_asked() -> None:
    world = World()
    world.crm.create("a@x.org")
    world.mail.create("a@x.org")

    summary = await world.sync(only="mail")

    assert set(summary.pulled) == set(summary.deliveries) == {"mail"}
    assert world.crm.requests == 0


async def test_a_configuration_without_a_model_keeps_contacts_in_step() -> None:
    world = World(PLATFORMS)
    world.crm.create("a@x.org")

    summary = await world.sync()

    assert (summary.stages, summary.deliveries, summary.exit_code) == ({}, {}, 0)
    assert len(await world.records()) == 1


async def test_excluded_contacts_are_neither_scored_nor_written() -> None:
    world = World(TEXT + "\ncontacts: {exclude: \"email LIKE '%@us.org'\"}\n")
    staff, lead = world.crm.create("me@us.org"), world.crm.create("a@x.org")

    summary = await world.sync()

    assert summary.scored == 1
    assert (staff.values, lead.values["heat_score"]) == ({}, 0.0)
    assert set(await world.scores()) == {"a@x.org"}


async def test_a_contact_that_becomes_excluded_loses_their_place_and_keeps_what_was_written() -> (
    None
):
    world = World()
    person = world.crm.create("a@x.org")
    world.happens(world.crm, person)
    await world.sync()

    world.configure(TEXT + "\ncontacts: {exclude: \"email = 'a@x.org'\"}\n")
    summary = await world.sync()

    assert summary.stages == {"heat": {"cold": 0, "warm": 0, "hot": 0}}
    assert person.values["heat_score"] == 10.0


async def test_a_list_that_leaves_the_configuration_keeps_its_members() -> None:
    world = World()
    person = world.crm.create("a@x.org")
    world.happens(world.crm, person)
    world.happens(world.crm, person)
    await world.sync()

    world.configure(TEXT.replace("lists: {Hot: {when: \"heat_stage = 'hot'\"}}", ""))
    await world.sync()

    assert world.crm.lists["Hot"] == {person.id}


async def test_a_record_that_vanishes_is_forgotten_and_written_anew_when_it_returns() -> None:
    world = World()
    person = world.crm.create("a@x.org")
    await world.sync()
    world.crm.remove(person)
    await world.sync()
    assert await world.outbound() == []

    world.crm.people[person.id] = person
    person.values.clear()
    world.crm.touch(person)
    await world.sync()

    assert person.values["heat_score"] == 0.0


async def test_a_merge_on_a_platform_moves_everything_to_the_record_that_is_left() -> None:
    world = World()
    loser, winner = world.crm.create("a@x.org"), world.crm.create("b@x.org")
    for _ in range(2):
        world.happens(world.crm, loser)
    await world.sync()
    assert world.crm.lists["Hot"] == {loser.id}

    world.crm.merge(loser, winner)
    await world.sync()

    assert winner.values["heat_score"] == 20.0
    assert world.crm.lists["Hot"] == {winner.id}
    assert {row.state for row in await world.outbound()} == {DeliveryState.CLEAN}
    assert len(await world.households()) == 1


async def test_joined_contacts_leave_no_stale_membership_behind() -> None:
    world = World()
    first, second = world.crm.create("a@x.org"), world.crm.create("b@x.org")
    for _ in range(2):
        world.happens(world.crm, second)
    await world.sync()
    assert world.crm.lists["Hot"] == {second.id}

    second.email = "a@x.org"
    world.crm.touch(second)
    await world.sync()

    assert world.crm.lists["Hot"] == {first.id}


async def test_a_contact_split_off_leaves_the_lists_that_are_theirs_no_more() -> None:
    world = World()
    world.mail.create("a@x.org")
    person = world.crm.create("a@x.org")
    for _ in range(2):
        world.happens(world.mail, "a@x.org")
    await world.sync()
    assert world.crm.lists["Hot"] == {person.id}

    person.email = "b@x.org"
    world.crm.touch(person)
    await world.sync()

    assert world.crm.lists["Hot"] == set()
    assert person.values["heat_score"] == 0.0


async def test_a_preference_that_was_edited_reaches_the_past() -> None:
    world = World()
    world.crm.create("a@x.org", job="boss")
    world.clock.advance(DAY)
    world.mail.create("a@x.org", JOB="cook")
    await world.sync()
    assert await world.scores() == {"a@x.org": (0.0, "cold")}

    world.configure(TEXT.replace("mail: JOB}", "mail: JOB, prefer: crm}"))
    summary = await world.sync()

    assert await world.scores() == {"a@x.org": (5.0, "cold")}
    assert summary.pulled["mail"]["contacts"] <= 1
    assert (await world.sync()).scored == 0


async def test_events_of_nobody_are_told_once_per_platform() -> None:
    world = World()
    world.happens(world.crm, "nobody")

    (problem,) = (await world.sync()).problems

    assert problem.message.startswith("1 event of contacts")
    assert problem.path == "crm.events"


async def test_a_whole_cycle_deletes_what_has_had_its_time_and_a_part_of_one_does_not() -> None:
    world = World()
    world.configuration = replace(
        world.configuration, model=replace(world.configuration.model, keep_events=timedelta(days=1))
    )
    ada = world.crm.create("a@x.org")
    world.happens(world.crm, ada, at=T - timedelta(days=2))

    async def events() -> int:
        async with world.state.read() as tx:
            return await tx.events.count()

    await world.sync(scores=False, pushes=False)
    assert await events() == 1
    await world.sync(only="crm")
    assert await events() == 1

    await world.sync()

    assert await events() == 0
