"""What single events gave: for whoever asks which of them made a score what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import AT, CONTACT, EVENT_ID, INSTANT
from connector.scoring.events import existing
from connector.scoring.model import CountRule, EventRule, InactiveRule, SequenceRule
from connector.scoring.rules.count import count_parts
from connector.scoring.rules.event import event_gifts
from connector.scoring.rules.gifts import GIFT_SCHEMA
from connector.scoring.rules.inactive import inactive_parts
from connector.scoring.rules.sequence import sequence_parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from connector.scoring.model import Model
    from connector.scoring.past import Past

RULE = "rule"
_PARTS = pl.Schema(
    {CONTACT: pl.Int64(), AT: INSTANT, "platform": pl.String(), EVENT_ID: pl.String()}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What events gave at an instant."""

    seen: pl.DataFrame
    """The events that exist for the model, with their types and tags as it sees them."""
    gifts: pl.DataFrame
    """What each event gives by each event rule it matches: RULE, and GIFT_SCHEMA.

    Before guards and groups. What is left by a rule adds up to its contribution exactly.
    """
    parts: pl.DataFrame
    """The events that make up what other rules give together: RULE, CONTACT and ORDER."""


def timeline(model: Model, *, events: pl.LazyFrame, at: datetime) -> Timeline:
    """Return what each of `events` gives as of `at`."""
    past = existing(model, events, at)
    gifts = [
        event_gifts(rule, past).select(pl.lit(name).alias(RULE), *GIFT_SCHEMA)
        for name, rule in model.rules.items()
        if isinstance(rule, EventRule)
    ]
    parts = [
        each.select(pl.lit(name).alias(RULE), *_PARTS) for name, each in _parts_of(model, past)
    ]
    rule = {RULE: pl.String()}
    return Timeline(
        seen=past.events.collect(),
        gifts=pl.concat([pl.LazyFrame(schema=rule | dict(GIFT_SCHEMA)), *gifts]).collect(),
        parts=pl.concat([pl.LazyFrame(schema=rule | dict(_PARTS)), *parts]).collect(),
    )


def _parts_of(model: Model, past: Past) -> Iterator[tuple[str, pl.LazyFrame]]:
    for name, rule in model.rules.items():
        match rule:
            case CountRule():
                yield name, count_parts(rule, past)
            case SequenceRule():
                yield name, sequence_parts(rule, past)
            case InactiveRule():
                yield name, inactive_parts(rule, past)
            case _:
                pass
