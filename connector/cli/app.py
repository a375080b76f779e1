"""All commands, and how each of their endings is told."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connector.cli import (
    check,
    cycle,
    database,
    deliveries,
    demo,
    forget,
    people,
    rest,
    running,
    setup,
    simulate,
    status,
    top,
    versions,
    webhooks,
)
from connector.cli.console import err, report, stop, tell
from connector.cli.options import FLAG, Given
from connector.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130

app = typer.Typer(
    name="heatsync",
    help="Keep the heat of every lead in sync across your marketing platforms.",
    epilog=(
        "Start with heatsync init, then heatsync check, then heatsync sync.\n\n"
        "Exit codes: 0 done, 69 a platform refused, 75 try again later, 78 configuration, "
        "1 nobody by that name, 2 wrong usage."
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
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
    as_json: Annotated[
        bool, typer.Option("--json", metavar=FLAG, help="Print JSON, for machines.")
    ] = False,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            metavar=FLAG,
            callback=_print_version,
            is_eager=True,
            help="Print the version.",
        ),
    ] = False,
) -> None:
    """Keep the heat of every lead in sync across your marketing platforms."""
    context.obj = Given(mappings=mappings, database=database, as_json=as_json)


for group in (demo, setup, check, cycle, running, people, top, forget, simulate, status):
    group.register(app)
app.add_typer(versions.app, name="models")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(rest.app, name="rest")
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(database.app, name="db")


def run(given: Sequence[str]) -> int:
    """Run one command line and return its exit code; expected errors are told in a sentence.

    Raises BrokenPipeError when nobody reads the output, OSError when the machine fails us.
    """
    as_json = "--json" in given
    try:
        code = app(given or ["--help"], prog_name="heatsync", standalone_mode=False) or 0
    except ConnectorError as error:
        report(error, as_json=as_json)
        return error.exit_code or 1
    except typer.TyperException as error:
        stop(error.format_message(), as_json=as_json)
        if not as_json:
            tell(f"See {_command_of(error)} --help", indent=0, console=err)
        return error.exit_code
    except SystemExit as ended:
        # Typer ends like this when nobody reads its output any more.
        if isinstance(ended.__context__, BrokenPipeError):
            raise ended.__context__ from None
        raise
    if code == INTERRUPTED:
        stop(
            "Interrupted. What was done is kept; the next run goes on from there.", as_json=as_json
        )
    return int(code)


def _command_of(error: typer.TyperException) -> str:
    """Return the command that was used in a wrong way."""
    return str(getattr(getattr(error, "ctx", None), "command_path", "heatsync"))
