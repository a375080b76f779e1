"""A catalogue of content that has outgrown the points it was given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from connector.config.lint.subject import Remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.config.lint.subject import Subject

_LEAST = 5
"""Fewer new entries than this are no reason to think again."""


def catalogue_grown(subject: Subject) -> Iterator[Remark]:
    """Find catalogues that grew by half, and by 5 entries, since the rules were last edited."""
    if subject.seen is None or not subject.model.content:
        return
    configuration = subject.configuration
    now = configuration.source
    oldest_first = sorted(subject.seen.models.values(), key=lambda each: each[0])
    before = entries_when_set(now, [source for _, source in oldest_first])
    count = len(subject.model.content)
    if before is not None and has_outgrown(count, before):
        message = (
            f"the catalogue has {count} entries, and had {before} when the rules were last edited"
        )
        hint = "with more content a single visit says less: look at the points of discovery again"
        yield Remark(path=("content",), message=message, hint=hint)


def has_outgrown(count: int, before: int) -> bool:
    """Return whether `count` entries are so many more than `before` that points may be stale."""
    return count - before >= _LEAST and count >= before * 1.5


def entries_when_set(now: str, sources: list[str]) -> int | None:
    """Return how many entries the catalogue had when the rules of `now` were first used.

    `now` is the source of the present model, `sources` those used so far, oldest first. None when
    no model with these rules was used yet, or others were used since.
    """
    rules = json.loads(now)["rules"]
    entries: int | None = None
    for source in reversed(sources):
        model = json.loads(source)
        if model["rules"] != rules:
            break
        entries = len(model["content"])
    return entries
