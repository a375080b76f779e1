"""The summary of a cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.cli.console import glyph, grid, out, plain, show, tell
from connector.cli.rendering.words import column, counted, moment, why
from connector.domain.ledger import is_courier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.domain.ledger import Lead
    from connector.sync.cycle import Steps
    from connector.sync.looking.explaining import Explanation
    from connector.sync.summary import Summary

SHOWN_PROBLEMS = 10
BAR = 30
_REFUSED = "nothing more is asked of it in this run; [bold]heatsync check[/] says what to do"
DONE = {"sync": "Synced", "pull": "Pulled", "score": "Scored", "push": "Pushed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """One of the hottest leads, and why."""

    score: str
    lead: Lead
    why: Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is shown beside the summary of a cycle."""

    highlights: Sequence[Highlight] = ()
    locations: Sequence[tuple[str, str]] = ()
    """Per platform that was written, where."""
    explain_at: str | None = None
    """The instant of the cycle as it was asked for; None: now."""
    command: str = "heatsync"
    """How this installation is called."""


def show_summary(summary: Summary, steps: Steps, shown: Shown) -> None:
    """Print what a cycle did."""
    done = f"Dry run of {steps.command}" if steps.is_dry else DONE[steps.command]
    trouble = ", [bold yellow]with trouble[/]" if summary.errors else ""
    out.print(f"[bold]{done}[/]{trouble}, as of {moment(summary.at)}\n")
    table = grid("lll")
    for head, words in _lines(summary, steps):
        table.add_row("", head, words)
    show(table)
    for score, stages in summary.stages.items() if steps.scores else ():
        _show_stages(score, stages)
    _show_leads(shown.highlights)
    for name, location in shown.locations:
        out.print()
        tell(f"Written for {name}: {location}", indent=0)
    _show_problems(summary)
    if shown.highlights and not steps.is_dry:
        out.print()
        _show_next(shown)


def _lines(summary: Summary, steps: Steps) -> Iterator[tuple[str, str]]:
    refused = summary.refused_by
    for name in sorted(refused):
        yield f"[bold red]refused by {plain(name)}[/]", _REFUSED
    for name, counts in summary.pulled.items():
        if name not in refused | summary.unpulled or any(counts.values()):
            is_whole = name not in summary.unread
            yield f"pulled from [bold]{plain(name)}[/]", _pulled(counts, is_whole=is_whole)
    if steps.scores:
        scored = summary.scored
        yield "scored", counted(scored, "contact") if scored else "nothing has changed"
    if steps.pushes and not steps.is_dry:
        for name, each in summary.deliveries.items():
            if name in refused and not each["calls"]:
                continue
            told = is_courier(name)
            verb = "told" if told else "pushed to"
            yield f"{verb} [bold]{plain(name)}[/]", _pushed(each, of_messages=told)
    yield from _beside(summary)


def _beside(summary: Summary) -> Iterator[tuple[str, str]]:
    for name, found in summary.drift.items():
        yield f"changed on [bold]{plain(name)}[/]", _drift(found)
    for name, count in summary.erased.items():
        yield f"erased for [bold]{plain(name)}[/]", f"{counted(count, 'person')}, as it did"
    for name, fired in summary.triggers.items():
        if fired:
            yield f"triggered [bold]{plain(name)}[/]", counted(fired, "time")


def _pulled(counts: Mapping[str, int], *, is_whole: bool) -> str:
    contacts, events = counts["contacts"], counts["events"]
    if contacts or events:
        return f"{counted(contacts, 'contact')}, {counted(events, 'event')}"
    # Whoever could not ask knows of nothing new, and not that there is nothing.
    return "nothing new" if is_whole else "nothing: see below"


def _pushed(counts: Mapping[str, int], *, of_messages: bool) -> str:
    words = [f"{counted(counts['created'], 'contact')} created"] if counts.get("created") else []
    one, done = ("message", "sent") if of_messages else ("contact", "updated")
    if counts["delivered"]:
        words.append(f"{counted(counts['delivered'], one)} {done}")
    if counts["unchanged"]:
        words.append(f"{counts['unchanged']:,} already right")
    if counts["failed"]:
        words.append(f"[yellow]{counts['failed']:,} failed[/] (tried again next time)")
    if counts["dead"]:
        words.append(f"[yellow]{counts['dead']:,} refused for good[/]")
    if counts["calls"]:
        # What was tried and waits for the account to be mended is told among the problems.
        words = [*(words or [f"nothing {done}"]), counted(counts["calls"], "call")]
    return ", ".join(words) or "nothing to update"


def _drift(found: Mapping[str, int]) -> str:
    words = {"repaired": "written again", "kept": "left as it is"}
    parts = [f"{found[kind]:,} {said}" for kind, said in words.items() if found[kind]]
    return f"values of ours, by somebody else: {', '.join(parts)}"


def _show_stages(score: str, stages: Mapping[str, int]) -> None:
    out.print(f"\n[bold]{plain(score)}[/] by stage")
    most = max(stages.values(), default=0) or 1
    table = grid("llrl")
    for name, count in reversed(list(stages.items())):
        bar = glyph("█", "#") * max(round(count / most * BAR), 1 if count else 0)
        table.add_row("", plain(name), f"{count:,}", f"[red]{bar}[/]")
    show(table)


def _show_leads(highlights: Sequence[Highlight]) -> None:
    if not highlights:
        return
    out.print("\n[bold]Hottest leads[/]")
    table = grid("lrlll")
    values = column([each.lead.rounded for each in highlights])
    for each, value in zip(highlights, values, strict=True):
        lead = each.lead
        table.add_row(
            "",
            f"[bold]{value}[/]",
            plain(lead.email or lead.key),
            plain(lead.stage or ""),
            f"[dim]{plain(why(each.why.contributions))}[/]",
        )
    show(table)


def _show_next(shown: Shown) -> None:
    best = shown.highlights[0].lead
    at = f" --at {shown.explain_at}" if shown.explain_at else ""
    again = f"{shown.command} explain {best.email or best.key}{at}"
    tell(f"Why so hot? {again}", indent=0, style="dim")


def _show_problems(summary: Summary) -> None:
    if not summary.problems:
        return
    count = len(summary.problems)
    out.print(f"\n[bold yellow]{counted(count, 'problem')}[/]")
    for problem in summary.problems[:SHOWN_PROBLEMS]:
        tell(str(problem))
    if count > SHOWN_PROBLEMS:
        tell(f"... and {count - SHOWN_PROBLEMS:,} more (--json shows all)")
