"""Versions of the model, and what an edit changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from connector.cli.console import glyph, grid, out, plain, show, tell
from connector.cli.rendering.words import day, number
from connector.config.digest import CLASS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.sync.deciding.versions import Json, ModelChange, ModelVersion


def version_name(version: ModelVersion) -> str:
    """Return a version as people speak of it."""
    return f"version {version.number} ({version.short})"


def show_versions(known: Sequence[ModelVersion], present: str | None) -> None:
    """Print every version, the newest last; `present` is the digest of the configuration.

    It is None where that is broken.
    """
    table = grid("rlll", "", "digest", "since", "")
    for version in known:
        mark = "[bold]the configuration of now[/]" if version.digest == present else ""
        table.add_row(f"[bold]{version.number}[/]", version.short, day(version.since), mark)
    if known:
        show(table)
    if present is not None and present not in {each.digest for each in known}:
        tell("The configuration of now has decided nothing yet: heatsync sync uses it.", indent=0)


def show_version(version: ModelVersion) -> None:
    """Print all that one version stood for."""
    name = version_name(version).capitalize()
    out.print(f"[bold]{name}[/], since {day(version.since)}\n")
    source = json.dumps(json.loads(version.source), indent=2, ensure_ascii=False)
    for line in source.splitlines():
        tell(line, indent=0)


def show_changes(before: ModelVersion, after: ModelVersion, changes: Sequence[ModelChange]) -> None:
    """Print what became another from one version to the next, old value and new."""
    arrow = glyph("→", "->")
    out.print(f"[bold]{version_name(before)} {arrow} {version_name(after)}[/]\n")
    table = grid("lll")
    for row in edit_rows(changes):
        table.add_row("", *row)
    if changes:
        show(table)
    else:
        tell("Nothing differs.", indent=0)


def edit_rows(changes: Sequence[ModelChange]) -> Iterator[tuple[str, str]]:
    """Yield each place that is another, and its old and new value."""
    arrow = glyph("→", "->")
    for change in changes:
        values = f"[dim]{_words(change.before)}[/] {arrow} [bold]{_words(change.after)}[/]"
        yield plain(change.path), values


def _words(value: Json) -> str:
    """Return a value on one line, without what nobody has set."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case float():
            return number(value, 9)
        case str():
            return plain(value)
        case list():
            return ", ".join(_item(each) for each in value) or "none"
    given = {name: each for name, each in value.items() if name not in {CLASS, "name"}}
    words = [f"{name} {_words(each)}" for name, each in given.items() if _is_set(each)]
    return f"({', '.join(words)})"


def _item(value: Json) -> str:
    """Return one of several values, by its name where it has one."""
    name = value.get("name") if isinstance(value, dict) else None
    return f"{_words(name)} {_words(value)}" if name else _words(value)


def _is_set(value: Json) -> bool:
    """Return whether somebody has set a value; a zero was set, a no is the default."""
    return isinstance(value, float) or bool(value)
