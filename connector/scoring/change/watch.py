"""A watch: one thing that somebody sees change, and whether it surely does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from connector.conditions.intervals import Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.conditions.enclosure import Value, Values
    from connector.conditions.intervals import Bools, Doubles
    from connector.scoring.change.strands import Bounds

Path: TypeAlias = tuple[str, ...]
"""The keys that lead to where something is configured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One thing that may change, and how it is reckoned."""

    about: Path
    """What it is about, like no other."""
    names: frozenset[str]
    """What moves in it."""
    was: pl.Expr
    """The number, rounded, or the truth at the instant of scoring."""
    value: Callable[[Values], Value]
    """What it may be, given what moves and the constants."""
    constants: Mapping[str, pl.Expr] = field(default_factory=dict)
    bounds: Callable[[Doubles], Bounds] | None = None
    """Of a number: between which bounds it is seen as the same."""
    low: float = -np.inf
    high: float = np.inf
    is_fixed: pl.Expr | None = None
    """Where it cannot change after all; None for nowhere."""

    @property
    def key(self) -> str:
        """What the names of its columns begin with."""
        return key_of(self.about)

    @property
    def columns(self) -> dict[str, pl.Expr]:
        """What has to be known of each contact."""
        own = {f"{self.key}:was": self.was}
        if self.is_fixed is not None:
            own[f"{self.key}:fixed"] = self.is_fixed
        return {**own, **self.constants}

    def of(self, frame: pl.DataFrame, moves: Mapping[str, Bools]) -> Watched:
        """Return the watch over the contacts of `frame`, given which of them move in what."""
        was = frame[f"{self.key}:was"].to_numpy().astype(np.float64, copy=False)
        is_fixed = ~np.logical_or.reduce([moves[name] for name in self.names])
        if self.is_fixed is not None:
            is_fixed |= frame[f"{self.key}:fixed"].to_numpy()
        low, high = (was, was) if self.bounds is None else self.bounds(was)
        is_missing = np.isnan(was)
        return Watched(watch=self, low=low, high=high, is_missing=is_missing, is_fixed=is_fixed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A watch over some contacts."""

    watch: Watch
    low: Doubles
    high: Doubles
    """Open bounds of a number; of a truth, 1 where it was true, else 0."""
    is_missing: Bools
    """Where there was no number."""
    is_fixed: Bools

    def take(self, rows: Bools) -> Watched:
        """Return the same of some contacts."""
        return Watched(
            watch=self.watch,
            low=self.low[rows],
            high=self.high[rows],
            is_missing=self.is_missing[rows],
            is_fixed=self.is_fixed[rows],
        )

    def slack(self, value: Value) -> Doubles:
        """Return by how much the watch stays as it was while it is one of `value`.

        Above zero it surely does. Truths are as they were by one, or may not be by one.
        """
        if isinstance(value, Truth):
            is_same = np.where(self.low > 0.0, value.is_true, value.is_not_true)
            return np.where(is_same, 1.0, -1.0)
        low = np.clip(value.low, self.watch.low, self.watch.high)
        high = np.clip(value.high, self.watch.low, self.watch.high)
        slack = np.where(value.is_finite, np.minimum(low - self.low, self.high - high), -1.0)
        return np.where(self.is_missing, np.where(value.is_never_finite, 1.0, -1.0), slack)


def key_of(about: Path) -> str:
    """Return what the names of the columns begin with that a watch `about` something asks for."""
    return f"_watch:{'/'.join(about)}"
