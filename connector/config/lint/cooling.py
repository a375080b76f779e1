"""How the points of each rule cool in the end, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from connector.scoring.model import CountRule, EventRule, SequenceRule

if TYPE_CHECKING:
    from connector.config.configuration import Configuration
    from connector.mapping.model import ModelEntry
    from connector.scoring.model import Decay, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Cooling:
    """How the points of a rule cool."""

    decay: Decay | None
    """None: they stay."""
    told_by: Literal["rule", "dimension", "model"] | None
    """Where the decay, or `none`, is written; None where it is nowhere."""
    is_standing: bool = False
    """Whether the points stand while something holds, so that nothing of them can cool."""


def coolings(configuration: Configuration) -> dict[str, Cooling]:
    """Return how the points of each rule cool, by the rule's name."""
    entry = configuration.document.model
    rules = configuration.model.rules.values()
    return {rule.name: _cooling(rule, entry) for rule in rules if entry is not None}


def _cooling(rule: Rule, entry: ModelEntry) -> Cooling:
    is_once = not isinstance(rule, CountRule) or rule.award == "once"
    if not isinstance(rule, (EventRule, SequenceRule, CountRule)) or not is_once:
        return Cooling(decay=None, told_by=None, is_standing=True)
    return Cooling(decay=rule.decay, told_by=_told_by(rule, entry))


def _told_by(rule: Rule, entry: ModelEntry) -> Literal["rule", "dimension", "model"] | None:
    dimension = entry.dimensions.get(rule.dimension)
    if getattr(entry.rules[rule.name], "decay", None) is not None:
        return "rule"
    if dimension is not None and dimension.decay is not None:
        return "dimension"
    return "model" if entry.decay is not None else None
