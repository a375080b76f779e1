"""The events that exist for scoring: renamed, tagged by the catalogue, without the ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import AT
from connector.scoring.matching import holds
from connector.scoring.past import ATTENTION, Past, instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from connector.scoring.model import ContentTag, Model


def existing(model: Model, events: pl.LazyFrame, at: datetime) -> Past:
    """Return what `model` sees of stored `events` at `at`, in any order."""
    now = instant(at)
    events = events.filter(pl.col(AT) <= now)
    if model.keep_events is not None:
        events = events.filter(pl.col(AT) > now - model.keep_events)
    events = events.with_columns(pl.col("is_machine").fill_null(False))
    events = _tagged(_renamed(events, model.rename), model.content)
    if model.ignore is not None:
        events = events.filter(~holds(model.ignore))
    soon = instant(at + ATTENTION)
    return Past(events=events, now=now, soon=soon, timezone=model.timezone.key)


def _renamed(events: pl.LazyFrame, rename: Mapping[str, Mapping[str, str]]) -> pl.LazyFrame:
    kind = pl.col("type")
    for platform, names in rename.items():
        meant = pl.col("type").replace(list(names), list(names.values()))
        kind = pl.when(pl.col("platform") == platform).then(meant).otherwise(kind)
    return events.with_columns(kind.alias("type")) if rename else events


def _tagged(events: pl.LazyFrame, content: Iterable[ContentTag]) -> pl.LazyFrame:
    """Let the first entry that matches set the tags it names; others keep what came with them."""
    phase, kind = pl.col("phase"), pl.col("kind")
    for entry in reversed(tuple(content)):
        is_match = holds(entry.match)
        phase = pl.when(is_match).then(_named(entry.phase, "phase")).otherwise(phase)
        kind = pl.when(is_match).then(_named(entry.kind, "kind")).otherwise(kind)
    return events.with_columns(phase.alias("phase"), kind.alias("kind")) if content else events


def _named(tag: str | None, column: str) -> pl.Expr:
    return pl.col(column) if tag is None else pl.lit(tag)
