"""What one rule gives a contact: the common answer of every kind of rule."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from connector.scoring.past import NEVER, Facts
from connector.scoring.rules.cooling import Cooling


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a rule asks of the events, and its contribution as expressions over the answers."""

    facts: Facts = field(default_factory=Facts)
    points: pl.Expr
    """After cap and decay, before the group; a fixed-point integer, NULL for nothing."""
    raw_points: pl.Expr
    """Before cap, decay and group; a fixed-point integer, NULL for nothing."""
    events: pl.Expr = pl.lit(0)
    """How many events count; NULL for none."""
    first_at: pl.Expr = NEVER
    last_at: pl.Expr = NEVER
    next_at: pl.Expr = NEVER
    """When the points jump next with time alone, or a safe earlier instant; NULL for never."""
    cooling: Cooling | None = None
    """What they do until then; None for nothing."""
