"""The events that exist for scoring: renamed, tagged by the catalogue, without the ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import AT
from connector.scoring.matching import holds
from connector.scoring.past import Past, instant

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connector.scoring.model import ContentTag, Model


_ENTRY = "_entry"


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
    return Past(
        events=events,
        now=now,
        timezone=model.timezone.key,
    )


def _renamed(events: pl.LazyFrame, rename: Mapping[str, Mapping[str, str]]) -> pl.LazyFrame:
    kind = pl.col("type")
    for platform, names in rename.items():
        meant = pl.col("type").replace(list(names), list(names.values()))
        kind = pl.when(pl.col("platform") == platform).then(meant).otherwise(kind)
    return events.with_columns(kind.alias("type")) if rename else events


def _tagged(events: pl.LazyFrame, content: tuple[ContentTag, ...]) -> pl.LazyFrame:
    """Let the first entry that matches set the tags it names; others keep what came with them."""
    if not content:
        return events
    # Flat, and not a CASE in a CASE for each entry: catalogues have hundreds of them.
    first = pl.coalesce(
        pl.when(holds(entry.match)).then(pl.lit(place)) for place, entry in enumerate(content)
    )
    phases = {place: entry.phase for place, entry in enumerate(content)}
    kinds = {place: entry.kind for place, entry in enumerate(content)}
    return events.with_columns(first.alias(_ENTRY)).with_columns(
        _named(phases, "phase"), _named(kinds, "kind")
    )


def _named(tags: Mapping[int, str | None], column: str) -> pl.Expr:
    named = pl.col(_ENTRY).replace_strict(tags, default=None, return_dtype=pl.String)
    return pl.coalesce(named, pl.col(column)).alias(column)
