"""Why a lead has its score, as a person reads it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from connector.cli.console import glyph, grid, out, plain, show, tell
from connector.cli.rendering.versions import version_name
from connector.cli.rendering.words import counted, day, moment, number, points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.table import Table

    from connector.domain.ledger import HistoryEntry
    from connector.sync.explaining import Contribution, Explanation

BAR = 24
LIMIT = "(limit)"
OVERRIDE = "(override)"
_MATTERS = 1e-6
"""The least difference of points that is told."""

_SOON = timedelta(minutes=1)


def show_explanation(explanation: Explanation) -> None:
    """Print scores and stages, what made them up, and when they change next."""
    _show_person(explanation)
    if explanation.is_excluded:
        out.print("\nExcluded by the configuration: neither scored nor written.")
        return
    if not explanation.scores:
        out.print("\nThe configuration has no model: nothing is scored.")
    _show_scores(explanation)
    _show_contributions(explanation)
    _show_facts(explanation)
    out.print()
    tell(_next_change(explanation), indent=0)
    for line in _versions(explanation):
        tell(line, indent=0, style="dim")


def _show_person(explanation: Explanation) -> None:
    person = explanation.person
    known = [person.key] if person.email else []
    known += [
        f"{platform}:{remote_id}"
        for platform, ids in explanation.platforms.items()
        for remote_id in ids
    ]
    name = plain(person.email or person.key)
    out.print(f"[bold]{name}[/], as of {moment(explanation.at)}")
    tell(", ".join(known), indent=0, style="dim")


def _show_scores(explanation: Explanation) -> None:
    table = grid("llrl")
    for name, exact in explanation.scores.items():
        table.add_row("", plain(name), *_standing(explanation, name, exact))
    for name, label in explanation.grades.items():
        table.add_row("", plain(name), f"[bold]{plain(label or '-')}[/]")
    out.print()
    show(table)
    for each in explanation.overrides:
        tell(
            f"{each.score} was set to {number(each.value, 9)} by hand on {day(each.made_at)}: "
            f"{each.reason}"
        )


def _standing(explanation: Explanation, name: str, exact: float | None) -> tuple[str, str]:
    """Return a score as it is shown, and its stage."""
    if exact is None:
        return "-", "outside its population"
    rounded = explanation.rounded[name]
    stage = explanation.stages.get(name)
    is_cut = rounded is not None and abs(exact - rounded) > _MATTERS
    precisely = f"[dim]{number(exact, 4)} exactly[/]" if is_cut else ""
    words = [f"[bold red]{plain(stage)}[/]" if stage else "", precisely]
    return f"[bold]{number(rounded, 9)}[/]", "  ".join(word for word in words if word)


def _show_contributions(explanation: Explanation) -> None:
    scale = _Scale(explanation.contributions)
    for dimension, total in explanation.dimensions.items():
        own = [each for each in explanation.contributions if each.dimension == dimension]
        out.print(f"\n[bold]{plain(dimension)}[/] {number(total, 2)}")
        show(scale.table(own) if own else "  [dim]nothing[/]")
    loose = [each for each in explanation.contributions if each.dimension is None]
    if loose:
        out.print("\n[bold]by hand[/]")
        show(scale.table(loose))


class _Scale:
    """What makes the bars and numbers of one explanation comparable."""

    def __init__(self, contributions: Sequence[Contribution]) -> None:
        self._most = max((abs(each.points) for each in contributions), default=0.0) or 1.0
        is_whole = all(abs(each.points - round(each.points)) < _MATTERS for each in contributions)
        self._digits = 0 if is_whole else 2

    def table(self, contributions: Sequence[Contribution]) -> Table:
        """Return a line per contribution: points, bar, rule, and what made it."""
        table = grid("lrlll")
        for each in contributions:
            row = (points(each.points, self._digits), self._bar(each.points))
            table.add_row("", *row, plain(_name(each)), f"[dim]{_detail(each)}[/]")
        return table

    def _bar(self, value: float) -> str:
        shown, color = (glyph("█", "#"), "red") if value > 0 else (glyph("░", "-"), "blue")
        return f"[{color}]{shown * round(abs(value) / self._most * BAR)}[/]"


def _name(contribution: Contribution) -> str:
    if contribution.rule == LIMIT:
        return "held by the limit of this dimension"
    if contribution.rule == OVERRIDE:
        return "set by a person"
    return contribution.rule


def _detail(contribution: Contribution) -> str:
    if contribution.rule in {LIMIT, OVERRIDE}:
        return ""
    words: list[str] = []
    if contribution.events:
        span = _span(contribution.first_at, contribution.last_at)
        words.append(f"{counted(contribution.events, 'event')}, {span}")
    elif contribution.last_at:
        words.append(f"since {day(contribution.last_at)}")
    if abs(contribution.raw_points - contribution.points) > _MATTERS:
        words.append(f"{points(contribution.raw_points)} before cooling and caps")
    return "; ".join(words)


def _span(first: datetime | None, last: datetime | None) -> str:
    return day(last) if day(first) == day(last) else f"{day(first)} to {day(last)}"


def _show_facts(explanation: Explanation) -> None:
    if explanation.traits:
        out.print("\n[bold]Traits[/]")
        table = grid("lll")
        for name, value in explanation.traits.items():
            table.add_row("", plain(name), plain(_fact(value)))
        show(table)
    if explanation.lists:
        out.print("\n[bold]Lists[/]")
        for platform, names in explanation.lists.items():
            tell(f"{platform}: {', '.join(names) or 'none'}")


def _next_change(explanation: Explanation) -> str:
    if explanation.next_change_at is None:
        return "Nothing changes with time alone."
    if explanation.next_change_at - explanation.at < _SOON:
        return "Points are cooling: this may change at any time, with no new event."
    return f"With no new event nothing changes before {moment(explanation.next_change_at)}."


def _versions(explanation: Explanation) -> Iterator[str]:
    """Yield which model explains this, which one decided then, and what edits changed."""
    version, then = explanation.version, explanation.decided_by
    if version is not None:
        yield f"Explained by {version_name(version)} of the model, since {day(version.since)}."
    else:
        yield "Explained by a model that has decided nothing yet: heatsync sync uses it."
    if then is not None and then != version:
        yield f"What was decided then was decided by {version_name(then)}."
    for edit in explanation.edits:
        stood = f"from {_stood(edit.before)} to {_stood(edit.after)}"
        when = f"on {day(edit.after.at)}, as version {edit.version.number} came into use"
        yield f"{edit.name} went {stood} {when}."


def _stood(entry: HistoryEntry) -> str:
    words = [number(entry.rounded, 9)] if entry.rounded is not None else []
    words += [entry.stage] if entry.stage else []
    return " ".join(words) or "nothing"


def _fact(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return number(value, 4)
    return moment(value) if isinstance(value, datetime) else str(value)
