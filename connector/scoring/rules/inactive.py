"""`inactive` rules: points for silence, and again for each further span of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.events import NOT_INTERACTIONS
from connector.domain.frames import AT, CONTACT, CREATED_AT
from connector.domain.instants import MICROSECOND
from connector.scoring.fixed import constant
from connector.scoring.matching import matches
from connector.scoring.past import ORDER, Facts, Past, micros
from connector.scoring.rules.effect import Effect

if TYPE_CHECKING:
    from connector.scoring.model import InactiveRule, Matcher


def inactive_effect(rule: InactiveRule, past: Past) -> Effect:
    """Return what `rule` gives once its silence is over."""
    heard = pl.col(f"_newest:{rule.name}")
    newest = (
        past.events.filter(_breaks_silence(rule.match))
        .group_by(CONTACT)
        .agg(pl.col(AT).max().alias(f"_newest:{rule.name}"))
    )
    created = pl.col(CREATED_AT)
    since = pl.coalesce(heard, pl.when(created <= past.now).then(created))
    over = past.since(since) - micros(rule.silence)
    is_silent = over > 0
    times = _times(rule, over)
    points = pl.when(is_silent).then(constant(rule.points) * times)
    return Effect(
        facts=Facts(frames=(newest,)),
        points=points,
        raw_points=points,
        first_at=pl.when(is_silent).then(since),
        last_at=pl.when(is_silent).then(since),
        next_at=_next_at(rule, past, since=pl.coalesce(heard, created), times=times),
    )


def inactive_parts(rule: InactiveRule, past: Past) -> pl.LazyFrame:
    """Return the events after which the silence of `rule` began, by CONTACT and ORDER."""
    rows = past.events.filter(_breaks_silence(rule.match)).select(CONTACT, *ORDER)
    newest = rows.group_by(CONTACT).agg(pl.col(AT).max())
    is_over = past.age > micros(rule.silence)
    return rows.join(newest, on=[CONTACT, AT], how="semi").filter(is_over)


def _breaks_silence(match: Matcher | None) -> pl.Expr:
    """Return whether an event is looked at; by default every interaction is."""
    if match is None:
        return ~pl.col("type").is_in(sorted(NOT_INTERACTIONS))
    return matches(match)


def _times(rule: InactiveRule, over: pl.Expr) -> pl.Expr:
    """Return how often the points are given when the silence is `over` microseconds too long."""
    if rule.repeat is None:
        return pl.lit(1, pl.Int64)
    return 1 + over // micros(rule.repeat)


def _next_at(rule: InactiveRule, past: Past, *, since: pl.Expr, times: pl.Expr) -> pl.Expr:
    """Return when the points are given for the first time, or once more."""
    first = since + rule.silence + MICROSECOND
    again = pl.lit(None)
    if rule.repeat is not None:
        passed = micros(rule.silence) + times * micros(rule.repeat)
        again = since + pl.duration(microseconds=passed)
    return pl.when(first > past.now).then(first).otherwise(again)
