"""What HEATSYNC_KEEP_EVENTS does to rules: events that are forgotten while they would count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.config.lint.subject import Remark
from connector.domain.durations import format_duration
from connector.scoring.decay import cool
from connector.scoring.model import CountRule, EventRule, InactiveRule, SequenceRule
from connector.scoring.past import micros

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from connector.config.lint.subject import Subject
    from connector.scoring.model import Decay, Model, Rule

_LITTLE = 0.01
"""The share of its points with which an event may be forgotten and nobody notices."""


def rules_that_forget(subject: Subject) -> Iterator[Remark]:
    """Find rules and traits that look further back than HEATSYNC_KEEP_EVENTS keeps events."""
    keep = subject.model.keep_events
    touched = [] if keep is None else list(_touched(subject.model, keep))
    if keep is not None and touched:
        told = ", ".join(f"`{name}` ({reason})" for name, reason in touched)
        message = (
            f"HEATSYNC_KEEP_EVENTS forgets events after {format_duration(keep)}, and this asks for "
            f"more: {told}"
        )
        yield Remark(path=("model",), message=message)


def _touched(model: Model, keep: timedelta) -> Iterator[tuple[str, str]]:
    """Yield what would come to something else with all events, and why."""
    for name, rule in model.rules.items():
        reason = _reason(rule, keep)
        if reason:
            yield name, reason
    for name, trait in model.traits.items():
        reason = _window(trait.within, keep)
        if reason:
            yield name, reason


def _reason(rule: Rule, keep: timedelta) -> str | None:
    match rule:
        case EventRule():
            is_first = rule.once_per is not None or (rule.cap and rule.cap.per == "lifetime")
            return _left(rule.decay, keep) or ("what was first is forgotten" if is_first else None)
        case SequenceRule():
            return _left(rule.decay, keep) or _window(rule.within, keep)
        case CountRule(award="once"):
            return _left(rule.decay, keep) or _window(rule.within, keep)
        case CountRule():
            return _window(rule.within, keep)
        case InactiveRule():
            is_touched = rule.repeat is not None or rule.silence > keep
            return "then silence counts from the contact's creation" if is_touched else None
        case _:
            return None


def _left(decay: Decay | None, keep: timedelta) -> str | None:
    """Return what is left of an event's points when it is forgotten, None when that is little."""
    if decay is None:
        return "its points never cool"
    share = pl.select(cool(pl.lit(1.0), decay, pl.lit(micros(keep)))).item()
    return f"{share:.0%} of its points are left then" if share >= _LITTLE else None


def _window(within: timedelta | None, keep: timedelta) -> str | None:
    if within is None:
        return "it looks at all events"
    return f"it looks back {format_duration(within)}" if within > keep else None
