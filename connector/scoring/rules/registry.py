"""The kinds of rule: a new one is a module and a line here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from connector.scoring.matching import holds
from connector.scoring.model import (
    CountRule,
    EventRule,
    InactiveRule,
    SequenceRule,
    WhenRule,
)
from connector.scoring.rules.count import count_effect
from connector.scoring.rules.event import event_effect
from connector.scoring.rules.inactive import inactive_effect
from connector.scoring.rules.sequence import sequence_effect
from connector.scoring.rules.when import when_effect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.scoring.model import Rule, RuleBase
    from connector.scoring.past import Past
    from connector.scoring.rules.effect import Effect

_KINDS: Mapping[type[RuleBase], Callable[[Any, Past], Effect]] = {
    EventRule: event_effect,
    SequenceRule: sequence_effect,
    CountRule: count_effect,
    InactiveRule: inactive_effect,
    WhenRule: when_effect,
}


def effect_of(rule: Rule, past: Past) -> Effect:
    """Return what `rule` gives, nothing while its guard is not true."""
    effect = _KINDS[type(rule)](rule, past)
    return effect if rule.guard is None else _guarded(effect, holds(rule.guard))


def _guarded(effect: Effect, is_open: pl.Expr) -> Effect:
    """Let a contribution through where the guard holds; a rule that gives nothing has no events."""

    def let(value: pl.Expr) -> pl.Expr:
        return pl.when(is_open).then(value)

    cooling = effect.cooling
    return replace(
        effect,
        points=let(effect.points),
        raw_points=let(effect.raw_points),
        events=let(effect.events),
        first_at=let(effect.first_at),
        last_at=let(effect.last_at),
        next_at=let(effect.next_at),
        cooling=cooling
        and replace(
            cooling,
            given=let(cooling.given),
            size=let(cooling.size),
            number=let(cooling.number),
        ),
    )
