"""What a check found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.cli.console import grid, out, plain, show, tell
from connector.cli.rendering.words import counted, points
from connector.conditions.expression import Expression
from connector.config.lint.cooling import coolings
from connector.sync.looking.rule_words import cooling, kind_of
from connector.sync.summary import problem_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.config.configuration import Configuration
    from connector.config.lint.cooling import Cooling
    from connector.errors import Problem
    from connector.scoring.model import Rule
    from connector.sync.setting_up.provisioning import Lacking


def check_json(
    configuration: Configuration,
    warnings: Sequence[Problem],
    troubles: Mapping[str, Sequence[Problem]],
    made: Mapping[str, Lacking],
) -> dict[str, object]:
    """Return what a check found as machines read it."""
    rules = configuration.model.rules
    return {
        "ok": not any(troubles.values()),
        "digest": configuration.digest,
        "rules": {
            name: {
                "kind": kind_of(rules[name]),
                "points": _points(rules[name]),
                "dimension": rules[name].dimension,
                "decay": cooling(cooled),
                "decay_from": cooled.told_by,
            }
            for name, cooled in coolings(configuration).items()
        },
        "warnings": [problem_json(each) for each in warnings],
        "platforms": {
            name: [problem_json(each) for each in problems] for name, problems in troubles.items()
        },
        "made": {
            name: {
                "fields": [field.name for field in each.fields],
                "options": {field.name: list(field.options or ()) for field in each.options},
                "lists": list(each.lists),
            }
            for name, each in made.items()
        },
    }


def show_missing(missing: Mapping[str, Lacking]) -> None:
    """Print what will be made."""
    out.print("[bold]To be made[/]")
    table = grid("llll")
    for name, each in missing.items():
        for field in each.fields:
            table.add_row("", plain(name), "field", f"{plain(field.name)} ({field.type.value})")
        for field in each.options:
            words = f"{plain(field.name)}: {plain(', '.join(field.options or ()))}"
            table.add_row("", plain(name), "options", words)
        for listed in each.lists:
            table.add_row("", plain(name), "list", plain(listed))
    show(table)
    out.print()


def show_check(
    configuration: Configuration,
    warnings: Sequence[Problem],
    troubles: Mapping[str, Sequence[Problem]],
) -> None:
    """Print what a check found: what keeps platforms from working, then what is worth a look."""
    if any(troubles.values()):
        out.print("[bold]The mapping is right, but not every platform is ready.[/]")
    else:
        out.print("[bold green]The configuration is right.[/]")
    tell(_size(configuration), indent=0)
    if configuration.model.rules:
        _show_rules(configuration)
    if troubles:
        _show_platforms(troubles)
    if warnings:
        out.print("\n[bold yellow]Worth a look[/]")
        for warning in warnings:
            tell(str(warning))


def _show_rules(configuration: Configuration) -> None:
    """Print what each rule gives and how it cools."""
    out.print()
    table = grid("llrlll", "rule", "kind", "points", "dimension", "cooling", "written in")
    for name, cooled in coolings(configuration).items():
        rule = configuration.model.rules[name]
        given = _points(rule)
        shown = "SQL" if isinstance(given, str) else points(given)
        words = (kind_of(rule), shown, rule.dimension, cooling(cooled), _place(cooled, rule))
        table.add_row(plain(name), *map(plain, words))
    show(table)


def _points(rule: Rule) -> float | str:
    """Return the points of a rule, or their SQL."""
    return rule.points.text if isinstance(rule.points, Expression) else rule.points


def _place(cooled: Cooling, rule: Rule) -> str:
    """Return where the cooling of a rule is written."""
    if cooled.is_standing:
        return ""
    return {
        "rule": "the rule",
        "dimension": f"dimension {rule.dimension}",
        "model": "model.decay",
        None: "nowhere",
    }[cooled.told_by]


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
