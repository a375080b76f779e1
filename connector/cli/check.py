"""The command check: what is wrong or missing, and mending what can be mended."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from connector.cli.console import err, print_json, progress
from connector.cli.options import FLAG, AsJson, Database, Mappings, settings_of, wants_json
from connector.cli.rendering.checks import check_json, show_check, show_missing
from connector.config.places import in_order
from connector.config.settings import unknown_variables
from connector.errors import ConfigError, Problem
from connector.runtime.bootstrap import read_configuration
from connector.runtime.checking import Checkup, check_platforms, seen_so_far

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.config.configuration import Configuration
    from connector.config.lint.subject import Seen
    from connector.sync.setting_up.provisioning import Lacking


Offline = Annotated[
    bool,
    typer.Option("--offline", metavar=FLAG, help="Only the files: ask no platform anything."),
]
Fix = Annotated[
    bool,
    typer.Option(
        "--fix", metavar=FLAG, help="Make the fields, options and lists that are missing."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", metavar=FLAG, help="With --fix: do not ask before.")]


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command()(check)


def check(
    context: typer.Context,
    *,
    offline: Offline = False,
    fix: Fix = False,
    yes: Yes = False,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Check the configuration, then every platform: what is missing, and what mends it.

    Examples:
      heatsync check
      heatsync check --offline           asks no platform, needs no key
      heatsync check --fix               says what is missing and can be made, then makes it
    """
    if offline and fix:
        raise ConfigError([Problem(message="--offline asks no platform, so nothing can be mended")])
    settings = settings_of(context, mappings, database)
    to_machine = wants_json(context, as_json=as_json)
    configuration = read_configuration(settings, offline=offline)
    checkup = Checkup(examined={})
    if not offline:
        agrees = partial(_agrees, shows=not to_machine, asks=not yes) if fix else None
        with progress(as_json=to_machine) as shown:
            checking = check_platforms(configuration, settings, agrees=agrees, progress=shown)
            checkup = asyncio.run(checking)
    seen, amiss = (None, ()) if offline else asyncio.run(seen_so_far(settings))
    warnings = [*amiss, *_warnings(configuration, seen)]
    for each in checkup.examined.values():
        warnings += each.advice
    troubles = {name: each.problems for name, each in checkup.examined.items()}
    if to_machine:
        print_json(check_json(configuration, warnings, troubles, checkup.made))
    else:
        show_check(configuration, warnings, troubles)
    if any(troubles.values()):
        raise typer.Exit(69)


def _warnings(configuration: Configuration, seen: Seen | None) -> Sequence[Problem]:
    """Return what is worth a look in the files and in the environment."""
    from connector.config.lint.checks import advise

    advice = in_order([*configuration.warnings, *advise(configuration, seen)])
    return [*unknown_variables(), *advice]


def _agrees(missing: Mapping[str, Lacking], *, shows: bool, asks: bool) -> bool:
    """Say what will be made; return whether it shall be.

    Where nobody sits at a terminal, the option is the answer.
    """
    if shows:
        show_missing(missing)
    if not (shows and asks and err.is_terminal):
        return True
    return typer.confirm("Make them?", default=True, err=True)
