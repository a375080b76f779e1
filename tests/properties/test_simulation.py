"""A draft that is the present model changes nothing, and its replay fires what really fired."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sync.simulating.outcome import Simulation
from connector.sync.simulating.question import Question
from connector.sync.simulating.simulation import simulate
from tests.builders import T
from tests.unit.sync.world import PLATFORMS, World

DAY = timedelta(days=1)
DAYS = 14
LISTS = ("Hot", "Kept")

MODEL = """
model:
  timezone: Europe/Paris
  rules:
    opened: {event: email.opened, points: 10, decay: {half_life: 4d}}
    viewed: {event: page.viewed, points: 12, decay: {expires: 60h}}
    silent: {inactive: 3d, points: -5}
  scores:
    heat:
      stages:
        - {name: cold, from: 0}
        - {name: warm, from: 8}
        - {name: hot, from: 18, leave_below: 6}
targets:
  crm:
    lists: {Hot: {when: "heat_stage = 'hot'"}, Kept: {when: "heat >= 8", keep: true}}
triggers:
  call: {when: "heat_stage = 'hot'", do: [{notify: SALES}]}
"""


@dataclass(frozen=True)
class Story:
    """Who is created on which day, what happens to whom when, and how the alert is limited."""

    created: list[int]
    events: list[tuple[int, str, timedelta]]
    trigger: str


@st.composite
def stories(draw: st.DrawFn) -> Story:
    keys = {
        "again_after": draw(st.sampled_from([None, "1d", "5d"])),
        "limit": draw(
            st.sampled_from([None, "{per: day, of: 1}", "{per: week, of: 2}", "{per: hour, of: 1}"])
        ),
        "backfill": draw(st.sampled_from([None, "true"])),
    }
    created = draw(st.lists(st.integers(0, 6), min_size=1, max_size=4))
    # What a backfill fires at the first sync is before the replay, and may wait into it.
    earliest = 1 if keys["backfill"] else -3 * 24
    instants = st.integers(earliest, DAYS * 24).map(lambda hours: timedelta(hours=hours))
    happening = st.tuples(
        st.integers(0, len(created) - 1), st.sampled_from(["email.opened", "page.viewed"]), instants
    )
    trigger = "".join(f"{name}: {value}, " for name, value in keys.items() if value)
    return Story(created, draw(st.lists(happening, max_size=12)), trigger)


@dataclass(frozen=True)
class Lived:
    """What daily syncs did, and what their replay says."""

    fired: dict[str, int]
    """Per ISO week."""
    stages: Counter[str | None]
    inside: dict[str, int]
    """Per list, who shall be in it in the end."""
    replay: Simulation


async def lived(story: Story) -> Lived:
    world = World(PLATFORMS + MODEL.replace("do: [", f"{story.trigger}do: ["))
    for person, kind, after in story.events:
        world.happens(world.crm, f"p{person}@x.org", kind, at=T + after)
    fired: Counter[str] = Counter()
    for day in range(DAYS + 1):
        if day:
            world.clock.advance(DAY)
        for person, created in enumerate(story.created):
            if created == day:
                world.crm.create(f"p{person}@x.org")
        fired[_week(world.clock.now())] += (await world.sync()).triggers["call"]
    rows = await world.outbound()
    return Lived(
        fired=dict(fired),
        stages=Counter(stage for _, stage in (await world.scores()).values()),
        inside={name: sum(row.desired.lists.get(name, False) for row in rows) for name in LISTS},
        replay=await simulate(
            world.workspace, world.configuration, Question(at=world.clock.now(), weeks=DAYS // 7)
        ),
    )


def _week(at: datetime) -> str:
    year, week, _ = at.isocalendar()
    return f"{year}-W{week:02}"


@settings(max_examples=15)
@given(story=stories())
def test_the_present_model_changes_nothing_and_fires_what_daily_syncs_fired(story: Story) -> None:
    real = asyncio.run(lived(story))

    (score,) = real.replay.scores
    (call,) = real.replay.alerts
    assert real.replay.edits == []
    assert real.replay.movers == {"heat": []}
    assert score.before == score.after
    assert {each.before: each.contacts for each in score.moves} == dict(real.stages)
    assert score.moved == 0
    for each in real.replay.memberships:
        assert (each.before, each.after) == (real.inside[each.name], real.inside[each.name])
        assert (each.gained, each.lost) == (0, 0)
    for week in call.weeks:
        assert (week.before, week.after) == (real.fired[week.week], real.fired[week.week])
