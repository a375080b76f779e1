"""With and without upkeep everything comes to the same."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sync.looking import explaining
from connector.sync.upkeep.keeping import keep_up
from tests.builders import T
from tests.unit.sync.world import PLATFORMS, TARGETS, World

KEEP = timedelta(days=20)
MODEL = """
model:
  decay: {half_life: 5d}
  dimensions: {engagement: {}, fit: {decay: none}}
  traits:
    opened_ever: {count: email.opened}
    last_page: {last: url, of: page.viewed}
  rules:
    opened: {event: email.opened, points: 10, cap: {points: 15, per: week}}
    first: {event: page.viewed, points: 3, once_per: url, decay: none, dimension: fit}
    often: {count: email.opened, at_least: 3, within: 30d, award: once, points: 7}
    silent: {inactive: 10d, points: -4, repeat: 5d}
  scores:
    heat:
      formula: engagement + fit
      range: [0, 100]
      stages: [{name: cold, from: 0}, {name: warm, from: 8, leave_below: 5}, {name: hot, from: 20}]
      direction: both
"""
TRIGGERS = """
triggers:
  call: {when: "heat >= 8", do: [{notify: SALES}], again_after: 9d, limit: {per: month, of: 2}}
"""
KINDS = ("email.opened", "page.viewed")


@st.composite
def lives(draw: st.DrawFn) -> list[tuple[int, list[tuple[int, int, str]]]]:
    """Draw days on which is synced, each with what happened: days before, to whom, and what."""
    happens = st.tuples(st.integers(0, 40), st.integers(0, 1), st.sampled_from(KINDS))
    days = draw(st.lists(st.integers(1, 15), min_size=2, max_size=6))
    return [(day, draw(st.lists(happens, max_size=6))) for day in days]


def a_world() -> World:
    world = World(PLATFORMS + MODEL + TARGETS + TRIGGERS)
    model = replace(world.configuration.model, keep_events=KEEP)
    world.configuration = replace(world.configuration, model=model)
    for email in ("ada@mail.example.com", "bob@mail.example.com"):
        world.crm.create(email)
    return world


async def _lived(
    life: list[tuple[int, list[tuple[int, int, str]]]], *, is_kept_up: bool
) -> list[object]:
    """Return all there is to see of a life, day by day."""
    world = a_world()
    seen: list[object] = []
    for days, happened in life:
        world.clock.advance(timedelta(days=days))
        now = world.clock.now()
        for ago, whom, kind in happened:
            person = list(world.crm.people.values())[whom]
            world.happens(world.crm, person, kind, now - timedelta(days=ago), url=f"/{ago}")
        await world.sync()
        if is_kept_up:
            await keep_up(world.workspace, now)
        seen += [await world.scores(), await _written(world)]
    return [*seen, await _explained(world)]


async def _written(world: World) -> list[object]:
    rows = [*await world.outbound("crm"), *await world.outbound("mail")]
    async with world.state.read() as tx:
        states = await tx.triggers.states(await tx.contacts.all_numbers())
    return [(row.contact, row.desired, row.confirmed, row.state) for row in rows] + list(states)


async def _explained(world: World) -> list[object]:
    """Return the rules behind the scores; when they change next takes long to find."""
    with patch.object(explaining, "next_turn", return_value=None):
        explained = [
            await explaining.explain(world.workspace, person.email or "", world.clock.now())
            for person in world.crm.people.values()
        ]
    return [(each.scores, each.traits, each.contributions) for each in explained]


@settings(max_examples=6)
@given(lives())
def test_a_sweep_changes_no_score_no_stage_no_list_and_no_explanation(
    life: list[tuple[int, list[tuple[int, int, str]]]],
) -> None:
    without = asyncio.run(_lived(life, is_kept_up=False))

    assert asyncio.run(_lived(life, is_kept_up=True)) == without


async def test_what_is_kept_is_as_old_as_it_may_be() -> None:
    world = a_world()
    person = next(iter(world.crm.people.values()))
    for days in range(40):
        world.happens(world.crm, person, at=T - timedelta(days=days))
    await world.sync(pushes=False)

    kept = await keep_up(world.workspace, world.clock.now())

    assert kept.deleted["events"] == 20
    async with world.state.read() as tx:
        assert await tx.events.count() == 20
