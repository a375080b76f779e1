"""How the points of a rule cool between two jumps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connector.scoring.fixed import to_fixed
from connector.scoring.model import HalfLife, Linear
from connector.scoring.past import micros

if TYPE_CHECKING:
    from connector.scoring.model import Decay


@dataclass(frozen=True, slots=True, kw_only=True)
class Cooling:
    """What time alone does to a rule's points until the next jump; its columns are NULL for none.

    With `span` as unit of time: points * 2^-time with HalfLife, points - given * time with Linear.
    """

    decay: HalfLife | Linear
    given: pl.Expr
    """With Linear, what the contributions that cool were when given; fixed point."""
    size: pl.Expr
    """The sum of their sizes, of what is left of them with HalfLife, else as given; fixed point."""
    number: pl.Expr
    """How many contributions there are: each was cut to a fixed-point number for itself."""


def cooling_sums(
    name: str, decay: Decay | None, points: pl.Expr, age: pl.Expr, *, left: pl.Expr
) -> dict[str, pl.Expr]:
    """Return what `cooling` may read: over all `points`, at their `age`, and what is `left`."""
    match decay:
        case HalfLife():
            return {f"_size:{name}": to_fixed(left).abs().sum()}
        case Linear(span=span):
            given = pl.when(age < micros(span)).then(to_fixed(points))
            return {f"_cooling:{name}": given.sum(), f"_size:{name}": given.abs().sum()}
        case _:
            return {}


def cooling(
    decay: Decay | None,
    points: pl.Expr,
    *,
    given: pl.Expr,
    number: pl.Expr,
    size: pl.Expr | None = None,
) -> Cooling | None:
    """Return how `points` cool, None for those that only jump; `given` is read with Linear alone.

    Without `size` all contributions have one sign.
    """
    if not isinstance(decay, HalfLife | Linear):
        return None
    cools = given if isinstance(decay, Linear) else points
    own_size = cools.abs() if size is None else size
    return Cooling(decay=decay, given=cools, size=own_size, number=number)
