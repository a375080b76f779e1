"""The most that one rule gives per span of the local calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import AT, CONTACT
from connector.scoring.buckets import bucket
from connector.scoring.fixed import constant, to_fixed, to_float

if TYPE_CHECKING:
    from connector.scoring.model import Cap

_BUCKET = "_bucket"
_SUM = "_running"


def capped(rows: pl.LazyFrame, points: str, cap: Cap, timezone: str) -> pl.LazyFrame:
    """Return `rows`, sorted by contact and order of events, with what the cap leaves of `points`.

    With S the running sum of points in a bucket the k-th event counts clip(S_k) - clip(S_(k-1)).
    """
    own = to_fixed(pl.col(points))
    running = own.cum_sum().over(CONTACT, _BUCKET)
    return (
        rows.with_columns(bucket(cap.per, pl.col(AT), timezone).alias(_BUCKET))
        .with_columns(running.alias(_SUM))
        .with_columns(
            to_float(_held(pl.col(_SUM), cap) - _held(pl.col(_SUM) - own, cap)).alias(points)
        )
    )


def _held(running: pl.Expr, cap: Cap) -> pl.Expr:
    most = abs(cap.points)
    return running.clip(constant(-most), constant(most))
