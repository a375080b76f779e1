"""`sequence` rules: points for events that happen one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from connector.domain.frames import CONTACT, INSTANT
from connector.scoring.decay import cool, next_move
from connector.scoring.fixed import to_fixed
from connector.scoring.matching import matches
from connector.scoring.ordering import in_order, together
from connector.scoring.past import ORDER, Facts, Past, micros
from connector.scoring.rules.completions import (
    BEGAN,
    ENDED,
    each_chain,
    each_completion,
    first_chains,
    first_completions,
)
from connector.scoring.rules.cooling import cooling, cooling_sums
from connector.scoring.rules.effect import Effect

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connector.scoring.model import SequenceRule

_KEY = "_same"
_STEP = "_step:"
_COMPLETIONS = pl.Schema({CONTACT: pl.Int64(), BEGAN: INSTANT, ENDED: INSTANT})


def sequence_effect(rule: SequenceRule, past: Past) -> Effect:
    """Return what the completions of `rule` give; each counts as an event at its last step."""
    ended = pl.col(ENDED)
    raw = pl.lit(float(rule.points))
    each = pl.when(ended.is_not_null()).then(raw)
    left = cool(each, rule.decay, past.since(ended))
    given = (
        _completions(rule, past)
        .group_by(CONTACT)
        .agg(
            to_fixed(left).sum().alias(f"_given:{rule.name}"),
            pl.len().cast(pl.Int64).alias(f"_completed:{rule.name}"),
            pl.col(BEGAN).min().alias(f"_earliest:{rule.name}"),
            ended.max().alias(f"_latest:{rule.name}"),
            pl.when(left != 0.0)
            .then(next_move(rule.decay, past, ended))
            .min()
            .alias(f"_moves:{rule.name}"),
            **cooling_sums(rule.name, rule.decay, each, past.since(ended), left=left),
        )
    )
    completed = pl.col(f"_completed:{rule.name}")
    return Effect(
        facts=Facts(frames=(given,)),
        points=pl.col(f"_given:{rule.name}"),
        raw_points=to_fixed(raw * completed),
        events=completed * len(rule.steps),
        first_at=pl.col(f"_earliest:{rule.name}"),
        last_at=pl.col(f"_latest:{rule.name}"),
        next_at=pl.col(f"_moves:{rule.name}"),
        cooling=cooling(
            rule.decay,
            pl.col(f"_given:{rule.name}"),
            given=pl.col(f"_cooling:{rule.name}"),
            number=completed,
        ),
    )


def sequence_parts(rule: SequenceRule, past: Past) -> pl.LazyFrame:
    """Return the events that made up the completions of `rule`, by CONTACT and ORDER."""
    find = first_chains if rule.award == "once" else each_chain

    def parts(frame: pl.DataFrame, places: Sequence[pl.Series], **asked: Any) -> pl.DataFrame:  # noqa: ANN401 - as completions are asked for
        return frame.select(pl.col(CONTACT, *ORDER).gather(find(frame, places, **asked).ravel()))

    events = past.events.select(CONTACT, *ORDER).collect_schema()
    return _found(rule, past, parts, events)


def _completions(rule: SequenceRule, past: Past) -> pl.LazyFrame:
    """Return the completions that count, with the instants of their first and last steps."""
    find = first_completions if rule.award == "once" else each_completion
    return _found(rule, past, find, _COMPLETIONS)


def _found(
    rule: SequenceRule, past: Past, find: Callable[..., pl.DataFrame], schema: pl.Schema
) -> pl.LazyFrame:
    """Return what `find` makes, as `schema` says, of the events of the steps in their order."""
    steps = {f"{_STEP}{place}": matches(step) for place, step in enumerate(rule.steps)}
    is_any = pl.any_horizontal(*steps.values())
    rows = past.events.filter(is_any)
    keys = []
    if rule.same is not None:
        keys = [pl.col(rule.same).alias(_KEY)]
        rows = rows.filter(pl.col(rule.same).is_not_null())
    rows = rows.select(CONTACT, *keys, *ORDER, **steps)
    groups = [CONTACT, *([_KEY] if keys else [])]
    within = None if rule.within is None else micros(rule.within)

    def complete(frame: pl.DataFrame) -> pl.DataFrame:
        frame = in_order(frame, [CONTACT, *ORDER])
        if keys:
            frame = together(frame, _KEY, within=CONTACT)
        places = [frame[name].fill_null(value=False).arg_true() for name in steps]
        return find(frame, places, groups=groups, within=within)

    return rows.map_batches(
        complete,
        schema=schema,
        predicate_pushdown=False,
        projection_pushdown=False,
        slice_pushdown=False,
    )
