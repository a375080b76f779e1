"""`count` rules: points while, or from when, enough events match.

The events that count for `explain` are the counted ones: those in the window; with `distinct` those
with a value, with `same` those of the most frequent value (ties to the one seen last). Once the
points of `award: once` are given, they are those of the instant at which they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import AT, CONTACT
from connector.scoring.buckets import local_day
from connector.scoring.decay import cool, next_move
from connector.scoring.fixed import constant, to_fixed
from connector.scoring.matching import matches
from connector.scoring.past import ORDER, Facts, Past, micros
from connector.scoring.rules.cooling import cooling
from connector.scoring.rules.effect import Effect
from connector.scoring.rules.reaching import reached_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.scoring.model import CountRule

_VALUE = "_value"
_DAY = "day"
_REACHED = "_reached"
_NUMBER = "_number"
_FIRST = "_first"
_LAST = "_last"


def count_effect(rule: CountRule, past: Past) -> Effect:
    """Return what `rule` gives."""
    return _once(rule, past) if rule.award == "once" else _standing(rule, past)


def _standing(rule: CountRule, past: Past) -> Effect:
    number = pl.col(f"_number:{rule.name}")
    points = pl.when(number >= rule.at_least).then(constant(rule.points))
    return Effect(
        facts=_counted(rule, past),
        points=points,
        raw_points=points,
        events=pl.col(f"_matched:{rule.name}"),
        first_at=pl.col(f"_earliest:{rule.name}"),
        last_at=pl.col(f"_latest:{rule.name}"),
        next_at=pl.when(number >= rule.at_least).then(pl.col(f"_leaves:{rule.name}")),
    )


def _counted(rule: CountRule, past: Past) -> Facts:
    """Ask for the number of events that count at the instant of scoring."""
    rows = _rows(rule, past).filter(_is_within(rule, past.now))
    if rule.same is not None:
        return Facts(frames=(_most_frequent(rule, rows),))
    number, oldest = pl.len(), pl.col(AT).top_k(rule.at_least).min()
    if rule.distinct is not None:
        number, oldest = pl.col(_VALUE).n_unique(), pl.col(AT).min()
    answers = {
        f"_number:{rule.name}": number.cast(pl.Int64),
        f"_matched:{rule.name}": pl.len().cast(pl.Int64),
        f"_earliest:{rule.name}": pl.col(AT).min(),
        f"_latest:{rule.name}": pl.col(AT).max(),
        f"_leaves:{rule.name}": _leaves(rule, oldest),
    }
    return Facts(frames=(rows.group_by(CONTACT).agg(**answers),))


def count_parts(rule: CountRule, past: Past) -> pl.LazyFrame:
    """Return the events that count for `rule`, by CONTACT and ORDER; there are as many as told."""
    moment: pl.Expr = past.now
    rows = _rows(rule, past, ORDER)
    if rule.award == "once":
        rows = rows.join(_given(rule, past), on=CONTACT, how="left")
        moment = pl.coalesce(pl.col(f"_reached:{rule.name}"), past.now)
    rows = rows.filter((pl.col(AT) <= moment) & _is_within(rule, moment))
    if rule.same is not None:
        at = pl.col(AT)
        values = rows.group_by(CONTACT, _VALUE).agg(
            pl.len().alias(_NUMBER), at.max().alias(_LAST), at.min().alias(_FIRST)
        )
        ranked = pl.col(_VALUE).sort_by(_NUMBER, _LAST, _FIRST)
        best = values.group_by(CONTACT).agg(ranked.last())
        rows = rows.join(best, on=[CONTACT, _VALUE], how="semi")
    return rows.select(CONTACT, *ORDER)


def _most_frequent(rule: CountRule, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return, per contact, what there is of the value that most of `rows` share."""
    oldest = pl.col(AT).top_k(rule.at_least).min()
    values = rows.group_by(CONTACT, _VALUE).agg(
        pl.len().cast(pl.Int64).alias(_NUMBER),
        pl.col(AT).min().alias(_FIRST),
        pl.col(AT).max().alias(_LAST),
        pl.when(pl.len() >= rule.at_least).then(_leaves(rule, oldest)).alias("_leaves"),
    )
    best = (_NUMBER, _LAST, _FIRST)
    return values.group_by(CONTACT).agg(
        pl.col(_NUMBER).max().alias(f"_number:{rule.name}"),
        pl.col(_NUMBER).max().alias(f"_matched:{rule.name}"),
        pl.col(_FIRST).sort_by(*best).last().alias(f"_earliest:{rule.name}"),
        pl.col(_LAST).sort_by(*best).last().alias(f"_latest:{rule.name}"),
        pl.col("_leaves").max().alias(f"_leaves:{rule.name}"),
    )


