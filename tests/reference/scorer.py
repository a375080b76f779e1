"""Scoring, read off the contract line by line: one contact, plain Python, nothing fast.

Shares no code with the engine, so that both are wrong only where the contract is misread twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import fsum
from typing import Any
from zoneinfo import ZoneInfo

from tests.reference.count_rules import count_rule
from tests.reference.decay import cooled, decay_of
from tests.reference.event_rules import event_rule
from tests.reference.gifts import Given, Lasting, Rule
from tests.reference.history import Document, Happening, existing
from tests.reference.results import Results, results
from tests.reference.sequence_rules import sequence_rule
from tests.reference.silence_rules import inactive_rule, when_rule
from tests.reference.sql import Row, is_true
from tests.reference.traits import trait

DEFAULT_DIMENSIONS: Mapping[str, Any] = {"engagement": {}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One contact: what is known of them, what they did, what was decided before."""

    attributes: Mapping[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None
    lists: frozenset[tuple[str, str]] = frozenset()
    events: Sequence[Happening] = ()
    held: Mapping[str, str | None] = field(default_factory=dict)
    overrides: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of an explanation."""

    rule: str
    dimension: str | None
    raw_points: float
    points: float
    events: int = 0
    lasting: frozenset[Lasting] = frozenset({(None, None)})
    """`first_at` and `last_at`; several pairs where any of them will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All that scoring says of one contact."""

    is_excluded: bool
    entries: Sequence[Entry] = ()
    dimensions: Mapping[str, float] = field(default_factory=dict)
    traits: Mapping[str, Any] = field(default_factory=dict)
    results: Results = field(default_factory=Results)


def verdict(
    document: Document, person: Person, at: datetime, keep: timedelta | None = None
) -> Verdict:
    """Return what `document` says of `person` at `at`; events of age `keep` do not exist."""
    if is_excluded(document, person):
        return Verdict(is_excluded=True)
    model = document["model"]
    zone = ZoneInfo(model.get("timezone", "UTC"))
    events = existing(document, person.events, at, keep)
    traits = {
        name: trait(entry, events, at, zone) for name, entry in model.get("traits", {}).items()
    }
    row = {**person.attributes, **traits}
    given = dict(_given(model, person, events, at, row))
    points = _after_groups(model, _after_decay(model, given, at))
    entries = [_entry(model, name, given[name], points[name]) for name in given]
    declared = model.get("dimensions") or DEFAULT_DIMENSIONS
    sums = {
        name: fsum(each.points for each in entries if each.dimension == name) for name in declared
    }
    dimensions = {name: _within(sums[name], limits) for name, limits in declared.items()}
    found = results(document, person, row, dimensions)
    return Verdict(
        is_excluded=False,
        entries=[*entries, *_limits(sums, dimensions), *_overrides(found)],
        dimensions=dimensions,
        traits=traits,
        results=found,
    )


def is_excluded(document: Document, person: Person) -> bool:
    """Return whether `person` is left out of everything."""
    exclude = document.get("contacts", {}).get("exclude")
    return exclude is not None and is_true(exclude, person.attributes)


def _given(
    model: Rule, person: Person, events: Sequence[Happening], at: datetime, row: Row
) -> Iterator[tuple[str, Given]]:
    """Yield what each rule gives that gives anything or has events."""
    zone = ZoneInfo(model.get("timezone", "UTC"))
    for name, rule in model.get("rules", {}).items():
        if not is_true(rule.get("when"), row):
            continue
        match rule:
            case {"event": _}:
                given = event_rule(rule, events, at, zone)
            case {"sequence": _}:
                given = sequence_rule(rule, events)
            case {"count": _}:
                given = count_rule(rule, events, at, zone)
            case {"inactive": _}:
                given = inactive_rule(rule, events, person.created_at, at)
            case _:
                given = when_rule(rule, row)
        if given is not None and (given.events or given.raw):
            yield name, given


def _dimension(model: Rule, rule: Rule) -> str:
    default = next(iter(model.get("dimensions") or DEFAULT_DIMENSIONS))
    name: str = rule.get("dimension", default)
    return name


def _after_decay(model: Rule, given: Mapping[str, Given], at: datetime) -> dict[str, float]:
    points = {}
    for name, each in given.items():
        rule = model["rules"][name]
        dimension = model.get("dimensions", {}).get(_dimension(model, rule), {})
        decay = decay_of(rule, dimension, model)
        points[name] = fsum(
            some if since is None else cooled(some, decay, at - since) for some, since in each.gifts
        )
    return points


def _after_groups(model: Rule, points: Mapping[str, float]) -> dict[str, float]:
    factors = {}
    for name, group in model.get("groups", {}).items():
        total = abs(fsum(each for rule, each in points.items() if _group(model, rule) == name))
        factors[name] = min(1.0, abs(group["cap"]) / total) if total else 1.0
    return {rule: each * factors.get(_group(model, rule), 1.0) for rule, each in points.items()}


def _group(model: Rule, rule: str) -> str | None:
    name: str | None = model["rules"][rule].get("group")
    return name


def _entry(model: Rule, name: str, given: Given, points: float) -> Entry:
    return Entry(
        rule=name,
        dimension=_dimension(model, model["rules"][name]),
        raw_points=given.raw,
        points=points,
        events=given.events,
        lasting=given.lasting,
    )


def _within(value: float, limits: Mapping[str, float]) -> float:
    if "floor" in limits:
        value = max(value, limits["floor"])
    return float(min(value, limits["cap"]) if "cap" in limits else value)


def _limits(sums: Mapping[str, float], dimensions: Mapping[str, float]) -> Iterator[Entry]:
    for name, value in dimensions.items():
        if value != sums[name]:
            points = value - sums[name]
            yield Entry(rule="(limit)", dimension=name, raw_points=0.0, points=points)


def _overrides(found: Results) -> Iterator[Entry]:
    for name in found.overridden:
        points = (found.exact[name] or 0.0) - (found.computed[name] or 0.0)
        yield Entry(rule="(override)", dimension=None, raw_points=0.0, points=points)
