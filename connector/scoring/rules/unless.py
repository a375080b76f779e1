"""`unless`: events whose points another event takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import AT, CONTACT
from connector.scoring.matching import matches

if TYPE_CHECKING:
    from connector.scoring.model import Unless
    from connector.scoring.past import Past

COUNTS_FROM = "_from"
"""The instant from which an event counts: when it occurred, and what it waited."""
KEY = "_same"
IS_COUNTERPART = "_is_counterpart"
_LATEST = "_latest"
_AT_LATEST = "_at_latest"


def standing(rows: pl.LazyFrame, unless: Unless, past: Past) -> pl.LazyFrame:
    """Return the events of `rows` that nothing has taken back, with COUNTS_FROM.

    `rows` have the columns of `asked`. Those that still wait are among them: their COUNTS_FROM is
    after the instant of scoring.
    """
    keys = [CONTACT] if unless.same is None else [CONTACT, KEY]
    rows = rows.join(_counterparts(unless, past, keys), on=keys, how="left")
    # Whoever is a counterpart itself is one of those at its own instant.
    others = pl.col(_AT_LATEST) - pl.col(IS_COUNTERPART).cast(pl.Int64)
    is_taken = (pl.col(_LATEST) > pl.col(AT)) | ((pl.col(_LATEST) == pl.col(AT)) & (others > 0))
    return rows.filter(is_taken.is_null() | ~is_taken).with_columns(
        (pl.col(AT) + unless.after).alias(COUNTS_FROM)
    )


def asked(unless: Unless) -> list[pl.Expr]:
    """Return what `standing` needs to know of each event."""
    is_counterpart = matches(unless.match).fill_null(False).alias(IS_COUNTERPART)
    return [is_counterpart, *([] if unless.same is None else [pl.col(unless.same).alias(KEY)])]


def _counterparts(unless: Unless, past: Past, keys: list[str]) -> pl.LazyFrame:
    """Return, per key, the latest counterpart and how many there are at that instant."""
    rows = past.events.filter(matches(unless.match)).select(
        CONTACT, AT, *([] if unless.same is None else [pl.col(unless.same).alias(KEY)])
    )
    if unless.same is not None:
        rows = rows.filter(pl.col(KEY).is_not_null())
    latest = pl.col(AT).max()
    return rows.group_by(keys).agg(
        latest.alias(_LATEST), (pl.col(AT) == latest).sum().cast(pl.Int64).alias(_AT_LATEST)
    )
