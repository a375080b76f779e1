"""The command `heatsync`."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connector.cli import cycle, database, people, setup, status
from connector.cli.console import err, report, stop, tell
from connector.cli.options import FLAG, Given
from connector.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Sequence

TRY_AGAIN = 75
INTERRUPTED = 130

app = typer.Typer(
    name="heatsync",
    help="Keep the heat of every lead in sync across your marketing platforms.",
    epilog=(
        "Start with heatsync init, then heatsync check, then heatsync sync.\n\n"
        "Exit codes: 0 done, 69 a platform refused, 75 try again later, 78 configuration, "
        "2 wrong usage."
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


for group in (setup, cycle, people, status):
    group.register(app)
app.add_typer(database.app, name="db")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; errors that are expected end in a sentence and a code."""
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal's encoding lacks must not stop a sync.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _run(given or ["--help"], as_json="--json" in given)
        sys.stdout.flush()
    except BrokenPipeError:
        code = _let_go_of_output()
    except OSError as error:
        code = _no_room(error, as_json="--json" in given)
    sys.exit(code)


def _run(given: Sequence[str], *, as_json: bool) -> int:
    """Run one command and return its exit code."""
    try:
        code = app(given, prog_name="heatsync", standalone_mode=False) or 0
    except ConnectorError as error:
        report(error, as_json=as_json)
        return error.exit_code or 1
    except typer.TyperException as error:
        stop(error.format_message(), as_json=as_json)
        if not as_json:
            tell(f"See {_command_of(error)} --help", indent=0, console=err)
        return error.exit_code
    if code == INTERRUPTED:
        stop(
            "Interrupted. What was done is kept; the next run goes on from there.", as_json=as_json
        )
    return int(code)


def _command_of(error: typer.TyperException) -> str:
    """Return the command that was used in a wrong way."""
    return str(getattr(getattr(error, "ctx", None), "command_path", "heatsync"))


def _no_room(error: OSError, *, as_json: bool) -> int:
    """Tell that the machine failed us: a full disk, a folder that may not be written to."""
    place = f"{error.filename}: " if error.filename else ""
    try:
        stop(f"{place}{error.strerror or error}", as_json=as_json)
        sys.stdout.flush()
    except OSError:
        _let_go_of_output()
    return TRY_AGAIN


def _let_go_of_output() -> int:
    """Keep Python from writing at its end to an output that nobody reads any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
