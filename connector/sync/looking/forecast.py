"""Which stage a person comes to next with time alone: nothing new happens to them.

The engine itself announces when: each edge of a stage is put to it as the condition of a trigger,
in place of the scores, of which every point that cools would be a change of its own to step over.
An edge lies where the score before rounding comes to it, to a hair, so a second later is tried
too. After `_MOST_STEPS` changes, and beyond a year, nothing more is looked at: that no turn is
found then does not say that there is none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial, reduce
from math import ceil
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from connector.conditions.expression import Expression, Kind
from connector.conditions.nodes import (
    Arithmetic,
    Column,
    Comparator,
    Comparison,
    Literal,
    Node,
    Operator,
)
from connector.domain.frames import AT, HELD_PREFIX, NEXT_CHANGE_AT
from connector.domain.instants import iso
from connector.scoring.columns import stage_column
from connector.scoring.engine import score
from connector.scoring.model import Model, Score, Trigger
from connector.scoring.wishes import conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Stages: TypeAlias = Mapping[str, str | None]
    Result: TypeAlias = Mapping[str, object]

_MOST_STEPS = 60
"""How many changes are looked through; each takes its time."""

_FURTHEST = timedelta(days=366)
_SKEW = timedelta(seconds=1)
"""Longer than a score needs to pass from the edge of a stage to where it is rounded beyond it."""

_NOISE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """That a person changes stage."""

    score: str
    at: datetime
    before: str
    after: str
    is_fall: bool

    def to_json(self) -> dict[str, object]:
        """Return the turn as machines read it."""
        return {
            "score": self.score,
            "at": iso(self.at),
            "from": self.before,
            "to": self.after,
            "is_fall": self.is_fall,
        }


def next_turn(
    model: Model,
    *,
    contacts: pl.LazyFrame,
    events: pl.LazyFrame,
    memory: pl.LazyFrame,
    at: datetime,
    stages: Stages,
) -> Turn | None:
    """Return the first stage that one person changes after `at` if nothing new happens.

    `stages` are those held at `at`, the rest as `score` takes it. None where no stage changes
    within a year, as far as it is looked.
    """
    held = {name: stage for name, stage in stages.items() if stage is not None}
    if not held:
        return None
    remembered = [pl.lit(stage).alias(f"{HELD_PREFIX}{name}") for name, stage in held.items()]
    # It is looked at many instants: what is stored is read for the first of them.
    look = partial(
        _result,
        contacts=contacts.collect().lazy(),
        events=events.filter(pl.col(AT) <= at).collect().lazy(),
        memory=memory.with_columns(remembered).collect().lazy(),
    )
    ladders = {name: model.scores[name] for name in held}
    plain = replace(model, grades={}, targets={}, triggers={})
    staged = replace(plain, scores=ladders)
    for crossing in _crossings(replace(plain, scores={}), ladders, look, at):
        for moment in (crossing, crossing + _SKEW):
            turn = _turned(ladders, held, look(staged, at=moment, foresee=False), moment)
            if turn is not None:
                return turn
    return None


def _result(
    model: Model,
    *,
    contacts: pl.LazyFrame,
    events: pl.LazyFrame,
    memory: pl.LazyFrame,
    at: datetime,
    foresee: bool = True,
) -> Result:
    scored = score(model, contacts=contacts, events=events, at=at, memory=memory, foresee=foresee)
    return scored.contacts.row(0, named=True)


def _crossings(
    plain: Model, ladders: Mapping[str, Score], look: Callable[..., Result], at: datetime
) -> Iterator[datetime]:
    """Yield the instants at which a score comes to an edge of a stage, or to its population."""
    watched = replace(plain, triggers=_edges(plain, ladders))
    truths: dict[str, object] = {}
    now = at
    for _ in range(_MOST_STEPS):
        result = look(watched, at=now)
        before, truths = truths, {name: result[name] for name in conditions(watched)}
        if before and truths != before:
            yield now
        soonest = result[NEXT_CHANGE_AT]
        if not isinstance(soonest, datetime) or soonest - at > _FURTHEST:
            return
        now = soonest


def _edges(model: Model, ladders: Mapping[str, Score]) -> dict[str, Trigger]:
    """Return a trigger for each edge of a stage, and for each population."""
    found: dict[str, Trigger] = {}
    for name, ladder in ladders.items():
        wanted = [] if ladder.population is None else [ladder.population]
        bounds = {bound for rung in ladder.stages for bound in (rung.from_, rung.leave_below)}
        wanted += [_at_least(ladder, bound, model) for bound in sorted(bounds)]
        for number, when in enumerate(wanted):
            trigger = f"{name} {number}"
            found[trigger] = Trigger(name=trigger, when=when, deeds=())
    return found


def _at_least(ladder: Score, bound: float, model: Model) -> Expression:
    """Return whether the formula, once rounded, comes to `bound`."""
    dimensions: list[Node] = [Column(kind=Kind.NUMBER, name=name) for name in model.dimensions]
    value = ladder.formula.node if ladder.formula else reduce(_sum, dimensions)
    unit = 10.0**-ladder.digits
    edge = (ceil(bound / unit - _NOISE) - 0.5) * unit
    literal = Literal(kind=Kind.NUMBER, value=edge)
    return Expression(
        text=f"{ladder.name} >= {bound}",
        kind=Kind.BOOLEAN,
        node=Comparison(comparator=Comparator.GREATER_OR_EQUAL, left=value, right=literal),
        names=ladder.formula.names if ladder.formula else frozenset(model.dimensions),
    )


def _sum(left: Node, right: Node) -> Node:
    return Arithmetic(operator=Operator.ADD, left=left, right=right, kind=Kind.NUMBER)


def _turned(
    ladders: Mapping[str, Score], held: Mapping[str, str], result: Result, at: datetime
) -> Turn | None:
    """Return which stage of `result` is not the one held."""
    for name, ladder in ladders.items():
        before, after = held[name], result[stage_column(name)]
        if isinstance(after, str) and after != before:
            order = [rung.name for rung in ladder.stages]
            is_fall = order.index(after) < order.index(before)
            return Turn(score=name, at=at, before=before, after=after, is_fall=is_fall)
    return None
