"""How a score comes about, step by step: what adds up to it, until it is what is shown.

Rules give points to the dimensions that the score looks at, dimensions are limited, the formula
makes something else of their sum, the range cuts that, and a person decides otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import polars as pl

from connector.conditions.compiler import compile_expression
from connector.domain.instants import iso
from connector.scoring.columns import LIMIT
from connector.sync.looking.explaining import explain
from connector.sync.looking.ranking import known_score

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from connector.scoring.model import Model, Score
    from connector.sync.looking.explaining import Contribution, Explanation
    from connector.sync.workspace import Workspace

Kind: TypeAlias = Literal["rule", "limit", "formula", "range", "by_hand"]

_MATTERS = 1e-6
"""The least difference of points that is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one thing adds to a score, or takes from it."""

    kind: Kind
    dimension: str | None = None
    """To which it gives; None behind the dimensions."""
    points: float
    after: float
    """What all steps until this one make together."""
    contribution: Contribution | None = None
    """Of a rule: what it is made of."""

    def to_json(self) -> dict[str, object]:
        """Return the step as machines read it."""
        return {
            "kind": self.kind,
            "rule": self.contribution.rule if self.contribution else None,
            "dimension": self.dimension,
            "points": self.points,
            "after": self.after,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Stairs:
    """The steps to one score of one person."""

    explanation: Explanation
    score: str
    steps: Sequence[Step]
    """None of them where there is no score; the last one ends at the exact score."""

    def to_json(self) -> dict[str, object]:
        """Return the steps as machines read them."""
        told = self.explanation
        return {
            "contact": {"id": told.person.key, "email": told.person.email},
            "at": iso(told.at),
            "score": self.score,
            "value": told.scores[self.score],
            "rounded": told.rounded[self.score],
            "steps": [each.to_json() for each in self.steps],
        }


async def stairs(workspace: Workspace, text: str, score: str | None, at: datetime) -> Stairs:
    """Return the steps to a score, the first of the model by default, of the person `text` names.

    `text` is an e-mail address, our id, or ``<platform>:<id>``. Raises NotFound, and ConfigError
    where there is no such score.
    """
    name = known_score(workspace, score)
    told = await explain(workspace, text, at, looks_ahead=False)
    return Stairs(
        explanation=told, score=name, steps=steps(workspace.configuration.model, told, name)
    )


def steps(model: Model, explanation: Explanation, name: str) -> Sequence[Step]:
    """Return what makes up the score `name`; nothing where the person has none."""
    exact = explanation.scores[name]
    if exact is None:
        return ()
    found: list[Step] = []
    after = 0.0
    for kind, dimension, points, contribution in _parts(model, explanation, name, exact):
        after += points
        step = Step(
            kind=kind, dimension=dimension, points=points, after=after, contribution=contribution
        )
        found.append(step)
    return found


_Part: TypeAlias = "tuple[Kind, str | None, float, Contribution | None]"


def _parts(model: Model, explanation: Explanation, name: str, exact: float) -> Iterator[_Part]:
    score = model.scores[name]
    dimensions = {
        each: value
        for each in dimensions_of(model, score)
        if (value := explanation.dimensions[each]) is not None
    }
    for dimension in dimensions:
        own = [each for each in explanation.contributions if each.dimension == dimension]
        for each in own:
            if each.rule != LIMIT:
                yield "rule", dimension, each.points, each
        for each in own:
            if each.rule == LIMIT:
                yield "limit", dimension, each.points, None
    total = math.fsum(dimensions.values())
    number = _number(score, dimensions, total)
    cut = min(max(number, _or(score.low, -math.inf)), _or(score.high, math.inf))
    is_by_hand = any(each.score == name for each in explanation.overrides)
    differences: tuple[tuple[Kind, float, bool], ...] = (
        ("formula", number - total, False),
        ("range", cut - number, False),
        ("by_hand", exact - cut, is_by_hand),
    )
    for kind, points, is_told in differences:
        if is_told or abs(points) > _MATTERS:
            yield kind, None, points, None


def dimensions_of(model: Model, score: Score) -> Sequence[str]:
    """Return the dimensions that a score looks at, in the order of the model."""
    if score.formula is None:
        return list(model.dimensions)
    return [name for name in model.dimensions if name in score.formula.names]


def _number(score: Score, dimensions: Mapping[str, float], total: float) -> float:
    """Return what the formula makes of the dimensions; their sum where it makes no number."""
    if score.formula is None:
        return total
    frame = pl.DataFrame({"": [0], **{name: [value] for name, value in dimensions.items()}})
    value = frame.select(compile_expression(score.formula).cast(pl.Float64)).item()
    return float(value) if value is not None and math.isfinite(value) else total


def _or(bound: float | None, otherwise: float) -> float:
    return otherwise if bound is None else bound
