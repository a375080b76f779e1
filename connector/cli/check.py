"""The command check: what is wrong or missing, and mending what can be mended."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from connector.cli.console import err, print_json
from connector.cli.options import FLAG, AsJson, Database, Mappings, settings_of, wants_json
from connector.cli.rendering.checks import check_json, show_check, show_missing
from connector.config.lint.checks import advise
from connector.config.places import in_order
from connector.config.settings import unknown_variables
from connector.errors import ConfigError, Problem
from connector.runtime.bootstrap import read_configuration
from connector.runtime.checking import check_platforms, provide_missing, seen_so_far

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.config.configuration import Configuration
    from connector.config.lint.subject import Seen
    from connector.config.settings import Settings
    from connector.runtime.checking import Examined
    from connector.sync.setting_up.provisioning import Lacking


Offline = Annotated[
    bool,
    typer.Option("--offline", metavar=FLAG, help="Only the files: ask no platform anything."),
]
Fix = Annotated[
    bool,
    typer.Option(
        "--fix", metavar=FLAG, help="Make the fields and lists that are written and missing."
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
      heatsync check --fix               says which fields and lists it will make, then makes them
    """
    if offline and fix:
        raise ConfigError([Problem(message="--offline asks no platform, so nothing can be mended")])
    settings = settings_of(context, mappings, database)
    to_machine = wants_json(context, as_json=as_json)
    configuration = read_configuration(settings, offline=offline)
    examined: Mapping[str, Examined] = {}
    made: Mapping[str, Lacking] = {}
    if not offline:
        examined = asyncio.run(check_platforms(configuration, settings))
    if fix:
        told = not to_machine
        examined, made = _mended(configuration, examined, settings, shows=told, asks=not yes)
    seen = None if offline else asyncio.run(seen_so_far(settings))
    warnings = list(_warnings(configuration, seen))
    for each in examined.values():
        warnings += each.advice
    troubles = {name: each.problems for name, each in examined.items()}
    if to_machine:
        print_json(check_json(configuration, warnings, troubles, made))
    else:
        show_check(configuration, warnings, troubles)
    if any(troubles.values()):
        raise typer.Exit(69)


def _warnings(configuration: Configuration, seen: Seen | None) -> Sequence[Problem]:
    """Return what is worth a look in the files and in the environment."""
    advice = in_order([*configuration.warnings, *advise(configuration, seen)])
    return [*unknown_variables(), *advice]


def _mended(
    configuration: Configuration,
    examined: Mapping[str, Examined],
    settings: Settings,
    *,
    shows: bool,
    asks: bool,
) -> tuple[Mapping[str, Examined], Mapping[str, Lacking]]:
    """Say what will be made and make it; return how platforms are found then, and what was made."""
    missing = {name: each.missing for name, each in examined.items() if each.missing}
    if missing and shows:
        show_missing(missing)
    if not missing or (shows and asks and not _is_agreed()):
        return examined, {}
    return asyncio.run(_made(configuration, missing, settings))


def _is_agreed() -> bool:
    """Return what somebody at a terminal answers; where nobody sits, the option is the answer."""
    return not err.is_terminal or typer.confirm("Make them?", default=True, err=True)


async def _made(
    configuration: Configuration, missing: Mapping[str, Lacking], settings: Settings
) -> tuple[Mapping[str, Examined], Mapping[str, Lacking]]:
    """Make what is missing; return how the platforms are found after it, and what was made."""
    failures = await provide_missing(configuration, missing, settings)
    found = await check_platforms(configuration, settings)
    after = {
        name: replace(each, problems=[*failures.get(name, ()), *each.problems])
        for name, each in found.items()
    }
    made = {name: each.without(after[name].missing) for name, each in missing.items()}
    return after, {name: each for name, each in made.items() if each}
