"""The points of one part of many contacts, and how far they lie from the engine's as time passes.

The engine cools each contribution by itself and cuts it to a fixed-point number; here a sum cools
as a whole. Both differ by less than `_ERROR` of all contributions' sizes, and a unit for each cut.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import log
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from connector.scoring.change.parts import STILL
from connector.scoring.fixed import UNIT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.conditions.intervals import Bools, Doubles
    from connector.scoring.change.parts import Pace, Part

    Bounds: TypeAlias = tuple[Doubles, Doubles]
    Place: TypeAlias = tuple[Doubles, Doubles]

_ERROR = 2.0**-40
"""Generous: powers of two, a quotient and a product are each right to 2^-52."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant for each contact, in microseconds after that of scoring."""

    time: Doubles
    shares: dict[int, Doubles] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def share(self, half_life: int) -> Doubles:
        """Return what is left of one point, computed once for all who ask."""
        if half_life not in self.shares:
            self.shares[half_life] = np.exp2(self.time * (-1.0 / half_life))
        return self.shares[half_life]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """The points of one part, one row per contact."""

    key: str
    """The part's."""
    pace: Pace
    points: Doubles
    size: Doubles
    """Of all contributions, without their signs; with an even pace, as given."""
    dust: Doubles
    """The most that cutting took away."""
    slope: Doubles
    """The points lost in a microsecond, with an even pace."""
    least: Doubles
    """Contributions of one sign never add up to the other."""
    most: Doubles
    most_share: Doubles | None = None
    """The largest share of `points` that a ceiling lets through."""

    @property
    def moves(self) -> Bools:
        """Whether time alone moves these points."""
        return np.logical_and(self.size > 0.0, self.pace != STILL)

    def take(self, rows: Bools) -> Strand:
        """Return the same of some contacts."""
        return Strand(
            key=self.key,
            pace=self.pace,
            points=self.points[rows],
            size=self.size[rows],
            dust=self.dust[rows],
            slope=self.slope[rows],
            least=self.least[rows],
            most=self.most[rows],
            most_share=None if self.most_share is None else self.most_share[rows],
        )

    def at(self, moment: Moment) -> Place:
        """Return the points at `moment`, and how far the engine's may lie from them."""
        if self.key not in moment.places:
            moment.places[self.key] = self._at(moment)
        return moment.places[self.key]

    def _at(self, moment: Moment) -> Place:
        if self.pace.half_life is not None:
            share = moment.share(self.pace.half_life)
            if self.most_share is not None:
                share = np.minimum(share, self.most_share)
            return self.points * share, self.size * (share * _ERROR) + self.dust
        if self.pace == STILL:
            return self.points, self.dust
        return self.points - self.slope * moment.time, self.size * _ERROR + self.dust

    def between(self, start: Place, end: Place) -> Bounds:
        """Return bounds of the engine's points on the way from one place to another."""
        (first, first_doubt), (last, last_doubt) = start, end
        low = np.minimum(first - first_doubt, last - last_doubt)
        high = np.maximum(first + first_doubt, last + last_doubt)
        return np.maximum(low, self.least), np.minimum(high, self.most)

    def rates(self, start: Place, end: Place) -> Bounds:
        """Return bounds of the points won in a microsecond on that way."""
        if self.pace.half_life is None:
            return -self.slope, -self.slope
        rate = log(2.0) / self.pace.half_life
        low = (np.minimum(start[0], end[0]) - start[1]) * rate
        high = (np.maximum(start[0], end[0]) + start[1]) * rate
        if self.most_share is not None:
            low, high = np.minimum(low, 0.0), np.maximum(high, 0.0)
        return -high, -low


def strand_of(part: Part, columns: Mapping[str, Doubles]) -> Strand:
    """Return the strand of `part` from its `columns`."""
    points, size = columns[part.sum_column], columns[part.size_column]
    nothing = np.zeros_like(points)
    # An even pace is told by what was given: its contributions may be of one sign all the same.
    is_exact = part.pace.half_life is not None
    return Strand(
        key=part.key,
        pace=part.pace,
        points=points,
        size=size,
        dust=columns.get(part.cut_column, nothing) * UNIT,
        slope=columns.get(part.slope_column, nothing),
        least=np.where(is_exact & (points == size), 0.0, -np.inf),
        most=np.where(is_exact & (points == -size), 0.0, np.inf),
    )


def in_step(strands: Sequence[Strand], cap: float) -> list[Strand]:
    """Return `strands` of one half-life under a ceiling on the size of their sum."""
    total = np.abs(sum_of([strand.points for strand in strands]))
    size = sum_of([strand.size for strand in strands])
    has_any = total > 0.0
    divisor = np.where(has_any, total, 1.0)
    most_share = np.where(has_any, cap / divisor, np.inf)
    # The ceiling's factor is off by what the sum is off, which may be far less than its parts.
    worse = np.where(has_any, np.maximum(size / divisor, 1.0), 1.0)
    return [replace(each, size=each.size * worse, most_share=most_share) for each in strands]


def sum_between(strands: Sequence[Strand], start: Moment, end: Moment) -> Bounds:
    """Return bounds of the sum of `strands` from one moment to another."""
    ways = [(strand, strand.at(start), strand.at(end)) for strand in strands]
    bounds = [strand.between(first, last) for strand, first, last in ways]
    low = sum_of([low for low, _ in bounds])
    high = sum_of([high for _, high in bounds])
    if len(strands) == 1:
        return low, high
    # Where the sum only rises or only falls, it lies between its two ends.
    rates = [strand.rates(first, last) for strand, first, last in ways]
    rises = sum_of([low for low, _ in rates]) >= 0.0
    falls = sum_of([high for _, high in rates]) <= 0.0
    first = sum_of([first for _, (first, _), _ in ways])
    last = sum_of([last for _, _, (last, _) in ways])
    doubt = sum_of([doubt for _, (_, doubt), _ in ways])
    is_loose = ~(rises | falls)
    steady_low = np.where(is_loose, -np.inf, np.minimum(first, last) - doubt)
    steady_high = np.where(is_loose, np.inf, np.maximum(first, last) + doubt)
    return np.maximum(low, steady_low), np.minimum(high, steady_high)


def sum_of(numbers: Sequence[Doubles]) -> Doubles:
    """Return the sum of at least one array."""
    total = numbers[0]
    for number in numbers[1:]:
        total = total + number
    return total
