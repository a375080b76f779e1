"""What a check found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from connector.cli.console import out
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
    model = configuration.model
    out.print(
        f"[bold green]The configuration is right:[/] {len(configuration.platforms)} platforms, "
        f"{len(configuration.attributes)} attributes, {len(model.rules)} rules, "
        f"{len(model.scores)} scores, {len(model.targets)} targets, {len(model.triggers)} triggers."
    )
    if model.rules:
        out.print("\nHow points cool, by rule:")
        for name, rule in model.rules.items():
            out.print(f"  {escape(name)}: {_decay(rule)}")
    for note in _notes(configuration):
        out.print(f"\nNote: {note}", soft_wrap=True)
    for warning in warnings:
        out.print(f"Warning: {warning}", markup=False, soft_wrap=True)
    for name, problems in troubles.items():
        out.print(f"\n{escape(name)}: {'ready' if not problems else 'not ready'}")
        for problem in problems:
            out.print(f"  {problem}", markup=False, soft_wrap=True)


def _notes(configuration: Configuration) -> list[str]:
    notes: list[str] = []
    ignore = configuration.model.ignore
    if configuration.has_model and (ignore is None or "is_machine" not in ignore.names):
        notes.append(
            "clicks and opens of machines (mail scanners, privacy proxies) count like those of "
            'people; write `events: {ignore: "is_machine"}` to leave them out.'
        )
    return notes


def _decay(rule: Rule) -> str:
    if isinstance(rule, (EventRule, SequenceRule, CountRule)):
        return _words(rule.decay)
    return "while it holds"


def _words(decay: Decay | None) -> str:
    match decay:
        case HalfLife(span=span):
            return f"half is left after {format_duration(span)}"
        case Linear(span=span):
            return f"fades evenly over {format_duration(span)}"
        case Expires(span=span):
            return f"gone after {format_duration(span)}"
        case Step(every=every, keep=keep):
            return f"{keep:.0%} is left after each {format_duration(every)}"
        case None:
            return "stays"
