"""The most that one rule gives per span of the local calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import AT, CONTACT
from connector.scoring.buckets import bucket
from connector.scoring.fixed import constant, to_fixed, to_float
from connector.scoring.ordering import begins, in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.scoring.model import Cap

_BUCKET = "_bucket"
_OWN = "_own"
_SUM = "_running"


def capped(
    rows: pl.LazyFrame, points: str, cap: Cap, timezone: str, *, order: Sequence[str]
) -> pl.LazyFrame:
    """Return `rows` with what the cap leaves of `points`, in the order of events within a bucket.

    With S the running sum of points in a bucket the k-th event counts clip(S_k) - clip(S_(k-1)).
    """

    def run(frame: pl.DataFrame) -> pl.DataFrame:
        # A local day may come back for an hour when clocks are set back over midnight.
        frame = in_order(frame, [CONTACT, _BUCKET, *order])
        frame = frame.with_columns(to_fixed(pl.col(points)).alias(_OWN))
        frame = frame.with_columns(_running().alias(_SUM))
        left = to_float(_held(pl.col(_SUM), cap) - _held(pl.col(_SUM) - pl.col(_OWN), cap))
        return frame.with_columns(left.alias(points)).drop(_OWN, _SUM)

    return rows.with_columns(bucket(cap.per, pl.col(AT), timezone).alias(_BUCKET)).map_batches(
        run, predicate_pushdown=False, projection_pushdown=False, slice_pushdown=False
    )


def _running() -> pl.Expr:
    """Return the running sum of each bucket; sums of 128 bits may wrap, differences are right."""
    running = pl.col(_OWN).cum_sum()
    before = pl.when(begins([CONTACT, _BUCKET])).then(running - pl.col(_OWN)).forward_fill()
    return running - before


def _held(running: pl.Expr, cap: Cap) -> pl.Expr:
    most = abs(cap.points)
    return running.clip(constant(-most), constant(most))
