"""Commands that set an installation up: init, check, schema, adapters."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.registry import all_adapters, capability_table
from connector.cli.console import grid, out, plain, print_json, show, tell
from connector.cli.options import (
    FLAG,
    AsJson,
    Database,
    Mappings,
    UnusedDatabase,
    UnusedMappings,
    settings_of,
    wants_json,
)
from connector.cli.rendering.checks import check_json, show_check
from connector.config.lint.checks import advise
from connector.config.places import in_order
from connector.config.presets import DEFAULT_PRESET, write_preset
from connector.config.schema import json_schema
from connector.config.settings import unknown_variables
from connector.runtime.bootstrap import read_configuration
from connector.runtime.checking import check_platforms, seen_so_far
from connector.sync.summary import problem_json

if TYPE_CHECKING:
    from connector.errors import Problem

SHOWN = (
    *("reads", "writes", "manages", "events", "actions", "types"),
    *("attribute_batch", "list_batch", "action_batch"),
)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    for command in (init, check, schema, adapters):
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


def check(
    context: typer.Context,
    *,
    offline: Annotated[
        bool,
        typer.Option("--offline", metavar=FLAG, help="Only the files: ask no platform anything."),
    ] = False,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Check the configuration, then every platform: what is missing, and what mends it.

    Examples:
      heatsync check
      heatsync check --offline           asks no platform, needs no key
    """
    settings = settings_of(context, mappings, database)
    configuration = read_configuration(settings, offline=offline)
    troubles: dict[str, list[Problem]] = {}
    seen = None
    if not offline:
        troubles = asyncio.run(check_platforms(configuration))
        seen = asyncio.run(seen_so_far(settings))
    advice = in_order([*configuration.warnings, *advise(configuration, seen)])
    warnings = [*unknown_variables(), *advice]
    if wants_json(context, as_json=as_json):
        print_json(check_json(configuration, warnings, troubles))
    else:
        show_check(configuration, warnings, troubles)
    if any(troubles.values()):
        raise typer.Exit(69)


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
