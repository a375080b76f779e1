"""What of a contact's points moves together: rules of one dimension and group that cool alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connector.scoring.columns import cooled_column, points_column
from connector.scoring.fixed import ZERO, to_fixed, to_float, total
from connector.scoring.model import CountRule, EventRule, HalfLife, Linear, SequenceRule
from connector.scoring.past import micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from typing import TypeAlias

    from connector.scoring.model import Model, Rule
    from connector.scoring.rules.effect import Effect

    Effects: TypeAlias = Mapping[str, Effect]


@dataclass(frozen=True, slots=True)
class Pace:
    """How points move between two jumps; without a half-life they fall evenly, or stand."""

    half_life: int | None = None
    """In microseconds."""
    is_even: bool = False


STILL = Pace()
_EVENLY = Pace(is_even=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Rules whose points are added up before anything is asked of them."""

    key: str
    """Begins the names of its columns."""
    dimension: str
    group: str | None
    pace: Pace
    rules: tuple[str, ...]

    @property
    def sum_column(self) -> str:
        """The points at the instant of scoring."""
        return f"{self.key}:sum"

    @property
    def size_column(self) -> str:
        """The sum of the sizes of all contributions; with an even pace, as given."""
        return f"{self.key}:size"

    @property
    def cut_column(self) -> str:
        """How many contributions were cut to fixed-point numbers."""
        return f"{self.key}:cut"

    @property
    def slope_column(self) -> str:
        """The points lost in a microsecond, with an even pace."""
        return f"{self.key}:slope"


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A dimension that time alone moves, and what it is the sum of."""

    dimension: str
    parts: tuple[Part, ...]
    """Outside groups, those that cool."""
    groups: tuple[str, ...]
    """Groups of which something cools, and that something of this dimension is in."""
    rest: tuple[str, ...]
    """The rules that neither cool nor share a ceiling with what cools."""

    @property
    def rest_column(self) -> str:
        """What `rest` gives, as the nearest double."""
        return f"_rest:{self.dimension}"

    @property
    def remainder_column(self) -> str:
        """What that double lacks."""
        return f"_remainder:{self.dimension}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """All dimensions of a model that time alone moves."""

    of: Mapping[str, Axis]
    groups: Mapping[str, tuple[Part, ...]]
    """All parts, also still ones, of the groups of which something cools."""

    def only(self, dimensions: AbstractSet[str]) -> Axes:
        """Return the same of some dimensions."""
        kept = {name: axis for name, axis in self.of.items() if name in dimensions}
        groups = {group for axis in kept.values() for group in axis.groups}
        return Axes(of=kept, groups={n: p for n, p in self.groups.items() if n in groups})

    @property
    def parts(self) -> Iterator[Part]:
        """Every part there is."""
        for axis in self.of.values():
            yield from axis.parts
        for parts in self.groups.values():
            yield from parts


def axes_of(model: Model) -> Axes:
    """Return what moves in `model`."""
    parts = tuple(_parts(model))
    cooling = {part.group for part in parts if part.pace != STILL and part.group is not None}
    groups = {name: tuple(p for p in parts if p.group == name) for name in sorted(cooling)}
    axes = (_axis(name, parts, cooling) for name in model.dimensions)
    moving = {axis.dimension: axis for axis in axes if axis.parts or axis.groups}
    return Axes(of=moving, groups=groups)


def _axis(dimension: str, parts: tuple[Part, ...], cooling: set[str]) -> Axis:
    own = [part for part in parts if part.dimension == dimension]
    shared = sorted({part.group for part in own if part.group in cooling and part.group})
    alone = [part for part in own if part.group not in cooling]
    return Axis(
        dimension=dimension,
        parts=tuple(part for part in alone if part.pace != STILL),
        groups=tuple(shared),
        rest=tuple(rule for part in alone if part.pace == STILL for rule in part.rules),
    )


def _parts(model: Model) -> Iterator[Part]:
    members: dict[tuple[str, str | None, Pace], list[str]] = {}
    for name, rule in model.rules.items():
        members.setdefault((rule.dimension, rule.group, _pace(rule)), []).append(name)
    for place, ((dimension, group, pace), rules) in enumerate(members.items()):
        yield Part(
            key=f"_part:{place}", dimension=dimension, group=group, pace=pace, rules=tuple(rules)
        )


def _pace(rule: Rule) -> Pace:
    match rule:
        case EventRule(decay=decay) | SequenceRule(decay=decay) | CountRule(decay=decay):
            pass
        case _:
            return STILL
    match decay:
        case HalfLife(span=span):
            return Pace(half_life=micros(span))
        case Linear():
            return _EVENLY
        case _:
            return STILL


def axes_columns(axes: Axes, effects: Effects) -> dict[str, pl.Expr]:
    """Return what `axes` are reckoned from, as doubles."""
    columns: dict[str, pl.Expr] = {}
    for part in axes.parts:
        columns |= _part_columns(part, effects)
    for axis in axes.of.values():
        rest = total(pl.col(points_column(rule)) for rule in axis.rest)
        columns[axis.rest_column] = to_float(rest)
        columns[axis.remainder_column] = to_float(rest - to_fixed(to_float(rest)))
    return columns


def _part_columns(part: Part, effects: Effects) -> dict[str, pl.Expr]:
    points = [pl.col(cooled_column(rule)) for rule in part.rules]
    columns = {part.sum_column: to_float(total(points))}
    known = [(effects[rule].cooling, own) for rule, own in zip(part.rules, points, strict=True)]
    sizes = (own.abs() if cooling is None else cooling.size for cooling, own in known)
    columns[part.size_column] = to_float(_sum(sizes))
    coolings = [cooling for cooling, _ in known if cooling is not None]
    if coolings:
        numbers = (cooling.number.cast(pl.Int128) for cooling in coolings)
        columns[part.cut_column] = _sum(numbers).cast(pl.Float64)
    if part.pace == _EVENLY:
        slopes = (
            to_float(cooling.given.fill_null(ZERO)) * (1.0 / micros(cooling.decay.span))
            for cooling in coolings
        )
        columns[part.slope_column] = pl.sum_horizontal(*slopes)
    return columns


def _sum(numbers: Iterable[pl.Expr]) -> pl.Expr:
    return total(number.fill_null(ZERO) for number in numbers)
