"""What is watched of a contact: everything that somebody sees change.

Scores as they are rounded, sides of grades, what platforms are shown, and each condition that reads
what moves. Stages follow from scores; conditions see scores, stages and grades, which stand still
for as long as these watches do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial, reduce
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from connector.conditions.enclosure import NoEnclosure, enclose
from connector.conditions.intervals import Number, add
from connector.domain.frames import OVERRIDE_PREFIX
from connector.domain.rounding import MAX_DIGITS, round_expr
from connector.scoring.change.cells import band, cell
from connector.scoring.change.watch import Path, Watch, key_of
from connector.scoring.conditions import conditions_of
from connector.scoring.matching import holds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from connector.conditions.enclosure import Value, Values
    from connector.conditions.expression import Expression
    from connector.conditions.intervals import Doubles
    from connector.scoring.change.strands import Bounds
    from connector.scoring.model import Model, Score

_SUM_ERROR = 2.0**-50


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """Something that changes with what moves, and nobody can tell when."""

    place: Path
    names: frozenset[str]


def watches_of(model: Model, moving: AbstractSet[str]) -> tuple[list[Watch], list[Blind]]:
    """Return all watches on what depends on `moving`, and what cannot be watched.

    What usually changes first comes first: it spares the others a search.
    """
    found = [
        *_fields(model, moving),
        *_scores(model, moving),
        *_truths(model, moving),
        *_sides(model, moving),
    ]
    watches = [each for each in found if isinstance(each, Watch)]
    return watches, [each for each in found if isinstance(each, Blind)]


def names_in(model: Model) -> frozenset[str]:
    """Return the names of everything on which it depends what somebody sees."""
    asked = (name for _, condition in conditions_of(model) for name in condition.names)
    targets = model.targets.values()
    return frozenset(asked).union(each.source for t in targets for each in t.attributes)


def _truths(model: Model, moving: AbstractSet[str]) -> Iterator[Watch | Blind]:
    told: set[Expression] = set()
    for place, expression in conditions_of(model):
        names = expression.names & moving
        if not names or expression in told:
            continue
        # Two conditions may stand at one place: a rule's own, and its guard.
        about = (*place, expression.text)
        try:
            enclosure = enclose(expression, moving, f"{key_of(about)}:")
        except NoEnclosure:
            yield Blind(place=place, names=names)
            continue
        told.add(expression)
        yield Watch(
            about=about,
            names=names,
            was=holds(expression),
            value=enclosure.value,
            constants=enclosure.constants,
        )


def _scores(model: Model, moving: AbstractSet[str]) -> Iterator[Watch | Blind]:
    for score in model.scores.values():
        place = ("model", "scores", score.name, "formula")
        names = _dimensions(score, model) & moving
        if not names:
            continue
        try:
            value, constants = _formula(score, model, names, place)
        except NoEnclosure:
            yield Blind(place=place, names=names)
            continue
        is_override = pl.col(f"{OVERRIDE_PREFIX}{score.name}").is_finite().fill_null(value=False)
        yield Watch(
            about=place,
            names=names,
            was=pl.col(score.name),
            value=value,
            constants=constants,
            bounds=partial(cell, digits=score.digits),
            low=-np.inf if score.low is None else score.low,
            high=np.inf if score.high is None else score.high,
            is_fixed=is_override | ~holds(score.population),
        )


def _dimensions(score: Score, model: Model) -> frozenset[str]:
    return frozenset(model.dimensions) if score.formula is None else score.formula.names


def _formula(
    score: Score, model: Model, moving: frozenset[str], place: Path
) -> tuple[Callable[[Values], Value], Mapping[str, pl.Expr]]:
    """Return what tells a score before its range, and the constants for that."""
    if score.formula is None:
        return _sum(model, moving, place)
    enclosure = enclose(score.formula, moving, f"{key_of(place)}:")
    return enclosure.value, enclosure.constants


def _sum(
    model: Model, moving: frozenset[str], place: Path
) -> tuple[Callable[[Values], Value], Mapping[str, pl.Expr]]:
    """Return what tells the sum of all dimensions."""
    rest = f"{key_of(place)}:rest"
    names = [*sorted(moving), rest]
    constants = {
        rest: pl.sum_horizontal(pl.lit(0.0), *(d for d in model.dimensions if d not in moving))
    }

    def value(columns: Values) -> Number:
        parts = [columns[name] for name in names]
        total = reduce(add, (part for part in parts if isinstance(part, Number)))
        # The engine adds exactly and rounds once.
        low = total.low - np.abs(total.low) * _SUM_ERROR
        return Number(low, total.high + np.abs(total.high) * _SUM_ERROR, total.may)

    return value, constants


def _sides(model: Model, moving: AbstractSet[str]) -> Iterator[Watch]:
    for name, grade in model.grades.items():
        for key, side in (("rows", grade.rows), ("columns", grade.columns)):
            if side.of in moving:
                # Below all thresholds stands whoever is in the lowest band.
                thresholds = sorted(threshold for _, threshold in side.bands)[1:]
                bounds = partial(band, thresholds=thresholds)
                yield _shown(("model", "grades", name, key), side.of, MAX_DIGITS, bounds)


def _fields(model: Model, moving: AbstractSet[str]) -> Iterator[Watch]:
    for platform, target in model.targets.items():
        for each in target.attributes:
            if each.source in moving and each.digits is not None:
                place = ("targets", platform, "attributes", each.field)
                bounds = partial(cell, digits=each.digits)
                yield _shown(place, each.source, each.digits, bounds)


def _shown(place: Path, name: str, digits: int, bounds: Callable[[Doubles], Bounds]) -> Watch:
    """Return the watch on a dimension or trait that is shown, or compared, when rounded."""
    return Watch(
        about=place,
        names=frozenset({name}),
        was=round_expr(pl.col(name), digits),
        value=lambda columns: columns[name],
        bounds=bounds,
    )
