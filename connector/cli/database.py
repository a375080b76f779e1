"""Commands for the upkeep of the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from connector.cli.console import out, print_json
from connector.cli.options import AsJson, Database, settings_of, wants_json
from state import opening

app = typer.Typer(name="db", help="Upkeep of the database.", no_args_is_help=True)


def _url(context: typer.Context, database: str | None) -> str:
    return settings_of(context, None, database).database_url.get_secret_value()


@app.command()
def upgrade(context: typer.Context, *, as_json: AsJson = False, database: Database = None) -> None:
    """Bring the schema of the database to this version."""
    before, after = opening.upgrade(_url(context, database))
    if wants_json(context, as_json=as_json):
        print_json({"from": before, "to": after})
    elif before == after:
        out.print(f"The database is up to date ({after}).")
    else:
        out.print(f"Upgraded from {before or 'nothing'} to {after}.")


@app.command()
def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help="The file to write.")],
    *,
    as_json: AsJson = False,
    database: Database = None,
) -> None:
    """Copy the database to a file, also while heatsync is running."""
    opening.backup(_url(context, database), target)
    if wants_json(context, as_json=as_json):
        print_json({"file": str(target)})
    else:
        out.print(f"Copied to {target}.", markup=False, soft_wrap=True)


@app.command()
def vacuum(context: typer.Context, *, as_json: AsJson = False, database: Database = None) -> None:
    """Give back the space that deleted rows left."""
    opening.vacuum(_url(context, database))
    if wants_json(context, as_json=as_json):
        print_json({"ok": True})
    else:
        out.print("Done.")
