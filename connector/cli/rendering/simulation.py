"""How a draft would differ from the present model, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.cli.console import glyph, grid, out, plain, show, tell
from connector.cli.rendering.versions import edit_rows
from connector.cli.rendering.words import counted, day, moment, number, points
from connector.domain.durations import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.table import Table

    from connector.sync.simulating.outcome import (
        AlertChange,
        MembershipChange,
        Mover,
        Reason,
        ScoreChange,
        Simulation,
        Status,
    )

OUTSIDE = "outside"
SHOWN_EDITS = 20
_SHOWN_REASONS = 3
_HOW = {"both": "", "new": "[green]new[/]", "gone": "[yellow]gone[/]"}
_LINES = {
    "contacts": "contacts",
    "least": "least",
    "p10": "a tenth is below",
    "p25": "a quarter is below",
    "median": "half is below",
    "p75": "a quarter is above",
    "p90": "a tenth is above",
    "most": "most",
    "mean": "mean",
}


def show_simulation(simulation: Simulation) -> None:
    """Print what would become of scores, stages, lists and alerts, and of whom."""
    question = simulation.question
    out.print(f"[bold]The draft against the model of now[/], as of {moment(question.at)}")
    pace = f"replayed from {day(simulation.start)} in steps of {format_duration(question.step)}"
    how = pace if question.weeks else "as they stand then"
    tell(f"{counted(simulation.contacts, 'contact')}, {how}", indent=0, style="dim")
    _show_edits(simulation)
    for score in simulation.scores:
        _show_score(score)
    _show_memberships(simulation)
    _show_alerts(simulation)
    for name, movers in simulation.movers.items():
        _show_movers(name, movers, simulation)
    if simulation.notes:
        out.print("\n[bold yellow]Worth a look[/]")
        for note in simulation.notes:
            tell(str(note))


def _show_edits(simulation: Simulation) -> None:
    if not simulation.edits:
        out.print("\nThe draft means the same as the model of now.")
        return
    out.print("\n[bold]What the draft changes[/]")
    table = grid("lll")
    for row in edit_rows(simulation.edits[:SHOWN_EDITS]):
        table.add_row("", *row)
    show(table)
    more = len(simulation.edits) - SHOWN_EDITS
    if more > 0:
        tell(f"... and {more:,} more (--json shows all)", style="dim")


def _show_score(score: ScoreChange) -> None:
    out.print(f"\n[bold]{plain(score.name)}[/] {_HOW[score.status]}".rstrip())
    table = grid("llrr", "", "", "now", "draft")
    for name, words in _LINES.items():
        values = [getattr(each, name) if each else None for each in (score.before, score.after)]
        table.add_row("", words, *(number(value, 2) for value in values))
    show(table)
    if score.moves:
        _show_stages(score)


def _show_stages(score: ScoreChange) -> None:
    """Print how many go from each present stage (a row) to each of the draft's (a column)."""
    arrow = glyph("→", "->")
    out.print(f"\n  stage now {arrow} stage in the draft")
    counts = {(each.before, each.after): each.contacts for each in score.moves}
    rows = _places(score.rungs_before, [each.before for each in score.moves])
    columns = _places(score.rungs_after, [each.after for each in score.moves])
    table = grid("ll" + "r" * len(columns), "", "", *map(plain, columns.values()))
    for row, words in rows.items():
        cells = (_cell(counts.get((row, column), 0), row == column) for column in columns)
        table.add_row("", plain(words), *cells)
    show(table)
    if score.rungs_before and score.rungs_after:
        moved = counted(score.moved, "contact changes", "contacts change")
        tell(f"{moved} stage." if score.moved else "Nobody changes stage.")


def _places(rungs: Sequence[str], stages: Sequence[str | None]) -> Mapping[str | None, str]:
    """Return all stages of one side, the highest first, with what they are called."""
    words: dict[str | None, str] = {rung: rung for rung in reversed(rungs)}
    if None in stages:
        words[None] = OUTSIDE if rungs else "no stage"
    return words


def _cell(count: int, is_same: bool) -> str:
    if not count:
        return "[dim]-[/]"
    return f"{count:,}" if is_same else f"[bold]{count:,}[/]"


