"""Which events of a platform are worth asking for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.lint.conditions import matches
from connector.scoring.matching import EVERYTHING, covers
from connector.scoring.model import InactiveRule

if TYPE_CHECKING:
    from connector.scoring.model import Model


def event_types(model: Model, platform: str) -> frozenset[str] | None:
    """Return the types and patterns of events on `platform` that anything looks at.

    They are the platform's, before they are renamed. None: every type.
    """
    patterns = {each.matcher.pattern for each in matches(model)}
    if EVERYTHING in patterns or any(
        isinstance(rule, InactiveRule) and rule.match is None for rule in model.rules.values()
    ):
        return None
    renamed = model.rename.get(platform, {})
    return frozenset(patterns) | {
        theirs
        for theirs, ours in renamed.items()
        if any(covers(pattern, ours) for pattern in patterns)
    }
