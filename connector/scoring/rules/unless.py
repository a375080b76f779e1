"""`unless`: events whose points another event takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import AT, CONTACT
from connector.scoring.matching import matches, may_overlap

if TYPE_CHECKING:
    from connector.scoring.model import EventRule, Unless
    from connector.scoring.past import Past

COUNTS_FROM = "_from"
"""The instant from which an event counts: when it occurred, and what it waited."""
KEY = "_same"
IS_COUNTERPART = "_is_counterpart"
_LATEST = "_latest"
_SECOND = "_second"


def standing(rows: pl.LazyFrame, rule: EventRule, unless: Unless, past: Past) -> pl.LazyFrame:
    """Return the events of `rows` that nothing has taken back, with COUNTS_FROM.

    `rows` have the columns of `asked`. Those that still wait are among them: their COUNTS_FROM is
    after the instant of scoring.
    """
    keys = [CONTACT] if unless.same is None else [CONTACT, KEY]
    may_be_both = may_overlap(rule.match, unless.match)
    rows = rows.join(
        _counterparts(unless, past, keys, with_second=may_be_both), on=keys, how="left"
    )
    other = pl.col(_LATEST)
    if may_be_both:  # one that is a counterpart itself is the latest, or is followed by both
        other = pl.when(IS_COUNTERPART).then(_SECOND).otherwise(_LATEST)
    return rows.filter(other.is_null() | (other < pl.col(AT))).with_columns(
        (pl.col(AT) + unless.after).alias(COUNTS_FROM)
    )


def asked(unless: Unless) -> list[pl.Expr]:
    """Return what `standing` needs to know of each event."""
    is_counterpart = matches(unless.match).fill_null(False).alias(IS_COUNTERPART)
    return [is_counterpart, *([] if unless.same is None else [pl.col(unless.same).alias(KEY)])]


def _counterparts(
    unless: Unless, past: Past, keys: list[str], *, with_second: bool
) -> pl.LazyFrame:
    """Return, per key, the instants of the latest counterpart and of the one before it."""
    rows = past.events.filter(matches(unless.match))
    if unless.same is not None:
        rows = rows.filter(pl.col(unless.same).is_not_null())
    columns = [] if unless.same is None else [pl.col(unless.same).alias(KEY)]
    at = pl.col(AT)
    answers = [at.max().alias(_LATEST)]
    if with_second:
        answers.append(pl.when(pl.len() > 1).then(at.top_k(2).min()).alias(_SECOND))
    return rows.select(CONTACT, AT, *columns).group_by(keys).agg(answers)
