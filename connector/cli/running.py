"""The command run: the daemon."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from connector.cli.console import err, tell
from connector.cli.options import FLAG, Database, Mappings, settings_of, wants_json


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command()(run)


def run(
    context: typer.Context,
    *,
    host: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Where to listen (default: 127.0.0.1, or HEATSYNC_HOST)."
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, metavar="N", help="On which port (default: 8080, or HEATSYNC_PORT)."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", metavar=FLAG, help="Write the log as JSON, for machines.")
    ] = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Run the daemon: pull on schedule, rescore when a webhook comes, cool scores, deliver.

    It stops by Ctrl-C or SIGTERM once what is under way has ended, at most ten seconds later; told
    a second time, at once. SIGHUP, or a change of the mappings folder, makes it read the
    configuration again; while that is broken the running one stays in force.

    Examples:
      heatsync run
      heatsync run --port 9000
      curl localhost:8080/readyz          whether it works
    """
    from connector.runtime.daemon import prepare_process, run_daemon

    log_format = "json" if wants_json(context, as_json=as_json) else None
    given = {"host": host, "port": port, "log_format": log_format}
    settings = settings_of(context, mappings, database)
    settings = settings.model_copy(update={k: v for k, v in given.items() if v is not None})
    prepare_process(settings)
    asyncio.run(run_daemon(settings, _announce))


def _announce(address: str) -> None:
    tell(f"heatsync runs at {address} (Ctrl-C ends it).", indent=0, console=err)
