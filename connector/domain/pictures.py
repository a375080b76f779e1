"""Pictures of everybody at once: how scores spread, who moved where, what each rule gives.

They are kept by whoever records a scoring, so that nobody has to look at a million persons.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

SLOT = timedelta(minutes=15)
"""Moves between stages are counted by quarters of an hour: every timezone's day begins with one."""
MOVES_KEPT = timedelta(days=40)
PER_POINT = 1_000_000
"""Sums of points are kept in whole millionths: whatever comes and goes leaves nothing behind."""
LARGEST = 9e12
"""More points than this count as this many in a sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMoves:
    """How many persons went from one stage to another within a quarter of an hour."""

    name: str
    """Of a score or grade."""
    at: datetime
    """When the quarter began."""
    before: str | None
    """None: they had no stage."""
    after: str | None
    persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortScore:
    """What a score of those who arrived in one month came to by the end of another, or by now."""

    name: str
    cohort: str
    """The month of arrival, such as ``2026-03``, in UTC."""
    month: str
    persons: int
    total: float
    """The sum of their rounded scores, in points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTally:
    """What a rule gives to everybody, as last decided."""

    persons: int
    """To whom it gives or from whom it takes points."""
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """A person whose rounded score is another than as the day began."""

    contact: int
    key: str
    email: str | None
    before: float
    after: float
    stage: str | None
    """The stage now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movers:
    """Who moved most within a day, by one score; the furthest first."""

    rose: Sequence[Mover]
    fell: Sequence[Mover]


def slot_of(at: datetime) -> datetime:
    """Return when the quarter of an hour of `at` began."""
    at = at.astimezone(UTC)
    return at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)


def millionths(column: str) -> pl.Expr:
    """Return the whole millionths of a column of points."""
    held = pl.col(column).clip(-LARGEST, LARGEST) * PER_POINT
    return held.round().cast(pl.Int64, strict=False)


def month_of(at: datetime) -> str:
    """Return the month of `at` in UTC, such as ``2026-03``."""
    return f"{at.astimezone(UTC):%Y-%m}"
