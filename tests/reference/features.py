"""Each feature of a case, and the case without it: what changes nothing is not compared at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from tests.reference.drawn_documents import TRAITS
from tests.reference.drawn_histories import Case
from tests.reference.drawn_times import TICK
from tests.reference.history import Document, Happening
from tests.reference.scorer import Person, Verdict

Without: TypeAlias = Iterator[tuple[str, Case]]
"""Names of features, each with the case that lacks it."""

Path: TypeAlias = tuple[str, ...]

_KINDS = ("event", "sequence", "count", "inactive")
_WITHOUT_CHANGES = {
    "Europe/Paris": "Africa/Lagos",
    "America/New_York": "America/Panama",
    "Australia/Lord_Howe": "Pacific/Noumea",
}
_VALUES = {"url": "/a", "message_id": "m1", "amount": 2.5, "quantity": 1.0, "is_machine": True}


def features(case: Case) -> Without:
    """Yield all features of `case`."""
    for name, rule in case.document["model"]["rules"].items():
        yield from _of_rule(case, ("model", "rules", name), rule)
    yield from _of_model(case)
    yield from _of_surroundings(case)
    yield from _of_times(case)
    for column, value in _VALUES.items():
        yield f"NULL {column}", _with_events(case, _filled(column, value))
    for field, nothing in _FORGOTTEN.items():
        yield field, replace(case, people=[replace(each, **nothing) for each in case.people])


_FORGOTTEN: Mapping[str, dict[str, Any]] = {
    "created_at": {"created_at": None},
    "held": {"held": {}},
    "overrides": {"overrides": {}},
    "lists": {"lists": frozenset()},
}


def _of_rule(case: Case, path: Path, rule: Mapping[str, Any]) -> Without:
    kind = next((each for each in _KINDS if each in rule), "when")
    yield f"kind {kind}", _without(case, path)
    for key in rule.keys() & {"where", "group", "dimension", "once_per", "unless", "repeat"}:
        yield f"{kind} {key}", _without(case, (*path, key))
    for key in rule.keys() & {"same", "within", "of"}:
        yield f"{kind} {key}", _without(case, (*path, key))
    if "when" in rule and kind != "when":
        yield f"{kind} when", _without(case, (*path, "when"))
    for key in rule.get("unless", {}).keys() - {"event"}:
        yield f"unless {key}", _without(case, (*path, "unless", key))
    yield from _of_shapes(case, path, rule, kind)
    if not isinstance(rule["points"], (int, float)):
        yield "event points in SQL", _with(case, (*path, "points"), 1)
    if any(not isinstance(step, str) for step in rule.get("sequence", ())):
        plain = [step if isinstance(step, str) else step["event"] for step in rule["sequence"]]
        yield "sequence step where", _with(case, (*path, "sequence"), plain)


def _of_shapes(case: Case, path: Path, rule: Mapping[str, Any], kind: str) -> Without:
    """Yield the features that come in several shapes."""
    if "cap" in rule:
        yield f"cap per {rule['cap']['per']}", _without(case, (*path, "cap"))
    if "distinct" in rule:
        shape = "day" if rule["distinct"] == "day" else "column"
        yield f"count distinct {shape}", _without(case, (*path, "distinct"))
    if "decay" in rule:
        shape = rule["decay"] if isinstance(rule["decay"], str) else next(iter(rule["decay"]))
        yield f"decay {shape}", _without(case, (*path, "decay"))
        yield f"{kind} decay", _without(case, (*path, "decay"))
    if kind == "sequence":
        award = rule.get("award", "once")
        other = "each" if award == "once" else "once"
        yield f"sequence award {award}", _with(case, (*path, "award"), other)
    if kind == "count":
        award = rule.get("award", "standing")
        other = "once" if award == "standing" else "standing"
        plain = _without(case, (*path, "decay"))
        yield f"count award {award}", _with(plain, (*path, "award"), other)


def _of_model(case: Case) -> Without:
    model = case.document["model"]
    if "decay" in model:
        yield "model decay", _without(case, ("model", "decay"))
    for name, dimension in model.get("dimensions", {}).items():
        for key in dimension:
            yield f"dimension {key}", _without(case, ("model", "dimensions", name, key))
    for name, trait in model.get("traits", {}).items():
        for key in trait.keys() & {"where", "within"}:
            yield f"trait {key}", _without(case, ("model", "traits", name, key))
    for name, score in model.get("scores", {}).items():
        for key in score.keys() - {"stages"}:
            yield f"score {key}", _without(case, ("model", "scores", name, key))
        if "stages" in score:
            plain = [{"name": rung["name"], "from": rung["from"]} for rung in score["stages"]]
            yield "leave_below", _with(case, ("model", "scores", name, "stages"), plain)


def _of_surroundings(case: Case) -> Without:
    for path in (("contacts", "exclude"), ("events", "rename"), ("events", "ignore")):
        if path[1] in case.document[path[0]]:
            yield path[1], _without(case, path)
    if case.document["content"]:
        yield "content", _with(case, ("content",), ())
    if case.keep:
        yield "keep", replace(case, keep=None)


def _of_times(case: Case) -> Without:
    zone = case.document["model"]["timezone"]
    if zone in _WITHOUT_CHANGES:
        plain = _WITHOUT_CHANGES[zone]
        yield f"change of clocks in {zone}", _with(case, ("model", "timezone"), plain)
    yield "a tick before", replace(case, at=case.at - TICK)
    yield "a tick after", replace(case, at=case.at + TICK)
    yield "late event", _with_events(case, lambda each: replace(each, at=min(each.at, case.at)))
    yield "order of a tie", _with_events(case, lambda each: replace(each, id=_mirrored(each.id)))


def _mirrored(text: str) -> str:
    """Return a text that is ordered among others the other way round."""
    return "".join(chr(0x10FFFF - ord(letter)) for letter in text)


def _filled(column: str, value: object) -> Callable[[Happening], Happening]:
    def filled(event: Happening) -> Happening:
        known = event.columns[column]
        return replace(event, columns={**event.columns, column: value if known is None else known})

    return filled


def _with_events(case: Case, change: Callable[[Happening], Happening]) -> Case:
    def changed(person: Person) -> Person:
        return replace(person, events=[change(each) for each in person.events])

    return replace(case, people=[changed(each) for each in case.people])


def _with(case: Case, path: Path, value: object) -> Case:
    return replace(case, document=_changed(case.document, path, {path[-1]: value}))


def _without(case: Case, path: Path) -> Case:
    return replace(case, document=_changed(case.document, path, {}))


def _changed(part: Document, path: Path, value: Mapping[str, Any]) -> Document:
    """Return `part` with `value` in place of what is at the end of `path`."""
    first, *rest = path
    if rest:
        value = {first: _changed(part[first], tuple(rest), value)}
    # Order says which dimension is the default.
    kept = {name: value.get(name, each) for name, each in part.items() if name != first or value}
    return {**kept, **value}


def outcomes(said: Sequence[Verdict]) -> set[str]:
    """Return what comes out of a case, of which `said` are the verdicts."""
    return {name for verdict in said for name in _outcomes(verdict)}


def _outcomes(verdict: Verdict) -> Iterator[str]:
    results = verdict.results
    rules = {entry.rule for entry in verdict.entries}
    yield from (name for rule, name in _OWN_ENTRIES.items() if rule in rules)
    if verdict.is_excluded:
        yield "somebody excluded"
    if None in results.exact.values():
        yield "a score that is NULL"
    yield from (f"stage {stage}" for stage in results.stages.values())
    yield from (f"grade {grade}" for grade in results.grades.values())
    yield from (f"list {truth}" for truth in results.lists.values())
    yield from (f"tag {truth}" for truth in results.tags.values())
    yield from (f"trigger {truth}" for truth in results.triggers.values())
    for name, value in verdict.traits.items():
        if value:
            measure = TRAITS[name][0]
            yield f"{measure} of something"


_OWN_ENTRIES = {"(limit)": "a limit cuts", "(override)": "an override holds"}
