"""Traits: facts about a contact computed from their events.

Without events count, days and sum are 0, `has` is false, the rest NULL; NULL values are skipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.arithmetic import quotient
from connector.domain.frames import AT, COLUMN_TYPES, CONTACT
from connector.scoring.buckets import local_day
from connector.scoring.fixed import to_fixed, to_float
from connector.scoring.matching import matches
from connector.scoring.past import NEVER, ORDER, Facts, Past, micros, ratio

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.scoring.model import Measure, Trait

_DAY = micros(timedelta(hours=24))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a trait is read off the facts about a contact."""

    facts: Facts
    value: pl.Expr
    next_at: pl.Expr
    """When it may jump with time alone; NULL for never."""
    since: pl.Expr | None = None
    """Of days, which grow with time alone, the microseconds; NULL for none."""


def read_trait(trait: Trait, past: Past) -> Reading:
    """Return what `trait` asks of the events and what it makes of the answers."""
    rows = past.events.filter(_counts(trait, past))
    leaves = NEVER if trait.within is None else pl.col(AT) + trait.within
    answers = {
        f"_measured:{trait.name}": _measure(trait, past),
        f"_counted:{trait.name}": pl.len().cast(pl.Int64),
        f"_leaves:{trait.name}": leaves.min(),
    }
    frames = [rows.group_by(CONTACT).agg(**answers)]
    if trait.column is not None and trait.measure in {"first", "last", "mode"}:
        frames.append(_chosen(trait, rows))
    value = _value(trait, past).cast(COLUMN_TYPES[trait.type])
    since = past.since(pl.col(f"_measured:{trait.name}"))
    return Reading(
        facts=Facts(frames=tuple(frames)),
        value=value,
        next_at=pl.col(f"_leaves:{trait.name}"),
        since=since if trait.measure == "days_since" else None,
    )


def _counts(trait: Trait, past: Past) -> pl.Expr:
    """Return whether an event is measured."""
    counts = matches(trait.match)
    if trait.column is not None:
        counts &= pl.col(trait.column).is_not_null()
    if trait.within is not None:
        counts &= past.age < micros(trait.within)
    return counts


def _measure(trait: Trait, past: Past) -> pl.Expr:
    """Return the aggregation, where one pass over the events in any order is enough."""
    measured = pl.col(trait.column or AT)
    number = pl.len().cast(pl.Int64)
    answers: Mapping[Measure, pl.Expr] = {
        "count": number,
        "has": number,
        "mode": number,
        "sum": to_fixed(measured).sum(),
        "avg": to_fixed(measured).sum(),
        "min": measured.min(),
        "max": measured.max(),
        "first": pl.col(AT).min(),
        "last": pl.col(AT).max(),
        "days_since": pl.col(AT).max(),
        "days": local_day(pl.col(AT), past.timezone).n_unique(),
    }
    return answers[trait.measure]


def _chosen(trait: Trait, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return the value that one event of each contact brings."""
    rows = rows.select(CONTACT, *ORDER, value=trait.column)
    if trait.measure == "mode":
        rows = _most_frequent(rows)
    ordered = pl.struct("value").sort_by(*ORDER)
    best = ordered.first() if trait.measure == "first" else ordered.last()
    name = f"_chosen:{trait.name}"
    return rows.group_by(CONTACT).agg(best.struct.field("value").alias(name))


def _most_frequent(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Keep the newest events of the most frequent values: the last of them decides."""
    values = rows.group_by(CONTACT, "value").agg(pl.len().alias("_number"), pl.col(AT).max())
    for column in ("_number", AT):
        best = values.group_by(CONTACT).agg(pl.col(column).max())
        values = values.join(best, on=[CONTACT, column], how="semi")
    return rows.join(values, on=[CONTACT, "value", AT], how="semi")


def _value(trait: Trait, past: Past) -> pl.Expr:
    """Return the trait's value from the answers, NULL being an answer about no events at all."""
    measured = pl.col(f"_measured:{trait.name}")
    chosen = pl.col(f"_chosen:{trait.name}")
    number = pl.col(f"_counted:{trait.name}")
    mean = quotient(to_float(measured), number.cast(pl.Float64), along=[number])
    values: Mapping[Measure, pl.Expr] = {
        "count": measured.fill_null(0),
        "has": measured.fill_null(0) > 0,
        "mode": chosen,
        "sum": to_float(measured.fill_null(0)),
        "avg": pl.when(number > 0).then(mean),
        "min": measured,
        "max": measured,
        "first": measured if trait.column is None else chosen,
        "last": measured if trait.column is None else chosen,
        "days_since": ratio(past.since(measured), _DAY),
        "days": measured.fill_null(0),
    }
    return values[trait.measure]
