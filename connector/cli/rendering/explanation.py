"""Why a lead has its score, as a person reads it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from connector.cli.console import grid, out, plain, show, tell
from connector.cli.rendering.contributions import Scale
from connector.cli.rendering.versions import version_name
from connector.cli.rendering.words import day, moment, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.domain.ledger import HistoryEntry
    from connector.scoring.model import Model
    from connector.sync.looking.explaining import Explanation
    from connector.sync.looking.forecast import Turn

_MATTERS = 1e-6
"""The least difference of points that is told."""

_SOON = timedelta(minutes=1)
_PAST_SHOWN = 5
"""So many decisions that were taken back are shown, the latest."""


def show_explanation(explanation: Explanation, model: Model) -> None:
    """Print scores and stages, what made them up under `model`, and when they change next."""
    _show_person(explanation)
    if explanation.is_excluded:
        out.print("\nExcluded by the configuration: neither scored nor written.")
        return
    if not explanation.scores:
        out.print("\nThe configuration has no model: nothing is scored.")
    _show_scores(explanation)
    _show_contributions(explanation, model)
    sentences = [*beyond_sentences(explanation, model)]
    if sentences:
        out.print()
    for sentence in sentences:
        tell(sentence, indent=0)
    _show_facts(explanation)
    out.print()
    if explanation.turn:
        tell(turn_sentence(explanation.turn), indent=0, style="bold")
    tell(next_change_sentence(explanation), indent=0)
    for line in version_sentences(explanation):
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
    for each in explanation.taken_back[:_PAST_SHOWN]:
        if each.cleared_at is not None:
            span = f"from {day(each.made_at)} to {day(each.cleared_at)}"
            told = f"{each.score} was {number(each.value, 9)} by hand {span}: {each.reason}"
            tell(told, style="dim")


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


def _show_contributions(explanation: Explanation, model: Model) -> None:
    scale = Scale(explanation.contributions, model)
    for dimension, total in explanation.dimensions.items():
        own = [each for each in explanation.contributions if each.dimension == dimension]
        out.print(f"\n[bold]{plain(dimension)}[/] {number(total, 2)}")
        show(scale.table(own) if own else "  [dim]nothing[/]")
    loose = [each for each in explanation.contributions if each.dimension is None]
    if loose:
        out.print("\n[bold]by hand[/]")
        show(scale.table(loose))


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


def beyond_sentences(explanation: Explanation, model: Model) -> Iterator[str]:
    """Yield what formulas and ranges make of the points, where a score is not their sum."""
    # A command line that explains nothing starts without the engine.
    from connector.sync.looking.steps import steps

    for name in (each for each in explanation.scores if each in model.scores):
        for step in steps(model, explanation, name):
            before, after = number(step.after - step.points, 2), number(step.after, 2)
            if step.kind == "formula":
                yield f"The formula of {name} makes {after} of {before}."
            elif step.kind == "range":
                most = "most" if step.points < 0 else "least"
                yield f"{name} is at {most} {after}: {before} is cut to it."


def turn_sentence(turn: Turn) -> str:
    """Return which stage comes next with time alone, and when."""
    verb = "falls" if turn.is_fall else "rises"
    change = f"{turn.score} {verb} from {turn.before} to {turn.after} on {moment(turn.at)}"
    return f"{change}, unless something new happens."


def next_change_sentence(explanation: Explanation) -> str:
    """Return when time alone changes anything of it."""
    if explanation.next_change_at is None:
        return "Nothing changes with time alone."
    if explanation.next_change_at - explanation.at < _SOON:
        return "Points are cooling: this may change at any time, with no new event."
    return f"With no new event nothing changes before {moment(explanation.next_change_at)}."


def version_sentences(explanation: Explanation) -> Iterator[str]:
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
