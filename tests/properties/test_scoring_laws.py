"""What holds for every model and every history."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from connector.scoring.engine import Scored, score
from connector.scoring.model import Cap, HalfLife, Model
from tests.properties.histories import (
    CONTACTS,
    SPANS,
    Row,
    contacts,
    decays,
    event_rules,
    events,
    instants,
    memories,
    memory_frame,
    models,
    positives,
    sequence_rules,
    spans,
)
from tests.unit.scoring.lab import (
    DAY,
    HOUR,
    TICK,
    a_model,
    a_score,
    an_event_rule,
    contact_frame,
    event_frame,
    rungs,
)

checked = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def answer(
    model: Model,
    people: list[Row],
    stored: list[Row],
    at: datetime,
    memory: dict[int, Row] | None = None,
) -> Scored:
    return score(
        model,
        contacts=contact_frame(people).lazy(),
        events=event_frame(stored).lazy(),
        at=at,
        memory=memory_frame(memory or {}).lazy(),
        explain=True,
    )


_SHIFTS = range(0, 12_000, 10)
"""Enough copies of a few contacts to go beyond what is scored without streams."""


def _copied(frame: pl.DataFrame) -> pl.LazyFrame:
    shifts = pl.DataFrame({"_shift": _SHIFTS}, schema={"_shift": pl.Int64})
    copies = frame.lazy().join(shifts.lazy(), how="cross")
    return copies.with_columns(pl.col("_contact") + pl.col("_shift")).drop("_shift")


def told(result: Scored) -> pl.DataFrame:
    assert result.contributions is not None
    return result.contributions


@checked
@given(data=st.data(), model=models(), at=instants)
def test_the_order_of_input_changes_no_bit(data: st.DataObject, model: Model, at: datetime) -> None:
    people, stored = data.draw(contacts(at)), data.draw(events(at))
    shuffled = data.draw(st.permutations(stored))

    one = answer(model, people, stored, at)
    other = answer(model, people[::-1], list(shuffled), at)

    assert one.contacts.equals(other.contacts)
    assert told(one).equals(told(other))


@checked
@given(data=st.data(), model=models(), at=instants, memory=memories())
def test_all_at_once_equals_one_by_one_bit_for_bit(
    data: st.DataObject, model: Model, at: datetime, memory: dict[int, Row]
) -> None:
    people, stored = data.draw(contacts(at)), data.draw(events(at))

    together = answer(model, people, stored, at, memory)
    alone = [
        answer(
            model,
            [person],
            [event for event in stored if event["_contact"] == person["_contact"]],
            at,
            memory,
        )
        for person in people
    ]

    assert together.contacts.equals(pl.concat([each.contacts for each in alone]))
    assert told(together).equals(pl.concat([told(each) for each in alone]))


@settings(checked, max_examples=10)
@given(data=st.data(), model=models(), at=instants, memory=memories())
def test_thousands_are_scored_as_few_are_bit_for_bit(
    data: st.DataObject, model: Model, at: datetime, memory: dict[int, Row]
) -> None:
    people, stored = data.draw(contacts(at)), data.draw(events(at))
    few = answer(model, people, stored, at, memory)

    many = score(
        model,
        contacts=_copied(contact_frame(people)),
        events=_copied(event_frame(stored)),
        at=at,
        memory=_copied(memory_frame(memory)),
        explain=True,
    )

    for shift in (_SHIFTS[0], _SHIFTS[-1]):
        mine = pl.col("_contact").is_in([shift + each for each in CONTACTS])
        back = pl.col("_contact") - shift
        assert few.contacts.equals(many.contacts.filter(mine).with_columns(back))
        assert told(few).equals(told(many).filter(mine).with_columns(back))


@checked
@given(data=st.data(), model=models(), at=instants)
def test_how_events_are_split_into_batches_changes_no_bit(
    data: st.DataObject, model: Model, at: datetime
) -> None:
    people, stored = data.draw(contacts(at)), data.draw(events(at))
    assume(stored)
    pieces = pl.concat([event_frame([event]) for event in stored], rechunk=False)

    split = score(model, contacts=contact_frame(people).lazy(), events=pieces.lazy(), at=at)

    assert split.contacts.equals(answer(model, people, stored, at).contacts)


@checked
@given(data=st.data(), model=models(), at=instants)
def test_the_entries_of_a_dimension_add_up_to_it(
    data: st.DataObject, model: Model, at: datetime
) -> None:
    result = answer(model, data.draw(contacts(at)), data.draw(events(at)), at)

    for row in result.contacts.iter_rows(named=True):
        own = told(result).filter(_contact=row["_contact"])
        for name, dimension in model.dimensions.items():
            entries = own.filter(dimension=name)["points"].sum()
            assert entries == pytest.approx(row[name], abs=1e-9)
            assert dimension.floor is None or row[name] >= dimension.floor
            assert dimension.cap is None or row[name] <= dimension.cap


@checked
@given(data=st.data(), model=models(), at=instants)
def test_a_group_gives_no_more_than_its_cap(
    data: st.DataObject, model: Model, at: datetime
) -> None:
    result = answer(model, data.draw(contacts(at)), data.draw(events(at)), at)

    for group, cap in model.groups.items():
        members = [name for name, rule in model.rules.items() if rule.group == group]
        of_group = told(result).filter(pl.col("rule").is_in(members))
        sums = of_group.group_by("_contact").agg(pl.col("points").sum())["points"]
        assert all(abs(total) <= abs(cap) + 1e-9 for total in sums)


@checked
@given(data=st.data(), at=instants, cap=st.sampled_from([2.5, -4.0]))
def test_a_rule_gives_no_more_than_its_lifetime_cap(
    data: st.DataObject, at: datetime, cap: float
) -> None:
    rule = data.draw(event_rules(decays))
    rule = replace(rule, cap=Cap(points=cap, per="lifetime"), guard=None, group=None, decay=None)
    model = a_model(replace(rule, dimension="engagement"))

    result = answer(model, data.draw(contacts(at)), data.draw(events(at)), at)

    assert all(abs(value) <= abs(cap) for value in result.contacts["engagement"])


@checked
@given(data=st.data(), at=instants, later=st.timedeltas(TICK, 90 * DAY))
def test_points_of_positive_event_and_sequence_rules_never_grow_with_age(
    data: st.DataObject, at: datetime, later: timedelta
) -> None:
    rising = event_rules(decays, positives, st.none()) | sequence_rules(decays, positives)
    rule = replace(data.draw(rising), guard=None, group=None)
    model = a_model(replace(rule, dimension="engagement"))
    people = data.draw(contacts(at))
    stored = [event for event in data.draw(events(at)) if event["_at"] <= at]

    now, then = (
        answer(model, people, stored, each).contacts["engagement"] for each in (at, at + later)
    )

    assert all(one >= other for one, other in zip(now, then, strict=True))


@checked
@given(data=st.data(), at=instants, span=spans)
def test_one_half_life_halves(data: st.DataObject, at: datetime, span: timedelta) -> None:
    halving = st.just(HalfLife(span=span))
    given = event_rules(halving, unless=st.none()) | sequence_rules(halving)
    rule = replace(data.draw(given), guard=None, group=None)
    model = a_model(replace(rule, dimension="engagement"))
    people = data.draw(contacts(at))
    stored = [event for event in data.draw(events(at)) if event["_at"] <= at]

    now, then = (
        answer(model, people, stored, each).contacts["engagement"] for each in (at, at + span)
    )

    assert list(then) == pytest.approx([value / 2 for value in now], abs=1e-12)


@checked
@given(data=st.data(), model=models(), at=instants, memory=memories())
def test_a_stage_settles_in_one_step(
    data: st.DataObject, model: Model, at: datetime, memory: dict[int, Row]
) -> None:
    people, stored = data.draw(contacts(at)), data.draw(events(at))
    first = answer(model, people, stored, at, memory).contacts
    settled = {
        number: {**memory[number], "_held:lead": stage}
        for number, stage in zip(first["_contact"], first["lead_stage"], strict=True)
    }

    assert answer(model, people, stored, at, settled).contacts.equals(first)


@checked
@given(
    values=st.lists(st.floats(-5, 50), min_size=2, max_size=20),
    held=st.sampled_from([None, "cold", "warm", "hot"]),
    is_up_only=st.booleans(),
)
def test_a_stage_rises_with_the_score(
    values: list[float], held: str | None, is_up_only: bool
) -> None:
    ladder = rungs(("cold", 0.0), ("warm", 20.0, 17.0), ("hot", 40.0, 30.0))
    model = a_model(scores=[a_score(stages=ladder, is_up_only=is_up_only)])
    people = [{"_contact": number} for number in range(len(values))]
    memory = {
        number: {"_held:lead": held, "_override:lead": value}
        for number, value in enumerate(sorted(values))
    }
    result = answer(model, people, [], datetime.fromisoformat("2026-01-01T00:00Z"), memory)

    heights = [["cold", "warm", "hot"].index(stage) for stage in result.contacts["lead_stage"]]

    assert heights == sorted(heights)


def test_one_row_has_the_same_bits_as_a_hundred_thousand() -> None:
    at = datetime.fromisoformat("2026-06-01T12:00Z")
    model = a_model(
        *(
            an_event_rule(points=7.3, name=f"r{i}", decay=HalfLife(span=span), group="g")
            for i, span in enumerate(SPANS)
        ),
        groups={"g": 3.1},
        scores=[a_score()],
    )
    ages = [timedelta(microseconds=7**17 % 10**13 * (i + 1) % 10**13) for i in range(100)]
    stored = [
        {"_contact": number % 100, "_at": at - ages[number % 100], "_id": str(number)}
        | {"platform": "mail", "type": "page.viewed"}
        for number in range(100)
    ]
    frame = event_frame(stored)
    copies = pl.concat(
        [frame.with_columns(pl.col("_contact") + 100 * copy) for copy in range(1000)]
    )
    everybody = pl.DataFrame({"_contact": range(100_000)}).lazy()
    rest = contact_frame([]).lazy()
    people = pl.concat([rest, everybody], how="diagonal")

    many = score(model, contacts=people, events=copies.lazy(), at=at).contacts
    few = [
        answer(model, [{"_contact": n}], stored, at).contacts["_exact:lead"][0] for n in CONTACTS
    ]

    assert [many["_exact:lead"][number] for number in CONTACTS] == few
    assert many.with_columns(pl.col("_contact") % 100).unique().height == 100


@pytest.mark.parametrize("seed", range(3))
def test_chance_in_parallel_sums_changes_no_bit(seed: int) -> None:
    at = datetime.fromisoformat("2026-06-01T12:00Z")
    model = a_model(an_event_rule(points=0.1, decay=HalfLife(span=DAY)), scores=[a_score()])
    stored: list[dict[str, Any]] = [
        {"_contact": 1, "_at": at - number * HOUR / 7, "_id": str(number)}
        | {"platform": "mail", "type": "page.viewed"}
        for number in range(2000)
    ]
    frame = event_frame(stored)

    results = {
        score(
            model,
            contacts=contact_frame([{"_contact": 1}]).lazy(),
            events=frame.sample(fraction=1.0, shuffle=True, seed=seed * 10 + again).lazy(),
            at=at,
        ).contacts["_exact:lead"][0]
        for again in range(5)
    }

    assert len(results) == 1