def _show_memberships(simulation: Simulation) -> None:
    if not simulation.memberships:
        return
    out.print("\n[bold]Lists and tags[/]")
    table = grid("lllrrrrl", "", "", "", "now", "draft", "in", "out", "")
    for each in simulation.memberships:
        what = f"{each.platform} {each.kind}", each.name
        counts = (each.before, each.after, each.gained, each.lost)
        cells = (f"{count:,}" if count else "-" for count in counts)
        table.add_row("", *map(plain, what), *cells, _HOW[each.status])
    show(table)
    for each in simulation.memberships:
        for line in _examples(each, simulation):
            tell(line, style="dim")


def _examples(change: MembershipChange, simulation: Simulation) -> Iterator[str]:
    for count, numbers, words in (
        (change.gained, change.examples_gained, "comes into"),
        (change.lost, change.examples_lost, "leaves"),
    ):
        if not numbers or (change.status == "gone" and words == "leaves"):
            continue
        names = ", ".join(_who(each, simulation) for each in numbers)
        more = f" and {count - len(numbers):,} more" if count > len(numbers) else ""
        yield f"{words} {change.name}: {names}{more}"
    if change.status == "gone" and change.before:
        yield f"{change.name} is not kept true any more: its members stay where they are"


def _show_alerts(simulation: Simulation) -> None:
    alerts, weeks = simulation.alerts, simulation.question.weeks
    if not alerts or not weeks:
        return
    arrow = glyph("→", "->")
    out.print(f"\n[bold]Alerts per week[/], now {arrow} draft")
    headings = (f"{plain(each.trigger)} {_HOW[each.status]}".rstrip() for each in alerts)
    table = grid("ll" + "r" * len(alerts), "", "", *headings)
    for place, week in enumerate(alerts[0].weeks):
        pairs = ((each.weeks[place].before, each.weeks[place].after) for each in alerts)
        table.add_row("", week.week, *(_pair(*pair, arrow) for pair in pairs))
    table.add_row("", "on average", *(_average(each, weeks, arrow) for each in alerts))
    show(table)


def _pair(before: float, after: float, arrow: str) -> str:
    if not before and not after:
        return "[dim]-[/]"
    return f"{number(before)} {arrow} [bold]{number(after)}[/]"


def _average(change: AlertChange, weeks: int, arrow: str) -> str:
    return _pair(change.before / weeks, change.after / weeks, arrow)


def _show_movers(score: str, movers: Sequence[Mover], simulation: Simulation) -> None:
    if not movers:
        return
    out.print(f"\n[bold]Who moves most[/] in {plain(score)}")
    show(_movers(movers, simulation))


def _movers(movers: Sequence[Mover], simulation: Simulation) -> Table:
    arrow = glyph("→", "->")
    table = grid("llrll")
    for each in movers:
        stages = [plain(stage or OUTSIDE) for stage in (each.stage_before, each.stage_after)]
        moved = f"{number(each.before, 2)} {arrow} [bold]{number(each.after, 2)}[/]"
        stage = f" {arrow} ".join(dict.fromkeys(stages)) if any(_stages(each)) else ""
        why = ", ".join(_reason(reason, arrow) for reason in each.reasons[:_SHOWN_REASONS])
        more = len(each.reasons) - _SHOWN_REASONS
        why += f" and {counted(more, 'other')}" if more > 0 else ""
        who = plain(_who(each.contact, simulation))
        table.add_row("", who, moved, stage, f"[dim]{plain(why)}[/]")
    return table


def _stages(mover: Mover) -> tuple[str | None, str | None]:
    return mover.stage_before, mover.stage_after


def _reason(reason: Reason, arrow: str) -> str:
    words: dict[Status, str] = {"both": "", "new": " (new)", "gone": " (gone)"}
    moved = f"{points(reason.before)} {arrow} {points(reason.after)}"
    return f"{reason.rule}{words[reason.status]} {moved}"


def _who(contact: int, simulation: Simulation) -> str:
    person = simulation.persons[contact]
    return person.email or person.key
