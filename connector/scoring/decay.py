"""How points cool with age."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.scoring.model import Expires, HalfLife, Linear, Step
from connector.scoring.past import NEVER, Past, micros, ratio

if TYPE_CHECKING:
    from connector.scoring.model import Decay


def cool(points: pl.Expr, decay: Decay | None, age: pl.Expr) -> pl.Expr:
    """Return what is left of `points` at an `age` in microseconds."""
    match decay:
        case None:
            return points
        case HalfLife(span=span):
            return points * pl.lit(2.0).pow(-ratio(age, micros(span)))
        case Linear(span=span):
            left = pl.when(age < micros(span)).then(1.0 - ratio(age, micros(span)))
            return points * left.otherwise(0.0)
        case Expires(span=span):
            return pl.when(age < micros(span)).then(points).otherwise(0.0)
        case Step(every=every, keep=keep):
            return points * pl.lit(keep).pow((age // micros(every)).cast(pl.Float64))


def next_move(decay: Decay | None, past: Past, since: pl.Expr) -> pl.Expr:
    """Return when points given at `since`, of which some are left, jump next; NULL is never.

    What cools evenly jumps when nothing is left: from then on it does not move.
    """
    match decay:
        case None | HalfLife() | Step(keep=1.0):
            return NEVER
        case Linear(span=span) | Expires(span=span):
            return since + span
        case Step(every=every):
            step = micros(every)
            return since + pl.duration(microseconds=(past.since(since) // step + 1) * step)
