"""The command `heatsync`."""

from __future__ import annotations

import asyncio
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from connector.cli import cycle, database, people, setup, status
from connector.cli.console import err, report
from connector.cli.options import Given
from connector.errors import ConnectorError

INTERRUPTED = 130

app = typer.Typer(
    name="heatsync",
    help="Keep the heat of every lead in sync across your marketing platforms.",
    epilog="Start with: heatsync init, then heatsync check, then heatsync sync.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"heatsync {version('heatsync')}")
        raise typer.Exit


@app.callback()
def heatsync(
    context: typer.Context,
    *,
    mappings: Annotated[
        Path | None, typer.Option("--mappings", metavar="FOLDER", help="The mappings folder.")
    ] = None,
    database: Annotated[
        str | None, typer.Option("--database", metavar="URL", help="The state's database.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Keep the heat of every lead in sync across your marketing platforms."""
    context.obj = Given(mappings=mappings, database=database, as_json=as_json)


for group in (setup, cycle, people, status):
    group.register(app)
app.add_typer(database.app, name="db")


def main() -> None:
    """Run the command line; errors that are expected end in a sentence and an exit code."""
    try:
        app()
    except ConnectorError as error:
        report(error, as_json="--json" in sys.argv)
        sys.exit(error.exit_code or 1)
    except (KeyboardInterrupt, asyncio.CancelledError):
        err.print("Interrupted; what was done is kept, the next run goes on from there.")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
