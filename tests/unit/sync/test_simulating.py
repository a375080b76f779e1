"""A draft against the present model: stages, lists, alerts, and who moves; by hand."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest

from connector.sync.simulating.outcome import AlertChange, MembershipChange, Simulation
from connector.sync.simulating.question import Question
from connector.sync.simulating.simulation import simulate
from tests.builders import T, a_configuration
from tests.unit.sync.world import PLATFORMS, World

DAY = timedelta(days=1)
END = T + 14 * DAY

TEXT = (
    PLATFORMS
    + """
model:
  dimensions: {engagement: {}, fit: {decay: none}}
  rules:
    opened: {event: email.opened, points: 10}
    fresh: {event: page.viewed, points: 20, decay: {expires: 3d}}
    boss: {when: "job = 'boss'", points: 5, dimension: fit}
  scores:
    heat:
      formula: engagement + fit
      stages: [{name: cold, from: 0}, {name: warm, from: 10}, {name: hot, from: 20}]
targets:
  crm:
    lists: {Hot: {when: "heat >= 20"}}
  mail:
    tags: {vip: "heat >= 20"}
triggers:
  call: {when: "heat >= 20", do: [{notify: SALES}]}
"""
)


def a_world(*people: str, text: str = TEXT, **fields: Any) -> World:  # noqa: ANN401 - any field
    world = World(text)
    for person in people:
        world.crm.create(f"{person}@x.org", **fields)
    return world


async def ask(
    world: World, draft: str | None = None, *, at: datetime = END, weeks: int = 2, top: int = 10
) -> Simulation:
    """Return what `draft`, or the present model itself, would change."""
    return await simulate(
        world.workspace,
        world.configuration if draft is None else a_configuration(draft),
        Question(at=at, weeks=weeks, top=top),
    )


def moves(simulation: Simulation) -> dict[tuple[str | None, str | None], int]:
    (score,) = simulation.scores
    return {(each.before, each.after): each.contacts for each in score.moves}


def place(simulation: Simulation, name: str) -> MembershipChange:
    (found,) = [each for each in simulation.memberships if each.name == name]
    return found


def alert(simulation: Simulation, trigger: str = "call") -> AlertChange:
    (found,) = [each for each in simulation.alerts if each.trigger == trigger]
    return found


async def test_who_goes_from_which_stage_to_which_is_counted() -> None:
    world = a_world("a", "b", "c")
    for person, times in {"a": 2, "b": 1}.items():
        for _ in range(times):
            world.happens(world.crm, f"{person}@x.org")
    await world.sync()

    simulation = await ask(world, TEXT.replace("points: 10", "points: 20"))

    assert moves(simulation) == {("hot", "hot"): 1, ("warm", "hot"): 1, ("cold", "cold"): 1}
    assert simulation.scores[0].moved == 1


async def test_outside_the_population_is_a_place_of_its_own() -> None:
    world = a_world("a", "b")
    world.happens(world.crm, "a@x.org")
    await world.sync()
    draft = TEXT.replace("formula: engagement", 'population: "fit > 0"\n      formula: engagement')

    simulation = await ask(world, draft)

    assert moves(simulation) == {("warm", None): 1, ("cold", None): 1}
    assert simulation.scores[0].after is not None
    assert simulation.scores[0].after.contacts == 0


async def test_scores_are_summed_up_on_both_sides() -> None:
    world = a_world("a", "b", "c", "d")
    for person, times in {"a": 1, "b": 2, "c": 3}.items():
        for _ in range(times):
            world.happens(world.crm, f"{person}@x.org")
    await world.sync()

    (score,) = (await ask(world, TEXT.replace("points: 10", "points: 4"))).scores

    assert score.before is not None
    assert score.after is not None
    assert (score.before.mean, score.before.median, score.before.most) == (15, 15, 30)
    assert (score.after.mean, score.after.median, score.after.least) == (6, 6, 0)
    assert score.before.p25 == 7.5


async def test_a_stage_that_was_reached_on_the_way_is_held_to_the_end() -> None:
    world = a_world("a")
    world.happens(world.crm, "a@x.org")
    world.happens(world.crm, "a@x.org", "page.viewed", at=T + 5 * DAY)
    await world.sync()
    draft = TEXT.replace("name: hot, from: 20", "name: hot, from: 20, leave_below: 8")

    replayed, at_once = await ask(world, draft), await ask(world, draft, weeks=0)

    assert moves(replayed) == {("warm", "hot"): 1}
    assert moves(at_once) == {("warm", "warm"): 1}


async def test_the_walk_begins_with_the_stage_that_was_decided_by_then() -> None:
    text = TEXT.replace("name: hot, from: 20", "name: hot, from: 20, leave_below: 8")
    world = a_world("a", text=text)
    world.happens(world.crm, "a@x.org")
    world.happens(world.crm, "a@x.org", "page.viewed", at=T - DAY)
    await world.sync()

    simulation = await ask(world, TEXT)

    assert moves(simulation) == {("hot", "warm"): 1}


async def test_who_comes_into_a_list_and_who_leaves_is_told_with_examples() -> None:
    world = a_world("a", "b", "c")
    for person, kind in {"a": "email.opened", "b": "email.clicked"}.items():
        for _ in range(2):
            world.happens(world.crm, f"{person}@x.org", kind)
    await world.sync()

    hot = place(await ask(world, TEXT.replace("email.opened", "email.clicked")), "Hot")

    assert (hot.before, hot.after, hot.gained, hot.lost) == (1, 1, 1, 1)
    assert hot.examples_gained == [await world.number_of("b@x.org")]
    assert hot.examples_lost == [await world.number_of("a@x.org")]


async def test_only_those_with_a_record_on_a_platform_are_counted_there() -> None:
    world = a_world("a", "b")
    world.mail.create("a@x.org")
    for person in ("a", "b"):
        for _ in range(2):
            world.happens(world.crm, f"{person}@x.org")
    await world.sync()

    simulation = await ask(world)

    assert (place(simulation, "Hot").before, place(simulation, "vip").before) == (2, 1)


async def test_a_list_of_one_model_alone_is_new_or_gone() -> None:
    world = a_world("a")
    for _ in range(2):
        world.happens(world.crm, "a@x.org")
    await world.sync()

    simulation = await ask(world, TEXT.replace("lists: {Hot:", "lists: {Warm:"))

    assert (place(simulation, "Hot").status, place(simulation, "Hot").after) == ("gone", 0)
    assert (place(simulation, "Warm").status, place(simulation, "Warm").gained) == ("new", 1)


async def test_whom_the_draft_excludes_stays_where_they_are() -> None:
    world = a_world("a")
    for _ in range(2):
        world.happens(world.crm, "a@x.org")
    await world.sync()

    simulation = await ask(world, TEXT + "contacts: {exclude: \"email LIKE 'a%'\"}\n")

    assert (place(simulation, "Hot").after, place(simulation, "Hot").lost) == (1, 0)
    assert moves(simulation) == {("hot", None): 1}


async def test_whom_a_keeping_list_took_in_on_the_way_stays_in() -> None:
    world = a_world("a")
    world.happens(world.crm, "a@x.org", "page.viewed", at=T + 5 * DAY)
    await world.sync()

    kept = place(await ask(world, TEXT.replace('>= 20"}}', '>= 20", keep: true}}')), "Hot")

    assert (kept.before, kept.after) == (0, 1)


async def test_whom_a_keeping_list_took_in_before_the_walk_stays_in() -> None:
    text = TEXT.replace('>= 20"}}', '>= 20", keep: true}}')
    world = a_world("a", text=text)
    world.happens(world.crm, "a@x.org", "page.viewed", at=T - 2 * DAY)
    await world.sync(at=T - DAY)

    simulation = await ask(world, at=T + 28 * DAY)

    assert (place(simulation, "Hot").before, place(simulation, "Hot").after) == (1, 1)


async def test_alerts_are_counted_by_week_under_both_models() -> None:
    world = a_world("a", "b")
    for person, day in (("a", 1), ("a", 2), ("b", 1), ("b", 9)):
        world.happens(world.crm, f"{person}@x.org", at=T + day * DAY)
    await world.sync()

    call = alert(await ask(world, TEXT.replace("points: 10", "points: 20")))

    # T is the Thursday of the third week; the ninth day after it is a Saturday.
    assert [(each.week, each.before, each.after) for each in call.weeks] == [
        ("2026-W03", 1, 2),
        ("2026-W04", 1, 0),
        ("2026-W05", 0, 0),
    ]


async def test_each_new_entry_fires_again_and_what_holds_at_the_start_does_not() -> None:
    world = a_world("a")
    for day in (0, 5, 10):
        world.happens(world.crm, "a@x.org", "page.viewed", at=T + day * DAY)
    await world.sync()

    assert alert(await ask(world)).before == 2


async def test_an_entry_too_soon_after_the_last_firing_fires_nothing() -> None:
    world = a_world("a")
    for day in (1, 5, 10):
        world.happens(world.crm, "a@x.org", "page.viewed", at=T + day * DAY)
    await world.sync()
    draft = TEXT.replace("do: [", "again_after: 8d, do: [")

    call = alert(await ask(world, draft))

    assert (call.before, call.after) == (3, 2)


async def test_what_is_over_the_limit_fires_when_there_is_room_or_never() -> None:
    world = a_world("a", "b", "c", "d")
    for person in ("a", "b", "c"):
        world.happens(world.crm, f"{person}@x.org", "page.viewed", at=T + DAY)
    for _ in range(2):
        world.happens(world.crm, "d@x.org", at=T + 2 * DAY)
    await world.sync()
    daily = TEXT.replace("do: [", "limit: {per: day, of: 1}, do: [")
    weekly = TEXT.replace("do: [", "limit: {per: week, of: 1}, do: [")

    by_day, by_week = await ask(world, daily), await ask(world, weekly)

    assert (alert(by_day).before, alert(by_day).after) == (4, 4)
    assert [each.after for each in alert(by_week).weeks] == [1, 1, 0]


@pytest.mark.parametrize(("backfill", "count"), [("false", 0), ("true", 1)])
async def test_a_contact_created_on_the_way_is_looked_at_first_then(
    backfill: str, count: int
) -> None:
    world = a_world("old")
    world.clock.advance(5 * DAY)
    world.crm.create("new@x.org")
    for _ in range(2):
        world.happens(world.crm, "new@x.org", at=T + 5 * DAY)
    await world.sync()
    draft = TEXT.replace("do: [", f"backfill: {backfill}, do: [")

    assert alert(await ask(world, draft)).after == count


async def test_a_contact_that_is_created_later_is_not_there_yet() -> None:
    world = a_world("old")
    world.clock.advance(20 * DAY)
    world.crm.create("new@x.org")
    await world.sync()

    assert (await ask(world)).contacts == 1


async def test_who_moves_most_comes_first_with_what_differs() -> None:
    world = a_world("a", "b", job="boss")
    for person, times in {"a": 1, "b": 3}.items():
        for _ in range(times):
            world.happens(world.crm, f"{person}@x.org")
    await world.sync()
    draft = TEXT.replace("points: 10", "points: 4").replace("boss:", "chief:")

    movers = (await ask(world, draft, top=1)).movers["heat"]

    (mover,) = movers
    assert (mover.contact, mover.before, mover.after) == (await world.number_of("b@x.org"), 35, 17)
    assert [(each.rule, each.before, each.after, each.status) for each in mover.reasons] == [
        ("opened", 30, 12, "both"),
        ("boss", 5, 0, "gone"),
        ("chief", 0, 5, "new"),
    ]


async def test_a_score_of_one_model_alone_is_new_or_gone() -> None:
    world = a_world("a")
    await world.sync()
    draft = TEXT.replace("heat:", "warmth:").replace("heat >=", "warmth >=")

    simulation = await ask(world, draft)

    assert {each.name: each.status for each in simulation.scores} == {
        "heat": "gone",
        "warmth": "new",
    }
    assert simulation.movers == {}
    assert [(each.before, each.after) for each in simulation.scores[1].moves] == [(None, "cold")]


async def test_what_the_history_cannot_know_is_noted() -> None:
    world = a_world("a")
    await world.sync()
    draft = TEXT.replace("platforms:", "platforms:\n  extra: {adapter: memory}")
    draft = draft.replace("  job: {type", "  town: {type: text, crm: town}\n  job: {type").replace(
        "heat >= 20", "heat >= 20 AND in_list('crm', 'News')"
    )

    notes = [str(each) for each in (await ask(world, draft)).notes]

    assert any("platforms.extra: is new" in each for each in notes)
    assert any("attributes.town: is new" in each for each in notes)
    assert any("in_list('crm', 'News'): its members are not pulled" in each for each in notes)


async def test_every_edit_is_told() -> None:
    world = a_world("a")
    await world.sync()

    simulation = await ask(world, TEXT.replace("expires: 3d", "expires: 5d"))

    assert [(each.path, each.before, each.after) for each in simulation.edits] == [
        ("rules.fresh.decay.span", "3d", "5d")
    ]


async def test_nothing_is_written_and_the_cycles_may_be_owned_by_another() -> None:
    world = a_world("a")
    await world.sync()
    before = deepcopy(world.state._committed)

    async with world.state.own_cycles("the daemon"):
        await ask(world, TEXT.replace("points: 10", "points: 4"))

    assert world.state._committed == before


async def test_nobody_at_all_can_be_simulated() -> None:
    simulation = await ask(World(TEXT))

    assert (simulation.contacts, moves(simulation)) == (0, {})


def test_steps_end_at_the_end_and_begin_at_the_start() -> None:
    question = Question(at=END, weeks=1, step=3 * DAY)

    assert question.steps == [END - 7 * DAY, END - 6 * DAY, END - 3 * DAY, END]
    assert Question(at=END, weeks=0).steps == [END]
