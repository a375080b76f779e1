"""Models and histories for the laws of scoring, full of ties, boundaries and NULLs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import strategies as st

from connector.conditions.expression import Expression, Kind
from connector.domain.values import FieldType
from connector.scoring.model import (
    Cap,
    ContentTag,
    CountRule,
    Decay,
    Dimension,
    EventRule,
    Expires,
    Grade,
    HalfLife,
    InactiveRule,
    Linear,
    Matcher,
    Model,
    Rule,
    Score,
    SequenceRule,
    Side,
    Step,
    Target,
    TargetList,
    Trait,
    Trigger,
    Unless,
    WhenRule,
)
from tests.unit.scoring.lab import DAY, HOUR, TICK, by_name, condition, rungs, where

Row: TypeAlias = dict[str, Any]

_EVENT_CONDITIONS = (
    "url = '/a'",
    "amount > 1",
    "phase IS NULL",
    "kind = 'tagged' OR NOT is_machine",
    "type <> 'email.sent'",
)
_EVENT_POINTS = ("amount", "COALESCE(amount, 1) / 3", "4 / amount")
_GUARDS = ("country = 'FR'", "visits >= 2", "did AND spent < 3.3", "fav <> '/b'")
_POPULATIONS = (*_GUARDS, "engagement > 1.37")
_FORMULAS = (
    "engagement - fit / 3",
    "LEAST(engagement, 5)",
    "CASE WHEN fit > 0.37 THEN 7 / fit ELSE fit / 0 END",
)
_WISHES = (*_POPULATIONS, "lead >= 3", "lead_stage = 'hot'")
_TRAIT_KINDS = {"visits": Kind.NUMBER, "spent": Kind.NUMBER, "did": Kind.BOOLEAN, "fav": Kind.TEXT}
RESULT_KINDS = _TRAIT_KINDS | {"engagement": Kind.NUMBER, "fit": Kind.NUMBER}

_wheres = st.sampled_from([where(text) for text in _EVENT_CONDITIONS])
_points = st.sampled_from([where(text, Kind.NUMBER) for text in _EVENT_POINTS])
_guards = st.sampled_from([condition(text, **_TRAIT_KINDS) for text in _GUARDS])
_populations = st.sampled_from([condition(text, **RESULT_KINDS) for text in _POPULATIONS])
_formulas = st.sampled_from([condition(text, Kind.NUMBER, **RESULT_KINDS) for text in _FORMULAS])
_wishes = st.sampled_from(
    [condition(text, lead=Kind.NUMBER, lead_stage=Kind.TEXT, **RESULT_KINDS) for text in _WISHES]
)

SPANS = [HOUR, DAY, 2 * DAY, 30 * DAY]
spans = st.sampled_from(SPANS)
numbers = st.sampled_from([-20.0, -3.0, -0.5, 0.0, 0.1, 1.0, 2.5, 10.0, 1 / 3])
positives = st.sampled_from([0.1, 1.0, 2.5, 10.0, 1 / 3])
zones = st.sampled_from([ZoneInfo(name) for name in ("Europe/Paris", "Asia/Kolkata", "UTC")])
instants = st.sampled_from(
    [
        datetime(2026, 6, 1, 12, tzinfo=UTC),
        datetime(2026, 5, 31, 22, 0, tzinfo=UTC),  # a month and a week begin in Paris
        datetime(2025, 10, 26, 2, 30, tzinfo=UTC),
        datetime(2026, 3, 30, 0, 15, tzinfo=UTC),
    ]
)
_sharp = st.builds(
    lambda span, times, shift: max(span * times + shift * TICK, timedelta(0)),
    spans,
    st.integers(0, 2),
    st.sampled_from([0, 0, 1, -1]),
)
ages = st.one_of(
    _sharp, _sharp, st.timedeltas(timedelta(0), 2 * DAY), st.timedeltas(timedelta(0), 90 * DAY)
)
patterns = st.sampled_from(["page.viewed", "email.*", "*", "*"])
matchers = st.builds(Matcher, pattern=patterns, where=st.none() | st.none() | _wheres)

decays: st.SearchStrategy[Decay | None] = st.one_of(
    st.none(),
    st.builds(HalfLife, span=spans),
    st.builds(Linear, span=spans),
    st.builds(Expires, span=spans),
    st.builds(Step, every=spans, keep=st.sampled_from([0.0, 0.5, 0.9, 1.0])),
)
caps = st.builds(
    Cap,
    points=st.sampled_from([1.0, 2.5, -5.0]),
    per=st.sampled_from(["hour", "day", "week", "month", "lifetime"]),
)
_shared = {
    "name": st.just("rule"),
    "dimension": st.sampled_from(["engagement", "fit"]),
    "group": st.none() | st.sampled_from(["g", "h"]),
    "guard": st.none() | st.none() | _guards,
}
_sames = st.none() | st.sampled_from(["url", "amount"])
_withins = st.none() | spans
unlesses = st.builds(
    Unless, match=matchers, same=_sames, after=st.sampled_from([timedelta(0), HOUR, DAY])
)


def event_rules(
    decay: st.SearchStrategy[Decay | None],
    points: st.SearchStrategy[float | Expression] = numbers | _points,
    unless: st.SearchStrategy[Unless | None] = st.none() | st.none() | unlesses,  # noqa: B008 - a strategy is a value
) -> st.SearchStrategy[EventRule]:
    return st.builds(
        EventRule,
        match=matchers,
        points=points,
        decay=decay,
        once_per=_sames,
        unless=unless,
        cap=st.none() | caps,
        **_shared,
    )


def sequence_rules(
    decay: st.SearchStrategy[Decay | None], points: st.SearchStrategy[float] = numbers
) -> st.SearchStrategy[SequenceRule]:
    return st.builds(
        SequenceRule,
        steps=st.tuples(matchers, matchers) | st.tuples(matchers, matchers, matchers),
        points=points,
        decay=decay,
        same=_sames,
        within=_withins,
        award=st.sampled_from(["once", "each"]),
        **_shared,
    )


def count_rules(decay: st.SearchStrategy[Decay | None]) -> st.SearchStrategy[CountRule]:
    common = {"match": matchers, "at_least": st.integers(1, 3), "points": numbers} | _shared
    distinct = st.none() | st.sampled_from(["day", "url"])
    return st.one_of(
        st.builds(CountRule, within=_withins, distinct=distinct, **common),
        st.builds(CountRule, within=_withins, same=_sames, **common),
        st.builds(
            CountRule,
            within=_withins,
            distinct=distinct,
            award=st.just("once"),
            decay=decay,
            **common,
        ),
        st.builds(
            CountRule, within=_withins, same=_sames, award=st.just("once"), decay=decay, **common
        ),
    )


_inactive_rules = st.builds(
    InactiveRule,
    silence=spans,
    points=numbers,
    match=st.none() | matchers,
    repeat=_withins,
    **_shared,
)


def rules(decay: st.SearchStrategy[Decay | None]) -> st.SearchStrategy[Rule]:
    return st.one_of(
        event_rules(decay),
        event_rules(decay),
        sequence_rules(decay),
        count_rules(decay),
        _inactive_rules,
        st.builds(WhenRule, when=_guards, points=numbers, **_shared),
    )


def _renamed(rules: list[Rule]) -> dict[str, Rule]:
    return {f"r{i}": replace(rule, name=f"r{i}") for i, rule in enumerate(rules)}


_TRAITS = {
    "visits": ("count", None, FieldType.NUMBER),
    "spent": ("sum", "amount", FieldType.NUMBER),
    "did": ("has", None, FieldType.BOOLEAN),
    "fav": ("mode", "url", FieldType.TEXT),
    "mean": ("avg", "amount", FieldType.NUMBER),
    "least": ("min", "amount", FieldType.NUMBER),
    "most": ("max", "amount", FieldType.NUMBER),
    "opening": ("first", "url", FieldType.TEXT),
    "closing": ("last", "amount", FieldType.NUMBER),
    "met_at": ("first", None, FieldType.DATETIME),
    "seen_at": ("last", None, FieldType.DATETIME),
    "active": ("days", None, FieldType.NUMBER),
    "quiet": ("days_since", None, FieldType.NUMBER),
}


@st.composite
def _traits(draw: st.DrawFn) -> dict[str, Trait]:
    return by_name(
        Trait(
            name=name,
            measure=measure,  # type: ignore[arg-type]
            match=draw(matchers),
            column=column,
            within=draw(_withins),
            type=kind,
        )
        for name, (measure, column, kind) in _TRAITS.items()
    )


_ladder = rungs(("cold", 0.0), ("warm", 2.0, 1.0), ("hot", 5.0, 2.5))
_scores = st.builds(
    Score,
    name=st.just("lead"),
    formula=st.none() | _formulas,
    low=st.none() | st.just(0.0),
    high=st.none() | st.just(8.0),
    digits=st.sampled_from([0, 1, 9]),
    population=st.none() | _populations,
    stages=st.just(_ladder),
    is_up_only=st.booleans(),
)
_content = st.builds(
    ContentTag,
    match=_wheres,
    phase=st.none() | st.just("tagged"),
    kind=st.none() | st.just("tagged"),
)
_bands = (("A", 5.0), ("B", 1.0), ("C", 0.0))


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Draw a model of all kinds of rule."""
    limits = st.none() | st.sampled_from([2.0, 4.5])
    wishes = [draw(_wishes) for _ in range(3)]
    columns = Side(of="lead", bands=_bands)
    return Model(
        timezone=draw(zones),
        digest="test",
        attributes={"country": FieldType.TEXT, "age": FieldType.NUMBER, "email": FieldType.EMAIL},
        properties={"price": FieldType.NUMBER, "sku": FieldType.TEXT},
        lists=frozenset({("crm", "VIP")}),
        rename=draw(st.sampled_from([{}, {"crm": {"email.sent": "page.viewed"}}])),
        content=tuple(draw(st.lists(_content, max_size=2))),
        ignore=draw(st.none() | st.none() | st.none() | _wheres),
        dimensions=by_name(
            Dimension(name=name, floor=draw(st.none() | st.just(-2.0)), cap=draw(limits))
            for name in ("engagement", "fit")
        ),
        groups={"g": 3.0, "h": -1.5},
        traits=draw(_traits()),
        rules=_renamed(draw(st.lists(rules(decays), min_size=2, max_size=6))),
        scores=by_name([draw(_scores)]),
        grades=by_name([Grade(name="cell", rows=Side(of="fit", bands=_bands), columns=columns)]),
        targets={
            "crm": Target(
                platform="crm",
                lists=(TargetList(name="L", when=wishes[0]),),
                tags={"t": wishes[1]},
            )
        },
        triggers=by_name([Trigger(name="call", when=wishes[2], deeds=())]),
        keep_events=draw(st.none() | st.just(30 * DAY)),
    )


