"""The summary of a cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from connector.cli.console import out
from connector.cli.rendering.words import moment, number, why

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.ports.store import Lead
    from connector.sync.cycle import Steps
    from connector.sync.explaining import Explanation
    from connector.sync.summary import Summary

SHOWN_PROBLEMS = 10
BAR = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """One of the hottest leads, and why."""

    score: str
    lead: Lead
    why: Explanation


def show_summary(
    summary: Summary,
    steps: Steps,
    highlights: Sequence[Highlight],
    locations: Sequence[tuple[str, str]],
) -> None:
    """Print what a cycle did."""
    title = "Dry run of" if steps.is_dry else "Done:"
    out.print(f"[bold]{title} {steps.command}[/] as of {moment(summary.at)}")
    for name, counts in summary.pulled.items():
        out.print(
            f"  pulled from [bold]{escape(name)}[/]: "
            f"{counts['contacts']:,} contacts, {counts['events']:,} events"
        )
    if steps.scores:
        out.print(f"  scored: {summary.scored:,} contacts")
    for name, counts in summary.deliveries.items():
        out.print(f"  pushed to [bold]{escape(name)}[/]: {_deliveries(counts)}")
    for score, stages in summary.stages.items():
        _show_stages(score, stages)
    _show_leads(highlights)
    for name, location in locations:
        out.print(f"\nWritten for {escape(name)}: [bold]{escape(location)}[/]", soft_wrap=True)
    _show_problems(summary)
    if highlights and not steps.is_dry:
        best = highlights[0].lead
        out.print(
            f"\nWhy so hot? heatsync explain {escape(best.email or best.key)} "
            f"--at {moment(summary.at)}",
            style="dim",
            soft_wrap=True,
        )


def _deliveries(counts: Mapping[str, int]) -> str:
    words = [f"{counts['delivered']:,} written", f"{counts['unchanged']:,} unchanged"]
    words += [f"{counts[name]:,} {name}" for name in ("failed", "dead") if counts[name]]
    return ", ".join([*words, f"{counts['calls']:,} calls"])


def _show_stages(score: str, stages: Mapping[str, int]) -> None:
    out.print(f"\n[bold]{escape(score)}[/] by stage")
    most = max(stages.values(), default=0) or 1
    width = max((len(name) for name in stages), default=0)
    for name, count in stages.items():
        bar = "█" * max(round(count / most * BAR), 1 if count else 0)
        out.print(f"  {escape(name.ljust(width))} [red]{bar}[/] {count:,}")


def _show_leads(highlights: Sequence[Highlight]) -> None:
    if not highlights:
        return
    out.print("\n[bold]Hottest leads[/]")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for each in highlights:
        table.add_row(
            "",
            number(each.lead.rounded, 9),
            escape(each.lead.email or each.lead.key),
            escape(each.lead.stage or ""),
            escape(why(each.why)),
        )
    out.print(table)


def _show_problems(summary: Summary) -> None:
    if not summary.problems:
        return
    count = len(summary.problems)
    out.print(f"\n[bold yellow]{count:,} problem{'s' if count > 1 else ''}[/]")
    for problem in summary.problems[:SHOWN_PROBLEMS]:
        out.print(f"  {problem}", markup=False, soft_wrap=True)
    if count > SHOWN_PROBLEMS:
        out.print(f"  ... and {count - SHOWN_PROBLEMS:,} more (--json shows all)")
