"""Commands for whoever describes a REST API."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from connector.cli.console import print_json, progress
from connector.cli.options import AsJson, Mappings, UnusedDatabase, settings_of, wants_json
from connector.cli.rendering.trials import show_trials
from connector.runtime.trying import address_of, ask, find_entry, read_saved

app = typer.Typer(name="rest", help="REST APIs that a file describes.")


class Stream(StrEnum):
    """What can be tried."""

    CONTACTS = "contacts"
    EVENTS = "events"
    REMOVALS = "removals"
    LISTS = "lists"


What = Annotated[
    str, typer.Argument(metavar="FILE|PRESET", help="A mapping file with the entry, or a preset.")
]
Which = Annotated[Stream, typer.Option(metavar="NAME", help="contacts, events, removals or lists.")]
Limit = Annotated[int, typer.Option(min=1, max=1_000, metavar="N", help="How many items to show.")]
Platform = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Which of the file's platforms; with a preset the name of your entry or of its keys.",
    ),
]
Saved = Annotated[
    Path | None,
    typer.Option("--from", metavar="FILE", help="An answer saved as JSON: read it, ask nobody."),
]


@app.callback()
def rest() -> None:
    """REST APIs that a file describes."""


@app.command(name="try")
def try_(
    context: typer.Context,
    what: What,
    *,
    stream: Which = Stream.CONTACTS,
    limit: Limit = 5,
    platform: Platform = None,
    answer: Saved = None,
    as_json: AsJson = False,
    mappings: Mappings = None,
    _database: UnusedDatabase = None,
) -> None:
    """Show what a stream yields: each item, what it tells, and what did not fit; writes nothing.

    Examples:
      heatsync rest try mappings/acme.yaml
      heatsync rest try klaviyo --stream events --limit 20
      heatsync rest try mappings/acme.yaml --from answer.json
    """
    settings = settings_of(context, mappings, None)
    entry = find_entry(what, platform, settings, offline=answer is not None)
    to_machine = wants_json(context, as_json=as_json)
    if answer is None:
        with progress(as_json=to_machine) as shown:
            found = asyncio.run(ask(entry, stream.value, limit, shown))
    else:
        found = read_saved(entry, stream.value, answer, limit)
    if to_machine:
        # Items are what somebody else answered: they may be nested deeper than a copy can go.
        items = [{"item": each.item, "told": each.told, "misfits": each.misfits} for each in found]
        told = {"platform": entry.name, "stream": stream.value, "url": address_of(entry)}
        print_json({**told, "items": items})
    else:
        show_trials(found, stream.value)
