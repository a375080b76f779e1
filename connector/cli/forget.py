"""The command forget: erase a person."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from connector.cli.console import err, grid, plain, print_json, show, tell, visible
from connector.cli.options import (
    FLAG,
    AsJson,
    Database,
    Mappings,
    settings_of,
    wants_json,
)
from connector.cli.remote import daemon_of, owning
from connector.cli.rendering.words import counted
from connector.errors import MappingError
from connector.runtime.bootstrap import opened_for_looking
from connector.sync.forgetting.forget import forget

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.config.settings import Settings

_KINDS = {
    "persons": ("person", "persons"),
    "records": ("contact of a platform", "contacts of platforms"),
    "addresses": ("address", "addresses"),
    "names": ("name that events came under", "names that events came under"),
    "events": ("event", "events"),
    "memberships": ("membership of a list", "memberships of lists"),
    "changes": ("change of their contacts", "changes of their contacts"),
    "history": ("change of their scores", "changes of their scores"),
    "overrides": ("override", "overrides"),
    "deliveries": ("delivery to a platform", "deliveries to platforms"),
    "triggers": ("state of a trigger", "states of triggers"),
    "actions": ("action of a trigger", "actions of triggers"),
    "calls": ("webhook call about them", "webhook calls about them"),
    "moves": ("note of what calls told of them", "notes of what calls told of them"),
    "rows": ("row of files that heatsync wrote", "rows of files that heatsync wrote"),
}
"""What was erased, by its kind: of one, and of several."""


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command(name="forget")(forget_)


def forget_(
    context: typer.Context,
    email: Annotated[
        str,
        typer.Argument(metavar="EMAIL", help="An e-mail address, our id, or <platform>:<id>."),
    ],
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", metavar=FLAG, help="Do not ask.")] = False,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Erase a person everywhere in heatsync's state, and never take them in again.

    What platforms hold is not touched: it is told what there is to be erased. There is no way back.

    Examples:
      heatsync forget ada@example.com
      heatsync forget crm:1234 --yes --json
    """
    settings = settings_of(context, mappings, database)
    to_machine = wants_json(context, as_json=as_json)
    if not yes:
        _confirm(email, to_machine=to_machine)

    done = asyncio.run(_forget(settings, email))
    if to_machine:
        print_json(done)
    else:
        _show(done)


async def _forget(settings: Settings, email: str) -> Mapping[str, Any]:
    """Have somebody erased, by the heatsync that runs if there is one; return what was."""
    async with opened_for_looking(settings) as (workspace, broken):
        async with daemon_of(workspace.state, settings) as daemon:
            if daemon is not None:
                done: Mapping[str, Any] = await daemon.post("/contacts/forget", {"contact": email})
                return done
        if broken:
            # They say in which folders of ours the person is written.
            raise MappingError(broken)
        async with owning(workspace, "forget"):
            return (await forget(workspace, email)).to_json()


def _confirm(email: str, *, to_machine: bool) -> None:
    if to_machine or not sys.stdin.isatty():
        raise typer.BadParameter("there is no way back: say --yes")
    question = f"Erase all that heatsync knows of {visible(email)}? There is no way back."
    if not typer.confirm(question, err=True):
        raise typer.Exit(1)


def _show(done: Mapping[str, Any]) -> None:
    if done["erased"]:
        tell("Erased, and never taken in again:", indent=0)
        table = grid("rl")
        for kind, count in done["erased"].items():
            one, many = _KINDS.get(kind, (kind, kind))
            table.add_row(f"{count:,}", plain(one if count == 1 else many))
        show(table)
    else:
        tell(
            "Nobody was known by that name, so nothing was erased. The name is remembered all the "
            "same: whoever comes under it is never taken in.",
            indent=0,
        )
    for each in done["elsewhere"]:
        records = counted(each["records"], "contact")
        tell(f"{each['platform']} still holds {records}: {each['to_erase']}.", indent=0)
    for each in done["problems"]:
        tell(" ".join(filter(None, (each["message"], each["hint"]))), indent=0, console=err)
