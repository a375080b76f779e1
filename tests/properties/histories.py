"""Models and histories for the laws of scoring, full of ties, boundaries and NULLs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from connector.conditions.expression import Expression, Kind
from connector.domain.values import FieldType
from connector.scoring.model import (
    Cap,
    ContentTag,
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
    Side,
    Step,
    Target,
    TargetList,
    Trait,
    Trigger,
    WhenRule,
)
from tests.unit.scoring.lab import DAY, HOUR, TICK, by_name, condition, rungs, where

Row: TypeAlias = dict[str, Any]
Asked: TypeAlias = Mapping[str, Callable[[Mapping[str, Any]], Any]]


def _null(value: Any, then: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - values of any type
    return None if value is None else then(value)


EVENT_CONDITIONS: Asked = {
    "url = '/a'": lambda e: _null(e["url"], lambda url: url == "/a"),
    "amount > 1": lambda e: _null(e["amount"], lambda amount: amount > 1),
    "phase IS NULL": lambda e: e["phase"] is None,
    "kind = 'tagged' OR NOT is_machine": lambda e: e["kind"] == "tagged" or not e["is_machine"],
    "type <> 'email.sent'": lambda e: e["type"] != "email.sent",
}
EVENT_POINTS: Asked = {
    "amount": lambda e: e["amount"],
    "COALESCE(amount, 1) / 3": lambda e: (1.0 if e["amount"] is None else e["amount"]) / 3,
    "4 / amount": lambda e: _null(e["amount"], lambda amount: 4 / amount if amount else None),
}
TRAIT_KINDS = {"visits": Kind.NUMBER, "spent": Kind.NUMBER, "did": Kind.BOOLEAN, "fav": Kind.TEXT}
GUARDS: Asked = {
    "country = 'FR'": lambda c: _null(c["country"], lambda country: country == "FR"),
    "visits >= 2": lambda c: c["visits"] >= 2,
    "did AND spent < 3.3": lambda c: c["did"] and c["spent"] < 3.3,
    "fav <> '/b'": lambda c: _null(c["fav"], lambda fav: fav != "/b"),
}
RESULT_KINDS = TRAIT_KINDS | {"engagement": Kind.NUMBER, "fit": Kind.NUMBER}
POPULATIONS: Asked = {
    **GUARDS,
    "engagement > 1.37": lambda c: c["engagement"] > 1.37,
}
FORMULAS: Asked = {
    "engagement - fit / 3": lambda d: d["engagement"] - d["fit"] / 3,
    "LEAST(engagement, 5)": lambda d: min(d["engagement"], 5.0),
    "CASE WHEN fit > 0.37 THEN 7 / fit ELSE fit / 0 END": lambda d: (
        7 / d["fit"] if d["fit"] > 0.37 else None
    ),
}
WISHES: Asked = {
    **POPULATIONS,
    "lead >= 3": lambda c: _null(c["lead"], lambda lead: lead >= 3),
    "lead_stage = 'hot'": lambda c: _null(c["lead_stage"], lambda stage: stage == "hot"),
}
MEANING: Asked = {**EVENT_CONDITIONS, **EVENT_POINTS, **FORMULAS, **WISHES}

_wheres = st.sampled_from([where(text) for text in EVENT_CONDITIONS])
_points = st.sampled_from([where(text, Kind.NUMBER) for text in EVENT_POINTS])
_guards = st.sampled_from([condition(text, **TRAIT_KINDS) for text in GUARDS])
_populations = st.sampled_from([condition(text, **RESULT_KINDS) for text in POPULATIONS])
_formulas = st.sampled_from([condition(text, Kind.NUMBER, **RESULT_KINDS) for text in FORMULAS])
_wishes = st.sampled_from(
    [condition(text, lead=Kind.NUMBER, lead_stage=Kind.TEXT, **RESULT_KINDS) for text in WISHES]
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
_dimensions = st.sampled_from(["engagement", "fit"])
_groups = st.none() | st.sampled_from(["g", "h"])


def event_rules(
    decay: st.SearchStrategy[Decay | None],
    points: st.SearchStrategy[float | Expression] = numbers | _points,
) -> st.SearchStrategy[EventRule]:
    return st.builds(
        EventRule,
        name=st.just("rule"),
        dimension=_dimensions,
        group=_groups,
        guard=st.none() | st.none() | _guards,
        match=matchers,
        points=points,
        decay=decay,
        once_per=st.none() | st.sampled_from(["url", "amount"]),
        cap=st.none() | caps,
    )


def rules(decay: st.SearchStrategy[Decay | None]) -> st.SearchStrategy[Rule]:
    common = {"name": st.just("rule"), "dimension": _dimensions, "group": _groups}
    return st.one_of(
        event_rules(decay),
        event_rules(decay),
        event_rules(decay),
        st.builds(
            InactiveRule,
            guard=st.none() | st.none() | _guards,
            silence=spans,
            points=numbers,
            match=st.none() | matchers,
            **common,
        ),
        st.builds(
            WhenRule, guard=st.none() | st.none() | _guards, when=_guards, points=numbers, **common
        ),
    )


def _renamed(rules: list[Rule]) -> dict[str, Rule]:
    return {f"r{i}": replace(rule, name=f"r{i}") for i, rule in enumerate(rules)}


_withins = st.none() | spans
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
