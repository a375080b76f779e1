"""Whole documents: the events, rules, traits, scores, grades and targets of one small model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from tests.reference.drawing import is_rare, pick, some_of
from tests.reference.drawn_conditions import Seen, a_condition, a_formula, local_noon
from tests.reference.drawn_rules import a_rule, decays, event_conditions, patterns, spans
from tests.reference.drawn_times import Times
from tests.reference.history import Document
from tests.reference.results import DEFAULT_SCORES

ATTRIBUTES: Mapping[str, Any] = {
    "country": {"type": "text", "crm": "country"},
    "age": {"type": "number", "crm": "age"},
    "is_customer": {"type": "boolean", "crm": "customer"},
}
FACTS: Seen = {"country": ("FR", "DE"), "age": (18.0, 40.0), "is_customer": (True,)}

_GROUPS = {"g": {"cap": 3}, "h": {"cap": -1.5}}
# Values that sums of drawn points do not meet but for a bit of rounding.
_UNROUNDED = (-0.63, 1.37, 3.91)
_ROUNDED = (0.0, 2.0, 5.0)
_RENAMES = (
    {"crm": {"foo": "page.viewed"}},
    {"mail": {"email.sent": "email.opened"}, "crm": {"email.opened": "custom.foo"}},
)
_LADDERS = (
    [
        {"name": "cold", "from": 0},
        {"name": "warm", "from": 2, "leave_below": -1},
        {"name": "hot", "from": 5, "leave_below": 1},
    ],
    [{"name": "cold", "from": -4}, {"name": "hot", "from": 0.5, "leave_below": -2}],
    [{"name": "warm", "from": 1}, {"name": "hot", "from": 3}],
)
_ROWS = ({"A": 3, "B": 1, "C": 0}, {"B": -2, "A": 2.5}, {"A": 0.1})
_COLUMNS = ({"1": 5, "2": 1, "3": 0}, {"2": -2, "1": 2.5})
_BEGINNING: Mapping[str, Any] = {
    "version": 1,
    "platforms": {"crm": {"adapter": "memory"}, "mail": {"adapter": "memory"}},
    "attributes": ATTRIBUTES,
}


_NOONS: Sequence[Any] = ()
TRAITS: Mapping[str, tuple[str, str | None, Sequence[Any]]] = {
    "visits": ("count", None, (1.0, 2.0, 3.0)),
    "spent": ("sum", "amount", _UNROUNDED),
    "least": ("min", "amount", (0.0, 0.1, 2.5)),
    "greatest": ("max", "amount", (0.0, 0.1, 2.5)),
    "mean": ("avg", "amount", _UNROUNDED),
    "opening": ("first", "url", ("/a", "/b")),
    "closing": ("last", "amount", (0.0, 0.1, 2.5)),
    "met_at": ("first", None, _NOONS),
    "seen_at": ("last", None, _NOONS),
    "favourite": ("mode", "url", ("/a", "/b")),
    "usual": ("mode", "amount", (0.0, 0.1, 2.5)),
    "active": ("days", None, (1.0, 2.0, 3.0)),
    "quiet": ("days_since", None, (0.9, 2.1)),
    "did": ("has", None, (True,)),
}
"""Measure, column, and values worth comparing with; instants are those of the case."""


@st.composite
def documents(draw: st.DrawFn, times: Times, kinds: Sequence[str]) -> Document:
    """Draw a document whose rules are of `kinds`."""
    dimensions = pick(draw, _DIMENSIONS)
    traits = draw(_traits)
    noons = [local_noon(each, times.zone) for each in (times.at, times.instants[0])]
    facts = {**FACTS, **{name: TRAITS[name][2] or noons for name in traits}}
    sums = dict.fromkeys(dimensions or ("engagement",), _UNROUNDED)
    scores = _some_scores(draw, facts | sums, tuple(sums))
    graded = (*sums, *(scores or DEFAULT_SCORES))
    model = {
        "timezone": times.zone.key,
        "groups": _GROUPS,
        "dimensions": {name: some_of(draw, _DIMENSION_KEYS) for name in dimensions},
        "traits": {name: _a_trait(draw, *TRAITS[name][:2]) for name in traits},
        "rules": {
            f"r{place}": a_rule(
                draw, pick(draw, kinds), dimensions=dimensions, groups=tuple(_GROUPS), facts=facts
            )
            for place in range(pick(draw, (2, 3, 1, 4)))
        },
        "scores": scores,
        "grades": {"cell": _a_grade(draw, graded)} if pick(draw, (False, True)) else {},
        **({"decay": draw(decays)} if pick(draw, (False, True)) else {}),
    }
    model = {name: section for name, section in model.items() if section}
    wishes = _some_wishes(draw, {**facts, **sums, **_seen_results(model)})
    return {**_BEGINNING, **_surroundings(draw), "model": model, **wishes}


_traits = st.lists(st.sampled_from(tuple(TRAITS)), max_size=4, unique=True)
_DIMENSIONS: Sequence[tuple[str, ...]] = (
    *((), ("engagement",), ("engagement", "fit"), ("fit", "engagement")),
    ("engagement", "fit", "loyalty"),
)
_DIMENSION_KEYS = {
    "floor": st.sampled_from((-1, 0)),
    "cap": st.sampled_from((4.5, 2)),
    "decay": decays,
}
_TRAIT_KEYS = {"where": event_conditions, "within": spans}


def _surroundings(draw: st.DrawFn) -> dict[str, Any]:
    """Return what is said of contacts and events beside the model."""
    events: dict[str, Any] = {"properties": {"price": "number", "sku": "text"}}
    if is_rare(draw):
        events["rename"] = pick(draw, _RENAMES)
    if is_rare(draw) and is_rare(draw):
        events["ignore"] = draw(event_conditions)
    exclude = is_rare(draw) and is_rare(draw)
    return {
        "contacts": {"exclude": a_condition(draw, FACTS)} if exclude else {},
        "events": events,
        "content": [_a_tag(draw) for _ in range(pick(draw, (0, 0, 1, 2)))],
    }


def _a_tag(draw: st.DrawFn) -> dict[str, Any]:
    tags = pick(draw, (("phase",), ("kind",), ("phase", "kind")))
    return {"match": draw(event_conditions), **dict.fromkeys(tags, "tagged")}


def _a_trait(draw: st.DrawFn, measure: str, column: str | None) -> dict[str, Any]:
    over = {measure: column, "of": draw(patterns)} if column else {measure: draw(patterns)}
    return {**over, **some_of(draw, _TRAIT_KEYS)}


def _some_scores(draw: st.DrawFn, seen: Seen, dimensions: Sequence[str]) -> dict[str, Any]:
    names = pick(draw, (("lead",), (), ("lead",), ("lead", "ambassador")))
    return {name: _a_score(draw, seen, dimensions) for name in names}


def _a_score(draw: st.DrawFn, seen: Seen, dimensions: Sequence[str]) -> dict[str, Any]:
    score = some_of(draw, _SCORE_KEYS)
    if pick(draw, (False, True)):
        score["formula"] = a_formula(draw, dimensions)
    if is_rare(draw):
        score["population"] = a_condition(draw, seen)
    if pick(draw, (False, True, True)):
        score["stages"] = pick(draw, _LADDERS)
        score |= pick(draw, ({}, {"direction": "both"}, {"direction": "up_only"}))
    return score


_SCORE_KEYS = {
    "range": st.sampled_from(([0, 8], [-2.5, 3.5])),
    "round": st.sampled_from((0, 1, 2, 9)),
}


def _a_grade(draw: st.DrawFn, graded: Sequence[str]) -> dict[str, Any]:
    return {
        "rows": {"of": pick(draw, graded), **pick(draw, _ROWS)},
        "columns": {"of": pick(draw, graded), **pick(draw, _COLUMNS)},
    }


def _seen_results(model: Mapping[str, Any]) -> dict[str, Sequence[Any]]:
    scores = model.get("scores") or DEFAULT_SCORES
    stages = [f"{name}_stage" for name, score in scores.items() if "stages" in score]
    return {
        **dict.fromkeys(scores, _ROUNDED),
        **dict.fromkeys(stages, ("cold", "warm", "hot")),
        **dict.fromkeys(model.get("grades", {}), ("A1", "A2", "B1", "C3")),
    }


def _some_wishes(draw: st.DrawFn, seen: Seen) -> dict[str, Any]:
    if pick(draw, (True, False)):
        return {}
    vip, best, tag, call = (a_condition(draw, seen, with_lists=True) for _ in range(4))
    return {
        "targets": {
            "crm": {"lists": {"VIP": {"when": vip}}, "tags": {"keen": tag}},
            "mail": {"lists": {"Best": {"when": best}}},
        },
        "triggers": {"call": {"when": call, "do": [{"notify": "SALES"}]}},
    }
