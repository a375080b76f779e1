"""Options that commands share, and the settings that they make."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import which
from typing import Annotated

import typer

from connector.cli.console import visible
from connector.config.settings import Settings, read_settings
from connector.domain.instants import BadInstant, parse_instant
from connector.runtime.clock import SystemClock

FLAG = ""
"""The metavar of a switch: Typer would show `<bool>`, as if a word had to follow."""

PROGRAM = "heatsync"

Mappings = Annotated[
    Path | None,
    typer.Option(
        "--mappings",
        metavar="FOLDER",
        help="The folder of YAML files (default: mappings, or HEATSYNC_MAPPINGS).",
    ),
]
Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        help=("The state's database (default: sqlite:///heatsync.db, or HEATSYNC_DATABASE_URL)."),
    ),
]
AsJson = Annotated[bool, typer.Option("--json", metavar=FLAG, help="Print JSON, for machines.")]
Only = Annotated[str | None, typer.Option("--only", metavar="PLATFORM", help="Only this platform.")]
Force = Annotated[
    bool,
    typer.Option(
        "--force", metavar=FLAG, help="Accept what the guards against mass removal would stop."
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="INSTANT",
        help="As of this instant: ISO 8601, a date, or epoch seconds (default: now).",
    ),
]
UnusedMappings = Annotated[Path | None, typer.Option("--mappings", hidden=True)]
"""Taken by every command, so that a script may give it to all of them."""
UnusedDatabase = Annotated[str | None, typer.Option("--database", hidden=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Options given before the command."""

    mappings: Path | None = None
    database: str | None = None
    as_json: bool = False


def settings_of(context: typer.Context, mappings: Path | None, database: str | None) -> Settings:
    """Return the settings: options of the command, then of heatsync, then the environment.

    Raises ConfigError when a variable of the environment is wrong.
    """
    given = _given(context)
    return read_settings(
        mappings=mappings or given.mappings, database_url=database or given.database
    )


def called(settings: Settings) -> str:
    """Return how heatsync is called for this installation; a server's URL is never shown."""
    words = [PROGRAM]
    started = Path(sys.argv[0])
    if started.name == PROGRAM and which(PROGRAM) is None:
        words = [os.path.relpath(started)]
    if settings.mappings != Settings.model_fields["mappings"].default:
        words += ["--mappings", str(settings.mappings)]
    url = settings.database_url
    if url != Settings.model_fields["database_url"].default:
        shown = url.get_secret_value()
        words += ["--database", shown if shown.startswith("sqlite:") else "URL"]
    return shlex.join(words)


def wants_json(context: typer.Context, *, as_json: bool) -> bool:
    """Return whether the command, or heatsync as a whole, was asked for JSON."""
    return as_json or _given(context).as_json


def _given(context: typer.Context) -> Given:
    given = context.find_root().obj
    return given if isinstance(given, Given) else Given()


def instant(text: str | None) -> datetime:
    """Return the instant that an option means; now when it was not given."""
    if text is None:
        return SystemClock().now()
    try:
        return parse_instant(text)
    except BadInstant as error:
        raise typer.BadParameter(f"{visible(text)} {error}", param_hint="--at") from error
