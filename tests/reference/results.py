"""From dimensions to what is written: scores, stages, grades, and wishes of targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from math import fsum, isfinite
from typing import TYPE_CHECKING, Any

from tests.reference.sql import is_true

if TYPE_CHECKING:
    from tests.reference.history import Document
    from tests.reference.scorer import Person

_PAPER = Context(prec=400, rounding=ROUND_HALF_UP)
DEFAULT_SCORES: Mapping[str, Any] = {"score": {}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Scores and what follows from them, by name; None is NULL."""

    computed: Mapping[str, float | None] = field(default_factory=dict)
    exact: Mapping[str, float | None] = field(default_factory=dict)
    overridden: Sequence[str] = ()
    rounded: Mapping[str, float | None] = field(default_factory=dict)
    stages: Mapping[str, str | None] = field(default_factory=dict)
    grades: Mapping[str, str | None] = field(default_factory=dict)
    lists: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    tags: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    triggers: Mapping[str, bool] = field(default_factory=dict)


def results(
    document: Document, person: Person, row: Mapping[str, Any], dimensions: Mapping[str, float]
) -> Results:
    """Return what follows from `dimensions`; `row` are attributes and traits."""
    model = document["model"]
    seen = {**row, **dimensions}
    scores = model.get("scores") or DEFAULT_SCORES
    computed = {name: _computed(score, seen, dimensions) for name, score in scores.items()}
    overrides = {name: value for name, value in person.overrides.items() if value is not None}
    exact = {name: overrides.get(name, value) for name, value in computed.items()}
    rounded = {
        name: None if value is None else on_paper(value, scores[name].get("round", 0))
        for name, value in exact.items()
    }
    stages = {
        f"{name}_stage": _stage(score, rounded[name], person.held.get(name))
        for name, score in scores.items()
        if "stages" in score
    }
    values = {**dimensions, **rounded}
    grades = {name: _grade(grade, values) for name, grade in model.get("grades", {}).items()}
    seen |= {**rounded, **stages, **grades}
    seen |= {f"in_list('{platform}', '{name}')": True for platform, name in person.lists}
    return Results(
        computed=computed,
        exact=exact,
        overridden=[name for name in scores if name in overrides],
        rounded=rounded,
        stages=stages,
        grades=grades,
        **_wishes(document, _Memberships(seen)),
    )


class _Memberships(dict[str, Any]):
    """A row in which a membership that nobody reported is false."""

    def __missing__(self, name: str) -> bool:
        if name.startswith("in_list("):
            return False
        raise KeyError(name)


def on_paper(value: float, digits: int) -> float:
    """Return `value` to 9 decimals, then to `digits`, halves away from zero and never -0."""
    text = _PAPER.quantize(Decimal(value), Decimal("1e-9"))
    return float(_PAPER.quantize(text, Decimal(1).scaleb(-digits))) + 0.0


def _computed(
    score: Mapping[str, Any], seen: Mapping[str, Any], dimensions: Mapping[str, float]
) -> float | None:
    if not is_true(score.get("population"), seen):
        return None
    value = score["formula"].of(dimensions) if "formula" in score else fsum(dimensions.values())
    if value is None or not isfinite(value):
        return None
    if "range" in score:
        low, high = score["range"]
        value = min(max(value, low), high)
    return float(value) + 0.0


def _stage(score: Mapping[str, Any], value: float | None, held: str | None) -> str | None:
    if value is None:
        return None
    rungs = score["stages"]
    names = [rung["name"] for rung in rungs]
    standing = names.index(held) if held in names else -1
    earned = 0
    for place, rung in enumerate(rungs):
        leave = rung.get("leave_below", rung["from"])
        if value >= rung["from"] or (place <= standing and value >= leave):
            earned = place
    if score.get("direction") == "up_only":
        earned = max(earned, standing)
    stage: str = names[earned]
    return stage


def _grade(grade: Mapping[str, Any], values: Mapping[str, float | None]) -> str | None:
    row, column = _label(grade["rows"], values), _label(grade["columns"], values)
    return None if row is None or column is None else row + column


def _label(side: Mapping[str, Any], values: Mapping[str, float | None]) -> str | None:
    value = values[side["of"]]
    if value is None:
        return None
    bands: Sequence[tuple[float, str]] = sorted(
        (threshold, label) for label, threshold in side.items() if label != "of"
    )
    reached = [label for threshold, label in bands if threshold <= on_paper(value, 9)]
    return reached[-1] if reached else bands[0][1]


def _wishes(document: Document, seen: Mapping[str, Any]) -> dict[str, Any]:
    def true_of(part: str) -> Iterator[tuple[tuple[str, str], bool]]:
        for platform, target in document.get("targets", {}).items():
            for name, entry in target.get(part, {}).items():
                when = entry["when"] if part == "lists" else entry
                yield (platform, name), is_true(when, seen)

    triggers = document.get("triggers", {})
    return {
        "lists": dict(true_of("lists")),
        "tags": dict(true_of("tags")),
        "triggers": {name: is_true(each["when"], seen) for name, each in triggers.items()},
    }
