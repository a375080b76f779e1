"""Bounds of every moving dimension over a span of time without events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from connector.scoring.change.strands import Strand, in_step, strand_of, sum_between, sum_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from connector.conditions.intervals import Bools, Doubles
    from connector.scoring.change.parts import Axes, Axis
    from connector.scoring.change.strands import Bounds, Moment
    from connector.scoring.model import Model

_SHARING_ERROR = 2.0**-45
"""Of all sizes in a group: a share is a product of two roundings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A group whose members do not cool in step, so that its factor moves as well."""

    cap: float
    strands: tuple[tuple[str, Strand], ...]
    """By dimension."""

    def take(self, rows: Bools) -> Pool:
        """Return the same of some contacts."""
        return Pool(cap=self.cap, strands=tuple((d, s.take(rows)) for d, s in self.strands))

    def between(self, dimension: str, start: Moment, end: Moment) -> Bounds:
        """Return bounds of what the group gives to `dimension`."""
        everything = [strand for _, strand in self.strands]
        low, high = sum_between(everything, start, end)
        largest = np.maximum(np.abs(low), np.abs(high))
        smallest = np.where(
            (low <= 0.0) & (high >= 0.0), 0.0, np.minimum(np.abs(low), np.abs(high))
        )
        least, most = self._factor(largest), self._factor(smallest)
        own = [strand for name, strand in self.strands if name == dimension]
        if len(own) == len(everything):
            low, high = np.clip(low, -self.cap, self.cap), np.clip(high, -self.cap, self.cap)
        else:
            low, high = sum_between(own, start, end)
            low, high = np.minimum(low * least, low * most), np.maximum(high * least, high * most)
        size = sum_of([strand.size for strand in everything])
        noise = np.where(largest < self.cap, 0.0, size * most * _SHARING_ERROR)
        return low - noise, high + noise

    def _factor(self, size: Doubles) -> Doubles:
        return np.minimum(1.0, self.cap / np.maximum(size, np.finfo(np.float64).tiny))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One dimension of some contacts."""

    value: Doubles
    """As the engine has it at the instant of scoring."""
    moves: Bools
    strands: tuple[Strand, ...]
    pools: tuple[str, ...]
    rest: Doubles
    remainder: Doubles
    """What `rest` lacks of the exact sum."""
    floor: float
    cap: float

    def take(self, rows: Bools) -> Line:
        """Return the same of some contacts."""
        return Line(
            value=self.value[rows],
            moves=self.moves[rows],
            strands=tuple(strand.take(rows) for strand in self.strands),
            pools=self.pools,
            rest=self.rest[rows],
            remainder=self.remainder[rows],
            floor=self.floor,
            cap=self.cap,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """All moving dimensions of some contacts."""

    lines: Mapping[str, Line]
    pools: Mapping[str, Pool]

    def only(self, dimensions: AbstractSet[str]) -> Motion:
        """Return the same of some dimensions."""
        lines = {name: line for name, line in self.lines.items() if name in dimensions}
        pools = {name for line in lines.values() for name in line.pools}
        return Motion(lines=lines, pools={n: p for n, p in self.pools.items() if n in pools})

    def take(self, rows: Bools) -> Motion:
        """Return the same of some contacts."""
        return Motion(
            lines={name: line.take(rows) for name, line in self.lines.items()},
            pools={name: pool.take(rows) for name, pool in self.pools.items()},
        )

    def between(self, dimension: str, start: Moment, end: Moment) -> Bounds:
        """Return bounds of the engine's `dimension` from one moment to another."""
        line = self.lines[dimension]
        found = [self.pools[name].between(dimension, start, end) for name in line.pools]
        if line.strands:
            found.append(sum_between(line.strands, start, end))
        low, high = (
            np.clip(sum_of(ends) + line.remainder + line.rest, line.floor, line.cap)
            for ends in ([low for low, _ in found], [high for _, high in found])
        )
        return np.where(line.moves, low, line.value), np.where(line.moves, high, line.value)


def motion_of(model: Model, axes: Axes, columns: Mapping[str, Doubles]) -> Motion:
    """Return how contacts move, given the `columns` of `axes` and the values of dimensions."""
    strands = {part.key: strand_of(part, columns) for part in axes.parts}
    pools: dict[str, Pool] = {}
    for name, parts in axes.groups.items():
        cap = abs(float(model.groups[name]))
        if parts[0].pace.half_life and len({part.pace for part in parts}) == 1:
            members = in_step([strands[part.key] for part in parts], cap)
            strands |= dict(zip((part.key for part in parts), members, strict=True))
        else:
            pools[name] = Pool(
                cap=cap, strands=tuple((part.dimension, strands[part.key]) for part in parts)
            )
    lines = {
        name: _line(model, axes, axis, strands=strands, pools=pools, columns=columns)
        for name, axis in axes.of.items()
    }
    return Motion(lines=lines, pools=pools)


def _line(
    model: Model,
    axes: Axes,
    axis: Axis,
    *,
    strands: Mapping[str, Strand],
    pools: Mapping[str, Pool],
    columns: Mapping[str, Doubles],
) -> Line:
    shared = [part for name in axis.groups for part in axes.groups[name]]
    concerned = [strands[part.key] for part in (*axis.parts, *shared)]
    stepping = [
        part for part in shared if part.group not in pools and part.dimension == axis.dimension
    ]
    dimension = model.dimensions[axis.dimension]
    return Line(
        value=columns[axis.dimension],
        moves=np.logical_or.reduce([strand.moves for strand in concerned]),
        strands=tuple(strands[part.key] for part in (*axis.parts, *stepping)),
        pools=tuple(name for name in axis.groups if name in pools),
        rest=columns[axis.rest_column],
        remainder=columns[axis.remainder_column],
        floor=-np.inf if dimension.floor is None else dimension.floor,
        cap=np.inf if dimension.cap is None else dimension.cap,
    )
