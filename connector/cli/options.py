"""Options that commands share, and the settings that they make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from connector.config.settings import Settings, read_settings
from connector.domain.instants import BadInstant, parse_instant
from connector.runtime.clock import SystemClock

Mappings = Annotated[
    Path | None,
    typer.Option(
        "--mappings",
        metavar="FOLDER",
        help="The folder of YAML files. [env: HEATSYNC_MAPPINGS; default: mappings]",
    ),
]
Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        help="The state's database. [env: HEATSYNC_DATABASE_URL; default: sqlite:///heatsync.db]",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
Only = Annotated[str | None, typer.Option("--only", metavar="PLATFORM", help="Only this platform.")]
Force = Annotated[
    bool, typer.Option("--force", help="Accept what the guards against mass removal would stop.")
]
At = Annotated[
    str | None,
    typer.Option(
        "--at", metavar="INSTANT", help="As of this instant: ISO 8601 or epoch. [default: now]"
    ),
]


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
        raise typer.BadParameter(f"{text} {error}", param_hint="--at") from error
