"""Commands for the webhooks of platforms that let us manage them."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated, Protocol, TypeAlias

import typer

from connector.cli.console import grid, plain, print_json, progress, show, tell
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
    from collections.abc import Coroutine, Mapping, Sequence
    from pathlib import Path

    from connector.config.configuration import Configuration
    from connector.config.settings import Settings
    from connector.ports.platform import RemoteWebhook
    from connector.ports.progress import Progress

    Found: TypeAlias = Mapping[str, Sequence[RemoteWebhook]]

    class Ask(Protocol):
        """Asks platforms for webhooks, or to change them."""

        def __call__(
            self, configuration: Configuration, settings: Settings, *, progress: Progress
        ) -> Coroutine[None, None, Found]:
            """Return the webhooks in question, by platform."""
            ...


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
    _ask(context, mappings, "no webhook", partial(hooks.registered, only=only), as_json=as_json)


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
    _ask(
        context,
        mappings,
        "nothing was registered",
        partial(hooks.register, only=only),
        as_json=as_json,
    )


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
    remove_them = partial(hooks.remove, only=only, remote_id=which)
    _ask(context, mappings, "nothing to remove", remove_them, as_json=as_json)


def _ask(
    context: typer.Context, mappings: Path | None, when_none: str, ask: Ask, *, as_json: bool
) -> None:
    """Show what came of a question to platforms, or `when_none` for each without any."""
    settings = settings_of(context, mappings, None)
    to_machine = wants_json(context, as_json=as_json)
    configuration = read_configuration(settings)
    with progress(as_json=to_machine) as shown:
        found = asyncio.run(ask(configuration, settings, progress=shown))
    _show(found, when_none, as_json=to_machine)


def _show(found: Found, when_none: str, *, as_json: bool) -> None:
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
