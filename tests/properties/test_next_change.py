"""Nothing that anybody sees changes without an event before the announced instant."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.conditions.expression import Kind
from connector.domain.frames import CONTACT, NEXT_CHANGE_AT
from connector.domain.rounding import round_half_away
from connector.domain.values import FieldType
from connector.scoring.engine import score
from connector.scoring.model import (
    CountRule,
    EventRule,
    HalfLife,
    Linear,
    Model,
    Rule,
    SequenceRule,
    Target,
    TargetAttribute,
    TargetList,
    Trigger,
    Unless,
    WhenRule,
)
from tests.properties.histories import (
    CONTACTS,
    RESULT_KINDS,
    Row,
    contacts,
    decays,
    events,
    instants,
    matchers,
    memories,
    memory_frame,
    models,
    numbers,
    spans,
)
from tests.unit.scoring.lab import (
    DAY,
    NOW,
    TICK,
    a_contact,
    a_model,
    a_score,
    an_event,
    an_event_rule,
    by_name,
    condition,
    contact_frame,
    event_frame,
)

_KINDS = RESULT_KINDS | {"quiet": Kind.NUMBER, "lead": Kind.NUMBER, "lead_stage": Kind.TEXT}
_CONDITIONS = [
    condition(text, **_KINDS)
    for text in (
        "engagement >= 2",
        "quiet > 2.5",
        "quiet BETWEEN 1 AND 40 AND engagement > 0.5",
        "ABS(engagement) >= 1.37 OR fit < 0",
        "engagement * fit > 3",
        "NULLIF(quiet, 0) / engagement > 1",
        "COALESCE(quiet, -1) < 3",
        "CASE WHEN engagement > 2 THEN fit ELSE quiet END >= 1",
        "FLOOR(quiet) IN (1, 2, 30)",
        "LEAST(engagement, fit) > 0",
        "CAST(engagement AS INTEGER) = 2 OR ROUND(fit, 1) = 0.3",
        "country = 'FR' AND engagement >= 2",
        "lead >= 3 AND fit < 2.5",
        "quiet IS NULL OR NOT engagement <= 1",
        "lead_stage = 'hot' OR quiet % 2 > 1",
    )
]
_GUARDS = [condition(text, **_KINDS) for text in ("quiet > 2", "quiet < 1 OR visits >= 2")]
_FORMULAS = [
    condition(text, Kind.NUMBER, **_KINDS)
    for text in (
        "engagement * 2 - fit",
        "100 * engagement / (10 + ABS(engagement))",
        "LEAST(engagement, 5) + GREATEST(fit, 0)",
        "engagement * fit",
        "CASE WHEN fit > 0.37 THEN engagement ELSE 1 / fit END",
    )
]
_shared = {
    "name": st.just("rule"),
    "dimension": st.sampled_from(["engagement", "fit"]),
    "group": st.none() | st.sampled_from(["g", "h"]),
    "guard": st.none() | st.none() | st.sampled_from(_GUARDS),
}
_unlesses = st.builds(
    Unless,
    match=matchers,
    same=st.none() | st.just("url"),
    after=st.sampled_from([timedelta(0), DAY]),
)
_rules: st.SearchStrategy[Rule] = st.one_of(
    st.builds(EventRule, match=matchers, points=numbers, decay=decays, unless=_unlesses, **_shared),
    st.builds(
        EventRule, match=matchers, points=numbers, decay=st.builds(HalfLife, span=spans), **_shared
    ),
    st.builds(
        EventRule, match=matchers, points=numbers, decay=st.builds(Linear, span=spans), **_shared
    ),
    st.builds(
        SequenceRule,
        steps=st.tuples(matchers, matchers),
        points=numbers,
        decay=decays,
        same=st.none() | st.just("url"),
        within=st.none() | spans,
        award=st.sampled_from(["once", "each"]),
        **_shared,
    ),
    st.builds(
        CountRule,
        match=matchers,
        at_least=st.integers(1, 3),
        points=numbers,
        within=st.none() | spans,
        distinct=st.none() | st.sampled_from(["day", "url"]),
        **_shared,
    ),
    st.builds(
        CountRule,
        match=matchers,
        at_least=st.integers(1, 3),
        points=numbers,
        within=st.none() | spans,
        same=st.none() | st.just("url"),
        award=st.just("once"),
        decay=decays,
        **_shared,
    ),
    st.builds(WhenRule, when=st.sampled_from(_GUARDS), points=numbers, **_shared),
)


@st.composite
def moving_models(draw: st.DrawFn) -> Model:
    """Draw a model of which much moves, seen by conditions, formulas and platforms."""
    model = draw(models())
    added = draw(st.lists(_rules, min_size=1, max_size=3))
    rules = {f"m{place}": replace(rule, name=f"m{place}") for place, rule in enumerate(added)}
    wishes = draw(st.lists(st.sampled_from(_CONDITIONS), min_size=1, max_size=3))
    shown = draw(st.none() | st.sampled_from(["engagement", "fit", "quiet"]))
    attributes = [
        TargetAttribute(field=name, source=name, type=FieldType.NUMBER, digits=2)
        for name in (shown,)
        if name
    ]
    target = Target(
        platform="mail",
        attributes=tuple(attributes),
        lists=(TargetList(name="L", when=wishes[0]),),
        tags={"t": wishes[-1]},
    )
    lead = model.scores["lead"]
    formula = draw(st.just(lead.formula) | st.sampled_from(_FORMULAS))
    population = draw(st.just(lead.population) | st.sampled_from(_CONDITIONS[:5]))
    return replace(
        model,
        rules={**model.rules, **rules},
        scores=by_name([replace(lead, formula=formula, population=population)]),
        targets={**model.targets, "mail": target},
        triggers=by_name([Trigger(name="call", when=wishes[len(wishes) // 2], deeds=())]),
    )


FAR = timedelta(days=400)


def seen(model: Model, row: Row) -> Row:
    """Return what somebody sees of a contact: all that must not change unannounced."""
    names = [
        *model.scores,
        *(f"{name}_stage" for name, each in model.scores.items() if each.stages),
        *model.grades,
        *(name for name in row if name.startswith(("_list:", "_tag:", "_trigger:"))),
    ]
    shown = {
        each.source: (each.digits, row[each.source])
        for target in model.targets.values()
        for each in target.attributes
        if each.digits is not None and each.source not in model.scores
    }
    rounded = {
        f"{name} as shown": None if value is None else round_half_away(value, digits or 0)
        for name, (digits, value) in shown.items()
    }
    return {name: row[name] for name in names} | rounded


def outcome(
    model: Model, people: list[Row], stored: list[Row], at: datetime, memory: dict[int, Row]
) -> Row:
    """Return what the engine says of the one contact of `people`."""
    result = score(
        model,
        contacts=contact_frame(people).lazy(),
        events=event_frame(stored).lazy(),
        at=at,
        memory=memory_frame(memory).lazy(),
    )
    return result.contacts.row(0, named=True)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    data=st.data(),
    model=moving_models(),
    at=instants,
    memory=memories(),
    number=st.sampled_from(CONTACTS),
)
def test_nothing_changes_before_it_is_announced(
    data: st.DataObject,
    model: Model,
    at: datetime,
    memory: dict[int, Row],
    number: int,
) -> None:
    people = [each for each in data.draw(contacts(at)) if each[CONTACT] == number]
    stored = data.draw(events(at))
    row = outcome(model, people, stored, at, memory)
    announced = row[NEXT_CHANGE_AT]
    assert announced is None or announced > at
    held = {number: memory[number] | {"_held:lead": row["lead_stage"]}}
    quiet = (at + FAR if announced is None else announced - TICK) - at

    for share in (1.0, *data.draw(st.lists(st.floats(0.0, 1.0), max_size=2))):
        then = outcome(model, people, stored, at + quiet * share, held)
        assert seen(model, then) == seen(model, row), (at + quiet * share, announced)


@settings(max_examples=40, deadline=None)
@given(
    ages=st.lists(st.timedeltas(timedelta(0), 90 * DAY), min_size=1, max_size=5),
    span=spans,
    points=numbers.filter(bool),
    digits=st.integers(0, 2),
    threshold=st.sampled_from([-2.0, 0.37, 1.0]),
)
def test_what_only_cools_changes_where_it_is_announced(
    ages: list[timedelta], span: timedelta, points: float, digits: int, threshold: float
) -> None:
    when = condition(f"engagement >= {threshold}", **_KINDS)
    model = a_model(
        an_event_rule(points=points, decay=HalfLife(span=span)),
        scores=[a_score(digits=digits)],
        triggers=by_name([Trigger(name="call", when=when, deeds=())]),
    )
    people, stored = [a_contact()], [an_event(ago=ago) for ago in ages]
    memory = {1: {"_held:lead": None, "_override:lead": None}}
    row = outcome(model, people, stored, NOW, memory)
    announced = row[NEXT_CHANGE_AT]

    if announced is None:
        assert row["lead"] == 0.0
        assert row["_trigger:call"] is (threshold <= 0.0)
    else:
        late = announced + 2 * TICK + span * 1e-11
        assert seen(model, outcome(model, people, stored, late, memory)) != seen(model, row)
