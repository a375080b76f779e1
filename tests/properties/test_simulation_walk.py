"""A walk that skips what cannot have changed ends where one that scores everybody ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from connector.domain.frames import (
    AT,
    CONTACT,
    CREATED_AT,
    EVENT_ID,
    HELD_PREFIX,
    NEXT_CHANGE_AT,
    OVERRIDE_PREFIX,
    contact_schema,
    event_schema,
    target_list_column,
    trigger_column,
)
from connector.scoring.engine import score
from connector.sync.simulating.question import Question
from connector.sync.simulating.walking import People, Walked, walk
from tests.builders import T, a_configuration

HOUR = timedelta(hours=1)
QUESTION = Question(at=T, weeks=1)
KEPT = target_list_column("crm", "Kept")

MODEL = a_configuration(
    """
version: 1
platforms: {crm: {adapter: memory}}
model:
  traits: {orders: {count: order.placed, within: 3d}}
  rules:
    opened: {event: email.opened, points: 10, decay: {half_life: 4d}}
    ordered: {event: order.placed, points: 12, decay: {expires: 60h}}
    silent: {inactive: 3d, points: -5}
  scores:
    heat:
      stages: [{name: cold, from: 0}, {name: warm, from: 8}, {name: hot, from: 18, leave_below: 6}]
    best:
      stages: [{name: low, from: 0}, {name: high, from: 9}]
      direction: up_only
    plain: {formula: engagement * 2, stages: [{name: low, from: 0}, {name: high, from: 40}]}
    graded: {formula: engagement * 3}
    unseen: {formula: engagement / 7, round: 3}
  grades:
    grade: {rows: {of: graded, A: 50, B: 0}, columns: {of: engagement, 1: 10, 2: 0}}
    other: {rows: {of: unseen, A: 5, B: 0}, columns: {of: engagement, 1: 10, 2: 0}}
targets:
  crm:
    lists: {Kept: {when: "plain >= 30 AND orders > 0", keep: true}, Free: {when: "unseen > 2"}}
triggers:
  hot: {when: "heat_stage = 'hot'", do: [{notify: SALES}]}
  grown: {when: "grade = 'A1'", do: [{notify: SALES}]}
"""
).model


@dataclass(frozen=True)
class Happened:
    contact: int
    kind: str
    at: timedelta


happenings = st.lists(
    st.builds(
        Happened,
        contact=st.integers(1, 4),
        kind=st.sampled_from(["email.opened", "order.placed"]),
        at=st.integers(-9 * 24, 24).map(lambda hours: hours * HOUR),
    ),
    min_size=4,
    max_size=16,
)
beginnings = st.lists(
    st.tuples(
        st.sampled_from([None, -30 * 24, -5 * 24, -100, 0, 24]),
        st.sampled_from([None, "warm", "hot", "unknown"]),
        st.sampled_from([None, 19.0]),
    ),
    min_size=4,
    max_size=4,
)


def people(
    began: list[tuple[int | None, str | None, float | None]], happened: list[Happened]
) -> People:
    contacts = [
        (number, None if hours is None else T + hours * HOUR)
        for number, (hours, _, _) in enumerate(began, start=1)
    ]
    events = [
        (each.contact, T + each.at, f"e{place}", each.kind, "crm")
        for place, each in enumerate(happened)
    ]
    schema = event_schema({})
    head = {name: schema[name] for name in (CONTACT, AT, EVENT_ID, "type", "platform")}
    frame = pl.DataFrame(events, schema=head, orient="row")
    nothing = (pl.lit(None, kind).alias(name) for name, kind in schema.items() if name not in head)
    return People(
        contacts=pl.DataFrame(contacts, schema=contact_schema({}), orient="row"),
        events=frame.with_columns(nothing).select(schema.names()),
        memory=pl.DataFrame(
            [(number, held, over) for number, (_, held, over) in enumerate(began, start=1)],
            schema={
                CONTACT: pl.Int64(),
                f"{HELD_PREFIX}heat": pl.String(),
                f"{OVERRIDE_PREFIX}heat": pl.Float64(),
            },
            orient="row",
        ).with_columns(
            pl.lit(None, pl.String).alias(f"{HELD_PREFIX}{name}") for name in ("best", "plain")
        ),
    )


def plodding(whom: People) -> Walked:
    """Return what scoring everybody who is there at every step comes to."""
    held = whom.memory
    turns: list[tuple[int, str, object, bool, bool]] = []
    before: dict[tuple[int, str], bool] = {}
    kept: set[int] = set()
    for at in QUESTION.steps:
        there = whom.contacts.filter(pl.col(CREATED_AT).is_null() | (pl.col(CREATED_AT) <= at))
        results = score(
            MODEL,
            contacts=there.lazy(),
            events=whom.events.lazy(),
            at=at,
            memory=held.lazy(),
        ).contacts
        kept |= set(results.filter(pl.col(KEPT))[CONTACT])
        for name in MODEL.triggers:
            for contact, holds in results.select(CONTACT, trigger_column(name)).iter_rows():
                if before.get((contact, name)) is not holds:
                    turns.append((contact, name, at, holds, (contact, name) not in before))
                before[contact, name] = holds
        stages = {f"{HELD_PREFIX}{name}": f"{name}_stage" for name in ("heat", "best", "plain")}
        now = results.select(CONTACT, *(pl.col(old).alias(new) for new, old in stages.items()))
        rest = held.join(now, on=CONTACT, how="anti")
        overrides = held.select(CONTACT, f"{OVERRIDE_PREFIX}heat")
        held = pl.concat([rest, now.join(overrides, on=CONTACT).select(rest.columns)])
    inside = pl.DataFrame(
        [(each, True) for each in sorted(kept)], schema=[CONTACT, KEPT], orient="row"
    )
    walked = pl.DataFrame(
        turns, schema=[CONTACT, "trigger", "at", "holds", "is_first"], orient="row"
    )
    return Walked(results=results, turns=walked, kept=inside)


@settings(max_examples=25)
@given(began=beginnings, happened=happenings)
def test_skipping_what_cannot_have_changed_changes_nothing(
    began: list[tuple[int | None, str | None, float | None]], happened: list[Happened]
) -> None:
    whom = people(began, happened)

    quick, slow = walk(MODEL, whom, QUESTION.steps, lambda: None), plodding(whom)

    without = pl.exclude(NEXT_CHANGE_AT)
    assert_frame_equal(quick.results.select(without), slow.results.select(without))
    assert sorted(quick.turns.rows()) == sorted(slow.turns.rows())
    assert set(quick.kept.filter(pl.col(KEPT))[CONTACT]) == set(slow.kept[CONTACT])


def test_each_step_is_told() -> None:
    told: list[None] = []

    walk(MODEL, people([(None, None, None)] * 4, []), QUESTION.steps, lambda: told.append(None))

    assert len(told) == len(QUESTION.steps)
