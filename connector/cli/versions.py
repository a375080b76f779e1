"""Commands about versions of the model."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from connector.cli.console import print_json, tell_broken
from connector.cli.options import AsJson, Database, Mappings, settings_of, wants_json
from connector.cli.rendering.versions import show_changes, show_version, show_versions
from connector.errors import MappingError
from connector.runtime.bootstrap import opened_state, read_configuration
from connector.sync.deciding.versions import changes_between, version_called, versions
from state.versions import is_current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.config.settings import Settings
    from connector.sync.deciding.versions import ModelVersion

app = typer.Typer(name="models", help="Versions of the model.")

Which = Annotated[
    str, typer.Argument(metavar="N", help="A version's number, or the beginning of its digest.")
]
Other = Annotated[str, typer.Argument(metavar="M", help="The version to compare it with.")]


@app.command(name="list")
def list_(
    context: typer.Context,
    *,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """List the versions of the model that have decided something."""
    settings = settings_of(context, mappings, database)
    try:
        present = read_configuration(settings, offline=True).digest
    except MappingError as error:
        if not is_current(settings.database_url.get_secret_value()):
            raise
        tell_broken(error.problems, as_json=wants_json(context, as_json=as_json))
        present = None
    known = asyncio.run(_versions(settings))
    if wants_json(context, as_json=as_json):
        print_json({"present": present, "versions": [each.to_json() for each in known]})
    else:
        show_versions(known, present)


@app.command(name="show")
def show_(
    context: typer.Context,
    which: Which,
    *,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Show all that a version of the model stood for."""
    (version,) = asyncio.run(_called(settings_of(context, mappings, database), which))
    if wants_json(context, as_json=as_json):
        print_json(version.to_json() | {"model": json.loads(version.source)})
    else:
        show_version(version)


@app.command()
def diff(
    context: typer.Context,
    which: Which,
    other: Other,
    *,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Show what changed from one version of the model to another: old value → new.

    Examples:
      heatsync models diff 2 3
    """
    before, after = asyncio.run(_called(settings_of(context, mappings, database), which, other))
    changes = changes_between(before.source, after.source)
    if wants_json(context, as_json=as_json):
        told = [{"path": each.path, "before": each.before, "after": each.after} for each in changes]
        print_json({"before": before.to_json(), "after": after.to_json(), "changes": told})
    else:
        show_changes(before, after, changes)


async def _versions(settings: Settings) -> Sequence[ModelVersion]:
    async with opened_state(settings) as state, state.read() as tx:
        return await versions(tx)


async def _called(settings: Settings, *names: str) -> Sequence[ModelVersion]:
    async with opened_state(settings) as state, state.read() as tx:
        return [await version_called(tx, name) for name in names]
