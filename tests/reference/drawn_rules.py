"""Rules of every kind, drawn as a mappings folder would say them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from tests.reference.drawing import is_rare, pick, some_of
from tests.reference.drawn_conditions import Seen, a_condition, sql_points
from tests.reference.drawn_times import LONG_SPANS, SPANS
from tests.reference.sql import Sql

TYPES = (
    *("page.viewed", "email.opened", "email.clicked", "order.placed", "email.sent", "custom.foo"),
)
EVENT_SEEN: Seen = {
    "url": ("/a", "/b", "/A"),
    "message_id": ("m1", "m2"),
    "amount": (0.0, 0.1, 2.5, -3.0),
    "quantity": (0.0, 1.0, 2.0),
    "type": TYPES,
    "platform": ("crm", "mail"),
    "phase": ("own", "tagged"),
    "kind": ("own", "tagged"),
    "is_machine": (True,),
    "price": (1.0, 2.5),
    "sku": ("s1", "s2"),
}
KINDS = ("event", "sequence", "count", "inactive", "when")
CALENDAR = ("capped", "days")
"""Event and count rules that look at the calendar, and at little else."""

_PATTERNS = ("page.viewed", "email.opened", *TYPES, "email.*", "email.*", "*", "*")
_POINTS = (1, 2.5, -3, 4, 1, -0.5, 10, 1 / 3, -1, 0.1, -20, 0)
_SHARED = ("url", "message_id", "amount")
_CAPS = tuple(
    {"points": points, "per": per}
    for points in (1, 2.5, -5)
    for per in ("hour", "day", "day", "week", "month", "lifetime")
)

spans = st.sampled_from(SPANS)
patterns = st.sampled_from(_PATTERNS)
decays: st.SearchStrategy[Mapping[str, Any] | str] = st.sampled_from(
    [
        "none",
        *({kind: each} for each in LONG_SPANS for kind in ("half_life", "linear", "expires") * 2),
        *({"step": {"every": each, "keep": keep}} for each in LONG_SPANS for keep in (0.5, 0.9)),
        *({"step": {"every": each, "keep": keep}} for each in LONG_SPANS for keep in (0, 1)),
    ]
)
_caps = st.sampled_from(_CAPS)
_shared = st.sampled_from(_SHARED)


@st.composite
def _over_events(draw: st.DrawFn) -> Sql:
    return a_condition(draw, EVENT_SEEN)


event_conditions = _over_events()
"""Conditions over the columns of an event."""


def a_rule(
    draw: st.DrawFn, kind: str, *, dimensions: Sequence[str], groups: Sequence[str], facts: Seen
) -> dict[str, Any]:
    """Return a rule of `kind`; its guard sees `facts`."""
    rule = {**draw(_OF_KIND[kind]), "points": pick(draw, _POINTS)}
    if kind in ("event", "capped") and pick(draw, (False, False, True)):
        rule["points"] = sql_points(draw, EVENT_SEEN)
    if kind == "when" or is_rare(draw):
        rule["when"] = a_condition(draw, facts)
    if _has_events(kind, rule) and (kind == "inactive" or is_rare(draw)):
        rule["where"] = draw(event_conditions)
    if pick(draw, (False, False, True)):
        rule["group"] = pick(draw, groups)
    dimension = pick(draw, (None, *dimensions))
    return rule | ({"dimension": dimension} if dimension else {})


def _has_events(kind: str, rule: Mapping[str, Any]) -> bool:
    return "of" in rule if kind == "inactive" else kind != "when"


@st.composite
def _unless(draw: st.DrawFn) -> dict[str, Any]:
    options = {"same": _shared, "after": spans, "where": event_conditions}
    return {"event": pick(draw, TYPES), **some_of(draw, options)}


@st.composite
def _event_keys(draw: st.DrawFn) -> dict[str, Any]:
    return {"event": draw(patterns), **some_of(draw, _EVENT_KEYS)}


_EVENT_KEYS = {"once_per": _shared, "unless": _unless(), "cap": _caps, "decay": decays}


@st.composite
def _sequence_keys(draw: st.DrawFn) -> dict[str, Any]:
    return {"sequence": draw(_steps), **some_of(draw, _SEQUENCE_KEYS)}


_with_where = st.fixed_dictionaries({"event": patterns, "where": event_conditions})
_wide = st.sampled_from(("*", "email.*", "page.viewed", "email.opened", "*", "email.*"))
_steps = st.lists(_wide | _wide | _wide | _with_where, min_size=2, max_size=3)
_SEQUENCE_KEYS = {
    "same": _shared,
    "within": spans,
    "award": st.sampled_from(("each", "each", "each", "once")),
    "decay": decays,
}


@st.composite
def _count_keys(draw: st.DrawFn) -> dict[str, Any]:
    keys = {"count": draw(patterns), "at_least": pick(draw, (2, 1, 3, 4))}
    shape = pick(draw, ("plain", "same", "distinct", "distinct"))
    if shape == "same":
        keys["same"] = pick(draw, _SHARED)
    if shape == "distinct":
        keys["distinct"] = pick(draw, (*_SHARED, "day", "day"))
    award = pick(draw, (None, "standing", "once", "once"))
    if award:
        keys["award"] = award
        keys |= {"decay": draw(decays)} if award == "once" and not is_rare(draw) else {}
    return keys | some_of(draw, {"within": spans})


@st.composite
def _capped_keys(draw: st.DrawFn) -> dict[str, Any]:
    return {"event": pick(draw, ("*", "email.*")), "cap": draw(_caps)}


@st.composite
def _days_keys(draw: st.DrawFn) -> dict[str, Any]:
    keys = {"count": pick(draw, ("*", "email.*")), "distinct": "day"}
    return {**keys, "at_least": pick(draw, (2, 3, 4)), "award": pick(draw, ("standing", "once"))}


@st.composite
def _inactive_keys(draw: st.DrawFn) -> dict[str, Any]:
    silence = pick(draw, ("1h", "1d", "2d"))
    return {"inactive": silence, **some_of(draw, {"of": patterns, "repeat": spans})}


_OF_KIND: Mapping[str, st.SearchStrategy[dict[str, Any]]] = {
    "event": _event_keys(),
    "sequence": _sequence_keys(),
    "count": _count_keys(),
    "inactive": _inactive_keys(),
    "capped": _capped_keys(),
    "days": _days_keys(),
    "when": st.just({}),
}
