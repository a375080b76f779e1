"""Commands that set an installation up: init, schema, adapters."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from adapters.registry import all_adapters, capability_table
from connector.cli.console import grid, out, plain, print_json, show, tell
from connector.cli.options import (
    FLAG,
    AsJson,
    Mappings,
    UnusedDatabase,
    UnusedMappings,
    settings_of,
    wants_json,
)
from connector.config.presets import DEFAULT_PRESET, write_preset
from connector.config.schema import json_schema
from connector.sync.summary import problem_json

SHOWN = (
    *("reads", "writes", "manages", "events", "actions", "types"),
    *("attribute_batch", "list_batch", "action_batch"),
)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    for command in (init, schema, adapters):
        app.command()(command)


def init(
    context: typer.Context,
    *,
    preset: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Which model to begin with; a wrong name lists them all."
        ),
    ] = DEFAULT_PRESET,
    force: Annotated[
        bool, typer.Option("--force", metavar=FLAG, help="Replace files that exist.")
    ] = False,
    as_json: AsJson = False,
    mappings: Mappings = None,
    _database: UnusedDatabase = None,
) -> None:
    """Write a commented mappings folder and .env.example to begin with.

    Examples:
      heatsync init
      heatsync init --preset simple --mappings ./mappings
    """
    folder = settings_of(context, mappings, None).mappings
    written = write_preset(preset, folder, overwrite=force)
    if wants_json(context, as_json=as_json):
        print_json({"preset": preset, "files": [str(path) for path in written]})
        return
    for path in written:
        tell(f"wrote {path}", indent=0)
    out.print("\nNext: edit them, then run [bold]heatsync check --offline[/].")


def schema(
    *,
    _as_json: AsJson = False,
    _mappings: UnusedMappings = None,
    _database: UnusedDatabase = None,
) -> None:
    """Print the JSON Schema of the mappings folder, for editors.

    Examples:
      heatsync schema > mappings/schema.json
    """
    print_json(json_schema(all_adapters()))


def adapters(
    context: typer.Context,
    *,
    as_json: AsJson = False,
    _mappings: UnusedMappings = None,
    _database: UnusedDatabase = None,
) -> None:
    """Show what each adapter can do."""
    rows = [asdict(row) for row in capability_table()]
    broken = all_adapters().problems()
    if wants_json(context, as_json=as_json):
        problems = [problem_json(each) for each in broken]
        print_json({"adapters": rows, "problems": problems})
        return
    for row in rows:
        out.print(f"[bold]{plain(row['name'])}[/] [dim]({row['status']})[/] {plain(row['title'])}")
        table = grid("lll")
        for name in SHOWN:
            table.add_row("", f"[dim]{name.replace('_', ' ')}[/]", plain(_cell(row[name])))
        show(table)
        out.print()
    for problem in broken:
        tell(str(problem), indent=0, style="yellow")


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(each).replace("_", " ") for each in value) or "-"
    return f"{value:,}" if isinstance(value, int) else str(value)
