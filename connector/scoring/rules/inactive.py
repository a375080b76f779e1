"""`inactive` rules: points for silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.events import NOT_INTERACTIONS
from connector.domain.frames import AT, CREATED_AT
from connector.errors import ConnectorError
from connector.scoring.fixed import constant
from connector.scoring.matching import matches
from connector.scoring.past import MICROSECOND, Facts, Past, micros
from connector.scoring.rules.effect import Effect

if TYPE_CHECKING:
    from connector.scoring.model import InactiveRule, Matcher


def inactive_effect(rule: InactiveRule, past: Past) -> Effect:
    """Return what `rule` gives once its silence is over. Raises ConnectorError on `repeat`."""
    if rule.repeat is not None:
        raise ConnectorError(f"rule {rule.name}: `repeat` cannot be scored yet")
    newest = pl.when(_breaks_silence(rule.match)).then(pl.col(AT)).max()
    heard = pl.col(f"_newest:{rule.name}")
    created = pl.col(CREATED_AT)
    since = pl.coalesce(heard, pl.when(created <= past.now).then(created))
    is_silent = past.since(since) > micros(rule.silence)
    points = pl.when(is_silent).then(constant(rule.points))
    over = pl.coalesce(heard, created) + rule.silence + MICROSECOND
    return Effect(
        facts=Facts(sums={f"_newest:{rule.name}": newest}),
        points=points,
        raw_points=points,
        first_at=pl.when(is_silent).then(since),
        last_at=pl.when(is_silent).then(since),
        next_at=pl.when(over > past.now).then(over),
    )


def _breaks_silence(match: Matcher | None) -> pl.Expr:
    """Return whether an event is looked at; by default every interaction is."""
    if match is None:
        return ~pl.col("type").is_in(sorted(NOT_INTERACTIONS))
    return matches(match)