def _leaves(rule: CountRule, oldest: pl.Expr) -> pl.Expr:
    """Return when too few are left, or a safe earlier instant."""
    return pl.lit(None) if rule.within is None else oldest + rule.within


def _once(rule: CountRule, past: Past) -> Effect:
    reached = pl.col(f"_reached:{rule.name}")
    raw = pl.when(reached.is_not_null()).then(pl.lit(float(rule.points)))
    left = cool(raw, rule.decay, past.since(reached))
    given = _given(rule, past)
    return Effect(
        facts=Facts(frames=(given,), details=(_counted_then(rule, past, given),)),
        points=to_fixed(left),
        raw_points=to_fixed(raw),
        events=pl.col(f"_matched:{rule.name}"),
        first_at=pl.col(f"_earliest:{rule.name}"),
        last_at=pl.col(f"_latest:{rule.name}"),
        next_at=pl.when(left != 0.0).then(next_move(rule.decay, past, reached)),
        cooling=cooling(
            rule.decay,
            to_fixed(left),
            given=pl.when(left != 0.0).then(to_fixed(raw)),
            number=pl.lit(1),
        ),
    )


def _given(rule: CountRule, past: Past) -> pl.LazyFrame:
    """Return when the points of `award: once` were given."""
    return reached_at(
        _rows(rule, past),
        at_least=rule.at_least,
        within=rule.within,
        value=None if rule.same is None and rule.distinct is None else _VALUE,
        is_apart=rule.same is not None,
    ).rename({"_reached": f"_reached:{rule.name}"})


def _counted_then(rule: CountRule, past: Past, given: pl.LazyFrame) -> pl.LazyFrame:
    """Return what was counted when the points were given; before that, what counts now."""
    reached = pl.coalesce(pl.col(f"_reached:{rule.name}"), past.now)
    rows = _rows(rule, past).join(given, on=CONTACT, how="left")
    rows = rows.filter((pl.col(AT) <= reached) & _is_within(rule, reached))
    if rule.same is not None:
        return _most_frequent(rule, rows).select(
            CONTACT, *(f"{each}:{rule.name}" for each in ("_matched", "_earliest", "_latest"))
        )
    return rows.group_by(CONTACT).agg(
        pl.len().cast(pl.Int64).alias(f"_matched:{rule.name}"),
        pl.col(AT).min().alias(f"_earliest:{rule.name}"),
        pl.col(AT).max().alias(f"_latest:{rule.name}"),
    )


def _rows(rule: CountRule, past: Past, order: Sequence[str] = (AT,)) -> pl.LazyFrame:
    """Return the events that match, at any time, with the value they are told apart by."""
    rows = past.events.filter(matches(rule.match))
    if rule.same is None and rule.distinct is None:
        return rows.select(CONTACT, *order)
    rows = rows.select(CONTACT, *order, _value(rule, past).alias(_VALUE))
    return rows.filter(pl.col(_VALUE).is_not_null())


def _value(rule: CountRule, past: Past) -> pl.Expr:
    if rule.distinct == _DAY:
        return local_day(pl.col(AT), past.timezone)
    return pl.col(rule.same or rule.distinct or AT)


def _is_within(rule: CountRule, moment: pl.Expr) -> pl.Expr:
    if rule.within is None:
        return pl.col(AT).is_not_null()
    return (moment - pl.col(AT)).dt.total_microseconds() < micros(rule.within)
