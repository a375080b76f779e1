"""Every condition that a model puts to contacts, and where it is configured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.domain.frames import target_list_column, target_tag_column, trigger_column
from connector.scoring.model import WhenRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.conditions.expression import Expression
    from connector.scoring.change.watch import Path
    from connector.scoring.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a list, a tag or a trigger asks of contacts."""

    path: Path
    column: str
    """Where its truth stands in what the engine returns."""
    when: Expression


def conditions_of(model: Model) -> Iterator[tuple[Path, Expression]]:
    """Yield the conditions of rules and scores, then the wishes; not who is excluded from all."""
    for name, rule in model.rules.items():
        if rule.guard is not None:
            yield ("model", "rules", name, "when"), rule.guard
        if isinstance(rule, WhenRule):
            yield ("model", "rules", name, "when"), rule.when
    for name, score in model.scores.items():
        if score.population is not None:
            yield ("model", "scores", name, "population"), score.population
    for wish in wishes(model):
        yield wish.path, wish.when


def wishes(model: Model) -> Iterator[Wish]:
    """Yield what targets and triggers ask."""
    for platform, target in model.targets.items():
        path: Path = ("targets", platform)
        for each in target.lists:
            column = target_list_column(platform, each.name)
            yield Wish(path=(*path, "lists", each.name, "when"), column=column, when=each.when)
        for tag, when in target.tags.items():
            column = target_tag_column(platform, tag)
            yield Wish(path=(*path, "tags", tag), column=column, when=when)
    for name, trigger in model.triggers.items():
        column = trigger_column(name)
        yield Wish(path=("triggers", name, "when"), column=column, when=trigger.when)
