"""What made a score: a line per rule, with its points and what they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.cli.console import glyph, grid, plain
from connector.cli.rendering.words import counted, day, number, points
from connector.scoring.columns import LIMIT, OVERRIDE
from connector.scoring.model import CountRule, EventRule, SequenceRule
from connector.sync.looking.rule_words import fading, purpose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.table import Table

    from connector.scoring.model import Model, Rule
    from connector.sync.looking.explaining import Contribution

BAR = 16
_MATTERS = 1e-6
"""The least difference of points that is told."""


class Scale:
    """What makes the bars and numbers of one explanation comparable."""

    def __init__(self, contributions: Sequence[Contribution], model: Model) -> None:
        """Take all contributions, and the model whose rules gave them, as far as it is known."""
        self._model = model
        self._most = max((abs(each.points) for each in contributions), default=0.0) or 1.0
        is_whole = all(abs(each.points - round(each.points)) < _MATTERS for each in contributions)
        self._digits = 0 if is_whole else 2

    def table(self, contributions: Sequence[Contribution]) -> Table:
        """Return points, bar, rule and what for; below it when that was, and of how many points."""
        table = grid("lrlll")
        for each in contributions:
            row = (points(each.points, self._digits), self._bar(each.points))
            name, meaning = map(plain, meaning_of(each, self._model))
            below = "; ".join(filter(None, (_when(each), self._given(each))))
            if below:
                meaning = f"{meaning}\n[dim]{plain(below)}[/]"
            table.add_row("", *row, name, meaning)
        return table

    def _bar(self, value: float) -> str:
        shown, color = (glyph("█", "#"), "red") if value > 0 else (glyph("░", "-"), "blue")
        return f"[{color}]{shown * round(abs(value) / self._most * BAR)}[/]"

    def _given(self, contribution: Contribution) -> str:
        """Return what was given before cooling and ceilings, and which of them took of it."""
        rule = self._model.rules.get(contribution.rule)
        if rule is None or abs(contribution.raw_points - contribution.points) <= _MATTERS:
            return ""
        reasons = ", ".join(_reasons(rule, self._model))
        return f"of {points(contribution.raw_points)}: {reasons}"


def meaning_of(contribution: Contribution, model: Model) -> tuple[str, str]:
    """Return the name of what gave points, and what it is in words."""
    if contribution.rule == OVERRIDE:
        return "by hand", "set by a person"
    if contribution.rule == LIMIT:
        return "limit", _limit(contribution, model)
    rule = model.rules.get(contribution.rule)
    return contribution.rule, purpose(rule) if rule else ""


def _limit(contribution: Contribution, model: Model) -> str:
    dimension = model.dimensions.get(contribution.dimension or "")
    if dimension is None:
        return f"of {contribution.dimension}"
    side, bound = ("at most", dimension.cap)
    if contribution.points > 0:
        side, bound = ("at least", dimension.floor)
    return f"{dimension.name} is {side} {number(bound, 9)}"


def _reasons(rule: Rule, model: Model) -> Iterator[str]:
    """Yield what may make points less than they were given."""
    if isinstance(rule, EventRule) and rule.cap is not None:
        per = "ever" if rule.cap.per == "lifetime" else f"a {rule.cap.per}"
        yield f"at most {number(abs(rule.cap.points), 9)} {per}"
    if isinstance(rule, (EventRule, SequenceRule, CountRule)) and rule.decay is not None:
        yield fading(rule.decay)
    if rule.group is not None:
        yield f"{rule.group} gives at most {number(abs(model.groups[rule.group]), 9)}"


def _when(contribution: Contribution) -> str:
    if contribution.events:
        first, last = day(contribution.first_at), day(contribution.last_at)
        span = last if first == last else f"{first} to {last}"
        return f"{counted(contribution.events, 'event')}, {span}"
    return f"since {day(contribution.last_at)}" if contribution.last_at else ""