CONTACTS = (1, 2)


@st.composite
def events(draw: st.DrawFn, at: datetime, ages: st.SearchStrategy[timedelta] = ages) -> list[Row]:
    """Draw stored events around `at`, some yet to come, some of nobody we know."""
    drawn = draw(st.lists(st.tuples(ages, st.sampled_from("bé~Z")), min_size=16, max_size=40))
    return [
        {
            "_contact": draw(st.sampled_from((1, 1, 2, 9))),
            "_at": at - age * draw(st.sampled_from([1, 1, 1, 1, 1, 1, -1])),
            "_id": f"{letter}{place}",
            "type": draw(
                st.sampled_from(
                    ["page.viewed", "page.viewed", "email.opened", "email.sent", "custom.x"]
                )
            ),
            "platform": draw(st.sampled_from(["mail", "crm"])),
            "url": draw(st.sampled_from([None, "/a", "/b"])),
            "amount": draw(st.sampled_from([None, 0.0, 0.1, 1.0, 2.5, -3.0])),
            "phase": draw(st.sampled_from([None, "own"])),
            "is_machine": draw(st.sampled_from([None, False, True])),
        }
        for place, (age, letter) in enumerate(drawn)
    ]


@st.composite
def contacts(draw: st.DrawFn, at: datetime) -> list[Row]:
    return [
        {
            "_contact": number,
            "_created_at": draw(st.none() | ages.map(lambda age: at - age)),
            "country": draw(st.sampled_from([None, "FR", "DE"])),
        }
        for number in CONTACTS
    ]


@st.composite
def memories(draw: st.DrawFn) -> dict[int, Row]:
    return {
        number: {
            "_held:lead": draw(st.sampled_from([None, "cold", "warm", "hot", "gone"])),
            "_override:lead": draw(st.sampled_from([None, None, None, 4.5, -1.0])),
        }
        for number in CONTACTS
    }


def memory_frame(memory: Mapping[int, Row]) -> pl.DataFrame:
    """Return what was decided before, as the engine is told."""
    schema = {"_contact": pl.Int64, "_held:lead": pl.String, "_override:lead": pl.Float64}
    return pl.DataFrame(
        [{"_contact": number, **row} for number, row in memory.items()], schema=schema
    )
