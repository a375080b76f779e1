"""Commands for the webhooks of platforms that let us manage them."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from connector.cli.console import grid, plain, print_json, show, tell
from connector.cli.options import (
    AsJson,
    Mappings,
    Only,
    UnusedDatabase,
    settings_of,
    wants_json,
)
from connector.runtime import hooks
from connector.runtime.bootstrap import read_configuration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.ports.platform import RemoteWebhook

app = typer.Typer(name="webhooks", help="Webhooks, on platforms that let us manage them.")


@app.command(name="list")
def list_(
    context: typer.Context,
    *,
    only: Only = None,
    as_json: AsJson = False,
    mappings: Mappings = None,
    _database: UnusedDatabase = None,
) -> None:
    """List the webhooks that platforms are set to call, ours and others."""
    settings = settings_of(context, mappings, None)
    configuration = read_configuration(settings)
    found = asyncio.run(hooks.registered(configuration, settings, only))
    _show(found, "no webhook", as_json=wants_json(context, as_json=as_json))


@app.command()
def register(
    context: typer.Context,
    *,
    only: Only = None,
    as_json: AsJson = False,
    mappings: Mappings = None,
    _database: UnusedDatabase = None,
) -> None:
    """Make platforms call HEATSYNC_PUBLIC_URL for all that heatsync can use; twice is as once.

    Examples:
      heatsync webhooks register
      heatsync webhooks register --only mail
    """
    settings = settings_of(context, mappings, None)
    made = asyncio.run(hooks.register(read_configuration(settings), settings, only))
    _show(made, "nothing was registered", as_json=wants_json(context, as_json=as_json))


@app.command()
def remove(
    context: typer.Context,
    which: Annotated[
        str | None,
        typer.Argument(
            metavar="ID", help="One webhook, as `list` shows it (default: all that call us)."
        ),
    ] = None,
    *,
    only: Only = None,
    as_json: AsJson = False,
    mappings: Mappings = None,
    _database: UnusedDatabase = None,
) -> None:
    """Remove the webhooks that call HEATSYNC_PUBLIC_URL, or one of them.

    Examples:
      heatsync webhooks remove
      heatsync webhooks remove 42 --only mail
    """
    settings = settings_of(context, mappings, None)
    gone = asyncio.run(hooks.remove(read_configuration(settings), settings, only, which))
    _show(gone, "nothing to remove", as_json=wants_json(context, as_json=as_json))


def _show(found: Mapping[str, Sequence[RemoteWebhook]], when_none: str, *, as_json: bool) -> None:
    if as_json:
        print_json({name: [asdict(each) for each in these] for name, these in found.items()})
        return
    table = grid("llll", "platform", "id", "address", "events")
    for name, these in found.items():
        for each in these:
            events = ", ".join(each.events)
            table.add_row(*map(plain, (name, each.remote_id, each.url, events)))
    if table.row_count:
        show(table)
    for name, these in found.items():
        if not these:
            tell(f"{name}: {when_none}", indent=0)
