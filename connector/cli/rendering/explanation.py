"""Why a lead has its score, as a person reads it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from connector.cli.console import out
from connector.cli.rendering.words import day, moment, number, points
from connector.domain.instants import iso

if TYPE_CHECKING:
    from connector.sync.explaining import Contribution, Explanation

BAR = 24
LIMIT = "(limit)"
OVERRIDE = "(override)"


def show_explanation(explanation: Explanation) -> None:
    """Print scores and stages, what made them up, and when they change next."""
    person = explanation.person
    known = ", ".join(
        f"{platform}:{remote_id}"
        for platform, ids in explanation.platforms.items()
        for remote_id in ids
    )
    out.print(
        f"[bold]{escape(person.email or person.key)}[/] [dim]({escape(known)})[/] "
        f"as of {moment(explanation.at)}",
        soft_wrap=True,
    )
    if explanation.is_excluded:
        out.print("Excluded by the configuration: neither scored nor written.")
        return
    _show_scores(explanation)
    _show_contributions(explanation)
    _show_facts(explanation)
    if explanation.next_change_at:
        out.print(
            f"\nWith no new event nothing changes before {moment(explanation.next_change_at)}."
        )
    else:
        out.print("\nNothing changes with time alone.")


def _show_scores(explanation: Explanation) -> None:
    for name, exact in explanation.scores.items():
        stage = explanation.stages.get(name)
        standing = f" → [bold red]{escape(stage)}[/]" if stage else ""
        if exact is None:
            out.print(f"  {escape(name)}: outside its population")
            continue
        rounded = number(explanation.rounded[name], 9)
        out.print(f"  {escape(name)}: [bold]{rounded}[/] [dim]({exact:.6g} exactly)[/]{standing}")
    for name, label in explanation.grades.items():
        out.print(f"  {escape(name)}: [bold]{escape(label or '-')}[/]")
    for each in explanation.overrides:
        out.print(
            f"  {escape(each.score)} was set to {number(each.value, 9)} by hand on "
            f"{day(each.made_at)}: {escape(each.reason)}"
        )


def _show_contributions(explanation: Explanation) -> None:
    most = max((abs(each.points) for each in explanation.contributions), default=0.0)
    for dimension, total in explanation.dimensions.items():
        own = [each for each in explanation.contributions if each.dimension == dimension]
        out.print(f"\n[bold]{escape(dimension)}[/] {number(total, 4)}")
        out.print(_table(own, most))
    loose = [each for each in explanation.contributions if each.dimension is None]
    if loose:
        out.print("\n[bold]by hand[/]")
        out.print(_table(loose, most))


def _table(contributions: list[Contribution], most: float) -> Table | str:
    if not contributions:
        return "  [dim]nothing[/]"
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for each in contributions:
        color = "red" if each.points >= 0 else "blue"
        bar = "█" * round(abs(each.points) / most * BAR) if most else ""
        table.add_row(
            "", points(each.points), f"[{color}]{bar}[/]", f"{escape(_name(each))} {_detail(each)}"
        )
    return table


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
        count = contribution.events
        words.append("1 event" if count == 1 else f"{count:,} events")
        words.append(_span(contribution.first_at, contribution.last_at))
    elif contribution.last_at:
        words.append(f"silent since {day(contribution.last_at)}")
    if abs(contribution.raw_points - contribution.points) > 1e-6:  # noqa: PLR2004 - what shows
        words.append(f"{points(contribution.raw_points)} before cooling and caps")
    return f"[dim]{', '.join(words)}[/]" if words else ""


def _span(first: datetime | None, last: datetime | None) -> str:
    return day(last) if day(first) == day(last) else f"{day(first)} to {day(last)}"


def _show_facts(explanation: Explanation) -> None:
    if explanation.traits:
        out.print("\n[bold]Traits[/]")
        for name, value in explanation.traits.items():
            out.print(f"  {escape(name)}: {escape(_fact(value))}")
    for platform, names in explanation.lists.items():
        shown = ", ".join(names) or "none"
        out.print(f"\nLists on {escape(platform)}: {escape(shown)}")


def _fact(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return number(value, 4)
    return iso(value) if isinstance(value, datetime) else str(value)
