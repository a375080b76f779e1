"""When, for the first time, enough events lay in a window that ends there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import AT, CONTACT

if TYPE_CHECKING:
    from datetime import timedelta

REACHED = "_reached"
_STEP = "_step"
_WHEN = "_when"
_ENDS = "_ends"


def reached_at(
    rows: pl.LazyFrame,
    *,
    at_least: int,
    within: timedelta | None,
    value: str | None,
    is_apart: bool,
) -> pl.LazyFrame:
    """Return, per contact that got there, the first instant REACHED with `at_least` in `within`.

    Without `value` events are counted; else its different values, or where `is_apart` the events
    of each value for themselves. All events of an instant are in the window that ends there.
    """
    # Each event, or value, counts from its instant until it leaves the window or its value comes
    # again. The number of those that count rises and falls by one at each of these instants.
    keys = [CONTACT] if value is None or not is_apart else [CONTACT, value]
    ends = pl.lit(None, pl.Datetime("us", "UTC")) if within is None else pl.col(AT) + within
    if value is not None and not is_apart:
        rows = rows.sort(CONTACT, value, AT)
        again = pl.col(AT).shift(-1).over(CONTACT, value)
        ends = pl.min_horizontal(ends, again)
    spans = rows.with_columns(ends.alias(_ENDS))
    begun = spans.select(*keys, pl.col(AT).alias(_WHEN), pl.lit(1).alias(_STEP))
    ended = spans.filter(pl.col(_ENDS).is_not_null()).select(
        *keys, pl.col(_ENDS).alias(_WHEN), pl.lit(-1).alias(_STEP)
    )
    steps = pl.concat([begun, ended]).sort(*keys, _WHEN, _STEP)
    number = pl.col(_STEP).cum_sum().over(keys)
    return (
        steps.filter((number >= at_least) & (pl.col(_STEP) > 0))
        .group_by(CONTACT)
        .agg(pl.col(_WHEN).min().alias(REACHED))
    )
