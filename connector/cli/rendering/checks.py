"""What a check found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.cli.console import grid, out, plain, show, tell
from connector.cli.rendering.words import counted
from connector.domain.durations import format_duration
from connector.scoring.model import (
    CountRule,
    EventRule,
    Expires,
    HalfLife,
    Linear,
    SequenceRule,
    Step,
)
from connector.sync.summary import problem_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.config.configuration import Configuration
    from connector.errors import Problem
    from connector.scoring.model import Decay, Rule


def check_json(
    configuration: Configuration,
    warnings: Sequence[Problem],
    troubles: Mapping[str, Sequence[Problem]],
) -> dict[str, object]:
    """Return what a check found as machines read it."""
    return {
        "ok": not any(troubles.values()),
        "digest": configuration.digest,
        "decay": {name: _decay(rule) for name, rule in configuration.model.rules.items()},
        "notes": _notes(configuration),
        "warnings": [problem_json(each) for each in warnings],
        "platforms": {
            name: [problem_json(each) for each in problems] for name, problems in troubles.items()
        },
    }


def show_check(
    configuration: Configuration,
    warnings: Sequence[Problem],
    troubles: Mapping[str, Sequence[Problem]],
) -> None:
    """Print what a check found."""
    out.print("[bold green]The configuration is right.[/]")
    tell(_size(configuration), indent=0)
    if configuration.model.rules:
        out.print("\n[bold]How points cool[/]")
        table = grid("lll")
        for name, rule in configuration.model.rules.items():
            table.add_row("", plain(name), _decay(rule))
        show(table)
    if remarks := [*_notes(configuration), *(str(each) for each in warnings)]:
        out.print("\n[bold yellow]Worth a look[/]")
        for remark in remarks:
            tell(remark)
    if troubles:
        _show_platforms(troubles)


def _size(configuration: Configuration) -> str:
    model = configuration.model
    counts = {
        "platform": configuration.platforms,
        "attribute": configuration.attributes,
        "rule": model.rules,
        "score": model.scores,
        "target": model.targets,
        "trigger": model.triggers,
    }
    return ", ".join(counted(len(these), one) for one, these in counts.items()) + "."


def _show_platforms(troubles: Mapping[str, Sequence[Problem]]) -> None:
    out.print("\n[bold]Platforms[/]")
    table = grid("lll")
    for name, problems in troubles.items():
        state = "[green]ready[/]" if not problems else "[bold red]not ready[/]"
        table.add_row("", plain(name), state)
    show(table)
    for problems in troubles.values():
        for problem in problems:
            tell(str(problem))


def _notes(configuration: Configuration) -> list[str]:
    ignore = configuration.model.ignore
    if not configuration.has_model or (ignore is not None and "is_machine" in ignore.names):
        return []
    note = (
        "Clicks and opens of machines (mail scanners, privacy proxies) count like those of people; "
        'write `events: {ignore: "is_machine"}` to leave them out.'
    )
    return [note]


def _decay(rule: Rule) -> str:
    is_standing = isinstance(rule, CountRule) and rule.award == "standing"
    if isinstance(rule, (EventRule, SequenceRule, CountRule)) and not is_standing:
        return _words(rule.decay)
    return "stands while it holds"


def _words(decay: Decay | None) -> str:
    match decay:
        case HalfLife(span=span):
            return f"half is left after {format_duration(span)}"
        case Linear(span=span):
            return f"fades evenly over {format_duration(span)}"
        case Expires(span=span):
            return f"gone after {format_duration(span)}"
        case Step(every=every, keep=keep):
            return f"{keep:.4g} of it is left after each {format_duration(every)}"
        case None:
            return "never cools"
