"""When a contact changes next with time alone, or a safe earlier instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import AT, CONTACT, NEXT_CHANGE_AT
from connector.scoring.past import Facts, Past

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

_ARRIVES = "_arrives"
_OLDEST = "_oldest"


def arriving(events: pl.LazyFrame, past: Past, keep: timedelta | None) -> Facts:
    """Ask for the first stored event yet to come, and for the oldest that will be forgotten."""
    to_come = (
        events.filter(pl.col(AT) > past.now).group_by(CONTACT).agg(pl.col(AT).min().alias(_ARRIVES))
    )
    if keep is None:
        return Facts(frames=(to_come,))
    oldest = past.events.group_by(CONTACT).agg(pl.col(AT).min().alias(_OLDEST))
    return Facts(frames=(to_come, oldest))


def with_next_change(
    frame: pl.LazyFrame, moves: Iterable[pl.Expr], keep: timedelta | None
) -> pl.LazyFrame:
    """Add the earliest of all instants at which something may move; NULL for never."""
    instants = [*moves, pl.col(_ARRIVES)]
    if keep is not None:
        instants.append(pl.col(_OLDEST) + keep)
    return frame.with_columns(pl.min_horizontal(*instants).alias(NEXT_CHANGE_AT))
