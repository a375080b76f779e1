"""Commands about deliveries: what is on its way or was given up."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from connector.cli.console import err, print_json, tell, tell_broken
from connector.cli.options import FLAG, AsJson, Database, Mappings, settings_of, wants_json
from connector.cli.remote import daemon_of, told_at
from connector.cli.rendering.deliveries import show_deliveries, show_delivery
from connector.cli.rendering.words import counted
from connector.errors import MappingError
from connector.runtime.bootstrap import opened_for_looking
from connector.sync.looking.deliveries import STATES, deliveries, delivery
from connector.sync.replaying import drop, replay, replay_all

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.config.settings import Settings

app = typer.Typer(
    name="deliveries",
    help="What is on its way to platforms, or was given up.",
    invoke_without_command=True,
)

Ids = Annotated[
    list[str], typer.Argument(metavar="ID...", help="As listed: write:crm:12, action:3f9c01d2ab.")
]
To = Annotated[
    str | None,
    typer.Option("--platform", metavar="NAME", help="Only this platform, or courier."),
]
InState = Annotated[
    str | None,
    typer.Option("--state", metavar="STATE", help="Only these: dead, in_flight, pending, waiting."),
]
Limit = Annotated[int, typer.Option(min=1, metavar="N", help="How many.")]
_DEFAULTS = {
    **dict.fromkeys(("platform", "state", "mappings", "database")),
    "limit": 50,
    "as_json": False,
}


@app.callback()
def deliveries_(
    context: typer.Context,
    *,
    platform: To = None,
    state: InState = None,
    limit: Limit = 50,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """List what is on its way to platforms, or was given up; see also the commands below."""
    if context.invoked_subcommand is None:
        list_(
            context,
            platform=platform,
            state=state,
            limit=limit,
            as_json=as_json,
            mappings=mappings,
            database=database,
        )
    elif context.params != _DEFAULTS:
        raise typer.BadParameter(f"write options behind {context.invoked_subcommand}")


@app.command(name="list")
def list_(
    context: typer.Context,
    *,
    platform: To = None,
    state: InState = None,
    limit: Limit = 50,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """List writes, actions of triggers and webhook calls that are not done; dead ones first.

    Examples:
      heatsync deliveries list --state dead
      heatsync deliveries list --platform crm --limit 500
    """
    settings = settings_of(context, mappings, database)
    to_machine = wants_json(context, as_json=as_json)
    if state is not None and state not in STATES:
        raise typer.BadParameter(f"one of {', '.join(STATES)}", param_hint="--state")

    async def work() -> Mapping[str, Any]:
        async with opened_for_looking(settings) as (workspace, broken):
            if broken:
                tell_broken(broken, as_json=to_machine)
                asked = {"to": platform, "state": state, "limit": limit}
                if told := await told_at(workspace.state, settings, "/deliveries", **asked):
                    return told
            return (await deliveries(workspace, to=platform, state=state, limit=limit)).to_json()

    found = asyncio.run(work())
    if to_machine:
        print_json(found)
    else:
        show_deliveries(found)


@app.command()
def show(
    context: typer.Context,
    delivery_id: Annotated[str, typer.Argument(metavar="ID", help="As listed.")],
    *,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Show one delivery: what is to be done, how often it was tried, and why it was not done."""
    settings = settings_of(context, mappings, database)
    to_machine = wants_json(context, as_json=as_json)

    async def work() -> Mapping[str, Any]:
        async with opened_for_looking(settings) as (workspace, broken):
            if broken:
                tell_broken(broken, as_json=to_machine)
                path = f"/deliveries/{quote(delivery_id, safe='')}"
                if told := await told_at(workspace.state, settings, path):
                    return told
            return (await delivery(workspace, delivery_id)).to_json()

    found = asyncio.run(work())
    if to_machine:
        print_json(found)
    else:
        show_delivery(found)


@app.command(name="replay")
def replay_(
    context: typer.Context,
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID...]", help="As listed: write:crm:12, action:3f9c01d2ab."),
    ] = None,
    *,
    every: Annotated[
        bool, typer.Option("--all", metavar=FLAG, help="All that are dead, in place of ids.")
    ] = False,
    platform: To = None,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Have deliveries tried again: writes as they are desired now, actions under their old keys.

    Examples:
      heatsync deliveries replay write:crm:12
      heatsync deliveries replay --all --platform crm
    """
    settings = settings_of(context, mappings, database)
    if every == bool(ids):
        raise typer.BadParameter("name deliveries, or say --all", param_hint="ID...")
    done = asyncio.run(_replay(settings, ids or [], platform))
    kinds = ("dead delivery", "dead deliveries") if every else ("delivery", "deliveries")
    _tell(context, done, "to be tried again", kinds, as_json=as_json)


@app.command(name="drop")
def drop_(
    context: typer.Context,
    ids: Ids,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", metavar=FLAG, help="Do not ask.")] = False,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Give deliveries up: a platform keeps what it shows until something else is to be written.

    Examples:
      heatsync deliveries drop action:3f9c01d2ab --yes
    """
    settings = settings_of(context, mappings, database)
    if not yes:
        _confirm(len(ids), is_silent=wants_json(context, as_json=as_json))
    done = asyncio.run(_drop(settings, ids))
    _tell(context, done, "dropped", ("delivery", "deliveries"), as_json=as_json)


async def _replay(settings: Settings, ids: Sequence[str], to: str | None) -> Mapping[str, Any]:
    """Have these tried again, or all that are dead, by the heatsync that runs if there is one."""
    async with opened_for_looking(settings) as (workspace, broken):
        async with daemon_of(workspace.state, settings) as daemon:
            if daemon is not None:
                asked = {"ids": list(ids), "all": not ids, "to": None if ids else to}
                answer: Mapping[str, Any] = await daemon.post("/deliveries/replay", asked)
                return answer
        if broken:
            raise MappingError(broken)
        done = await (replay(workspace, ids) if ids else replay_all(workspace, to))
        return done.to_json()


async def _drop(settings: Settings, ids: Sequence[str]) -> Mapping[str, Any]:
    """Give these up, by the heatsync that runs if there is one."""
    async with opened_for_looking(settings) as (workspace, broken):
        async with daemon_of(workspace.state, settings) as daemon:
            if daemon is not None:
                asked = {"ids": list(ids)}
                answer: Mapping[str, Any] = await daemon.post("/deliveries/drop", asked)
                return answer
        if broken:
            raise MappingError(broken)
        return (await drop(workspace, ids)).to_json()


def _confirm(count: int, *, is_silent: bool) -> None:
    if is_silent or not sys.stdin.isatty():
        raise typer.BadParameter("say --yes: they are given up for good", param_hint="--yes")
    if not typer.confirm(f"Give up {counted(count, 'delivery', 'deliveries')} for good?", err=True):
        raise typer.Exit(1)


def _tell(
    context: typer.Context,
    done: Mapping[str, Any],
    what: str,
    kinds: tuple[str, str],
    *,
    as_json: bool,
) -> None:
    if wants_json(context, as_json=as_json):
        print_json(done)
        return
    tell(f"{counted(done['done'], *kinds)} {what}.", indent=0)
    for each in done["skipped"]:
        tell(f"{each['id']} is left alone: {each['reason']}.", indent=0, console=err)
