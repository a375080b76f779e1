"""`event` rules: points for each event that matches.

In this order: type and `where`, `once_per`, `unless`, `cap`, decay. The events that count for
`explain` are those that are left after `unless`, also when their points are nothing, used up by the
cap or cooled.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from connector.conditions.compiler import compile_expression
from connector.domain.frames import AT, CONTACT
from connector.scoring.caps import capped
from connector.scoring.decay import cool, next_move
from connector.scoring.fixed import to_fixed
from connector.scoring.matching import matches
from connector.scoring.ordering import in_order
from connector.scoring.past import ORDER, Facts, Past
from connector.scoring.rules.cooling import cooling, cooling_sums
from connector.scoring.rules.effect import Effect
from connector.scoring.rules.gifts import (
    ASKED,
    CAP,
    GIFT_SCHEMA,
    GIVEN,
    LEFT,
    ONCE_PER,
    REASON,
    SINCE,
    UNLESS,
    WAITS,
)
from connector.scoring.rules.unless import COUNTS_FROM, asked, standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.conditions.expression import Expression
    from connector.scoring.model import EventRule

_RAW = "_raw"
_POINTS = "_points"
_VALUE = "_value"


def event_effect(rule: EventRule, past: Past) -> Effect:
    """Return what the events that match `rule` give."""
    return Effect(
        facts=_facts(rule, past),
        points=pl.col(f"_given:{rule.name}"),
        raw_points=pl.col(f"_asked:{rule.name}"),
        events=pl.col(f"_matched:{rule.name}"),
        first_at=pl.col(f"_earliest:{rule.name}"),
        last_at=pl.col(f"_latest:{rule.name}"),
        next_at=pl.col(f"_moves:{rule.name}"),
        cooling=cooling(
            rule.decay,
            pl.col(f"_given:{rule.name}"),
            given=pl.col(f"_cooling:{rule.name}"),
            number=pl.col(f"_matched:{rule.name}"),
            size=None if isinstance(rule.points, int | float) else pl.col(f"_size:{rule.name}"),
        ),
    )


def _facts(rule: EventRule, past: Past) -> Facts:
    since = pl.col(COUNTS_FROM)
    is_waiting = since > past.now
    age = past.since(since)
    left = cool(pl.col(_POINTS), rule.decay, age)
    moves: pl.Expr = pl.when(left != 0.0).then(next_move(rule.decay, past, since))
    instant: pl.Expr = pl.col(AT)
    matched: pl.Expr = pl.len()
    if rule.unless is not None:
        moves = pl.when(is_waiting).then(since).otherwise(moves)
        instant = pl.when(~is_waiting).then(instant)
        matched = instant.count()
    answers = {
        f"_given:{rule.name}": to_fixed(left).sum(),
        f"_asked:{rule.name}": to_fixed(pl.col(_RAW)).sum(),
        f"_matched:{rule.name}": matched.cast(pl.Int64),
        f"_earliest:{rule.name}": instant.min(),
        f"_latest:{rule.name}": instant.max(),
        f"_moves:{rule.name}": moves.min(),
        **cooling_sums(rule.name, rule.decay, pl.col(_POINTS), age, left=left),
    }
    return Facts(frames=(_selected(rule, past, _order(rule)).group_by(CONTACT).agg(**answers),))


def event_gifts(rule: EventRule, past: Past) -> pl.LazyFrame:
    """Return what each event that matches `rule` gives, as GIFT_SCHEMA, before guard and group.

    What is left of all of them adds up to the points of `event_effect` exactly.
    """
    keys = [CONTACT, *ORDER]
    asked_for = pl.col(_RAW).alias(ASKED)
    matched = _matching(rule, past, ORDER).with_columns(asked_for)
    first = _first(rule, matched, ORDER)
    counted = _counted(rule, first, past, ORDER)
    since, points = pl.col(COUNTS_FROM), pl.col(_POINTS)
    is_cut = pl.when(points != pl.col(ASKED)).then(pl.lit(CAP))
    reason = pl.when(since > past.now).then(pl.lit(WAITS)).otherwise(is_cut)
    told = counted.with_columns(
        points.alias(GIVEN),
        cool(points, rule.decay, past.since(since)).alias(LEFT),
        since.alias(SINCE),
        reason.alias(REASON),
    )
    parts = [
        told,
        _nothing(first.join(counted, on=keys, how="anti"), UNLESS),
        _nothing(matched.join(first, on=keys, how="anti"), ONCE_PER),
    ]
    columns = [pl.col(name).cast(kind) for name, kind in GIFT_SCHEMA.items()]
    return pl.concat([each.select(columns) for each in parts])


def _nothing(rows: pl.LazyFrame, reason: str) -> pl.LazyFrame:
    return rows.with_columns(
        pl.lit(0.0).alias(GIVEN),
        pl.lit(0.0).alias(LEFT),
        pl.lit(None).alias(SINCE),
        pl.lit(reason).alias(REASON),
    )


def _raw_points(points: float | Expression) -> pl.Expr:
    """Return the points of each event; NULL, NaN and infinite are 0."""
    if isinstance(points, (int, float)):
        return pl.lit(float(points))
    number = compile_expression(points)
    return pl.when(number.is_finite()).then(number).otherwise(0.0)


def _selected(rule: EventRule, past: Past, order: Sequence[str]) -> pl.LazyFrame:
    """Return the events that count or wait to, with their points before and after the cap.

    `order` tells them apart, at least as far as `_order` says.
    """
    rows = _first(rule, _matching(rule, past, order), order)
    return _counted(rule, rows, past, order)


def _matching(rule: EventRule, past: Past, order: Sequence[str]) -> pl.LazyFrame:
    return past.events.filter(matches(rule.match)).select(
        CONTACT,
        *order,
        _raw_points(rule.points).alias(_RAW),
        *([] if rule.once_per is None else [pl.col(rule.once_per).alias(_VALUE)]),
        *([] if rule.unless is None else asked(rule.unless)),
    )


def _first(rule: EventRule, rows: pl.LazyFrame, order: Sequence[str]) -> pl.LazyFrame:
    return rows if rule.once_per is None else _first_of_each(rows, order)


def _counted(rule: EventRule, rows: pl.LazyFrame, past: Past, order: Sequence[str]) -> pl.LazyFrame:
    if rule.unless is None:
        rows = rows.with_columns(pl.col(AT).alias(COUNTS_FROM))
    else:
        rows = standing(rows, rule, rule.unless, past)
        waits = pl.col(COUNTS_FROM) > past.now
        rows = rows.with_columns(pl.when(waits).then(0.0).otherwise(pl.col(_RAW)).alias(_RAW))
    rows = rows.with_columns(pl.col(_RAW).alias(_POINTS))
    if rule.cap is None:
        return rows
    return capped(rows, _POINTS, rule.cap, past.timezone, order=order)


def _order(rule: EventRule) -> Sequence[str]:
    """Return what the order of events has to tell apart.

    Events of one instant and the same points are worth the same in any order, unless another
    event may take back one of them and not the other.
    """
    chooses = rule.once_per is not None or rule.cap is not None
    differ = rule.unless is not None or not isinstance(rule.points, (int, float))
    return ORDER if chooses and differ else (AT,)


def _first_of_each(rows: pl.LazyFrame, order: Sequence[str]) -> pl.LazyFrame:
    """Keep the first event of each value, in the order of events; each NULL is its own."""
    value = pl.col(_VALUE)
    valued = rows.filter(value.is_not_null())
    if len(order) == 1:
        first = valued.group_by(CONTACT, _VALUE).agg(pl.col(AT).min(), pl.col(_RAW).first())
    else:
        first = valued.map_batches(
            partial(in_order, by=[CONTACT, *order]), projection_pushdown=False
        ).unique([CONTACT, _VALUE], keep="first", maintain_order=True)
    return pl.concat([first, rows.filter(value.is_null()).select(first.collect_schema().names())])
