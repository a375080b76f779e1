"""Commands for the upkeep of the database."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connector.cli.console import print_json, progress, tell
from connector.cli.options import (
    AsJson,
    Database,
    Mappings,
    UnusedMappings,
    settings_of,
    wants_json,
)
from state import upkeep

if TYPE_CHECKING:
    from connector.domain.event_copy import EventCopy

app = typer.Typer(name="db", help="Upkeep of the database.")


def _url(context: typer.Context, database: str | None) -> str:
    return settings_of(context, None, database).database_url.get_secret_value()


@app.command()
def upgrade(
    context: typer.Context,
    *,
    as_json: AsJson = False,
    _mappings: UnusedMappings = None,
    database: Database = None,
) -> None:
    """Bring the tables of the database to this version, after a copy of a SQLite file."""
    done = upkeep.upgrade(_url(context, database))
    copy = str(done.backup) if done.backup else None
    if wants_json(context, as_json=as_json):
        print_json(asdict(done) | {"backup": copy})
    elif done.before == done.after:
        tell(f"The database is up to date (version {done.after}).", indent=0)
    elif done.before is None:
        tell(f"A new database, of version {done.after}.", indent=0)
    else:
        kept = f" The one of before is kept as {copy}." if copy else ""
        tell(f"Upgraded from version {done.before} to {done.after}.{kept}", indent=0)


@app.command()
def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The new file to write.")],
    *,
    as_json: AsJson = False,
    _mappings: UnusedMappings = None,
    database: Database = None,
) -> None:
    """Copy the database to a file, also while heatsync is running.

    Examples:
      heatsync db backup before-the-change.db
    """
    upkeep.backup(_url(context, database), target)
    if wants_json(context, as_json=as_json):
        print_json({"file": str(target)})
    else:
        tell(f"Copied to {target}.", indent=0)


@app.command()
def vacuum(
    context: typer.Context,
    *,
    as_json: AsJson = False,
    _mappings: UnusedMappings = None,
    database: Database = None,
) -> None:
    """Give back the space that deleted rows left."""
    url = _url(context, database)
    before = upkeep.facts(url).size
    upkeep.vacuum(url)
    after = upkeep.facts(url).size
    if wants_json(context, as_json=as_json):
        print_json({"before": before, "after": after})
    else:
        tell(f"{after / 1e6:,.1f} MB, {max(before - after, 0) / 1e6:,.1f} MB less.", indent=0)


@app.command()
def rebuild(
    context: typer.Context,
    *,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Build the copy of events that scoring reads anew; the database loses and gains nothing.

    heatsync does this by itself when the copy is missing or damaged.
    """
    from connector.runtime.bootstrap import opened_workspace
    from connector.sync.copying import copy_anew

    settings = settings_of(context, mappings, database)
    to_machine = wants_json(context, as_json=as_json)

    async def work() -> EventCopy:
        with progress(as_json=to_machine) as shown:
            async with opened_workspace(settings, shown) as workspace:
                return await copy_anew(workspace)

    copy = asyncio.run(work())
    if to_machine:
        print_json(asdict(copy))
    else:
        tell(f"{copy.events:,} events, {copy.size / 1e6:,.1f} MB in {copy.where}.", indent=0)
