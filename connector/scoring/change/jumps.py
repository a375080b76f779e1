"""When something about a contact jumps next with time alone, whether it shows or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import AT, CONTACT
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


def next_jump(jumps: Iterable[pl.Expr], keep: timedelta | None) -> pl.Expr:
    """Return the earliest of all instants at which something jumps; NULL for never."""
    instants = [*jumps, pl.col(_ARRIVES)]
    if keep is not None:
        instants.append(pl.col(_OLDEST) + keep)
    return pl.min_horizontal(*instants)
