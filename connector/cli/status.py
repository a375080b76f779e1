"""The command status: how everything stands, once or as a live screen."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from connector.cli.console import print_json, tell_broken
from connector.cli.options import AsJson, Database, Mappings, settings_of, wants_json
from connector.cli.remote import room_at
from connector.cli.rendering.duty import Duty, draw_duty
from connector.cli.rendering.standing import show_standing
from connector.cli.watching import Seconds, Watch, Watched, every_of, watch
from connector.runtime.bootstrap import opened_for_looking
from connector.sync.looking.pictures import funnels
from connector.sync.looking.standing import Standing, standing
from connector.sync.summary import problem_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.config.settings import Settings
    from connector.errors import Problem
    from connector.sync.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command()(status)


def status(
    context: typer.Context,
    seconds: Seconds = None,
    *,
    is_watching: Watch = False,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Show who runs, how far behind streams are, what waits or was given up, and the last runs.

    Examples:
      heatsync status
      heatsync status --watch              a live screen; q ends it
      heatsync status --watch 10 --json    a document per line every 10 seconds
    """
    settings = settings_of(context, mappings, database)
    to_machine = wants_json(context, as_json=as_json)
    every = every_of(seconds, is_watching=is_watching, to_machine=to_machine)
    if every is not None:
        watch(settings, _watched(settings), every=every, to_machine=to_machine)
        return
    now, broken = asyncio.run(_once(settings))
    if to_machine:
        print_json(_json(now, broken))
        return
    tell_broken(broken, as_json=False)
    show_standing(now)


def _watched(settings: Settings) -> Watched[Duty]:
    async def look(workspace: Workspace, broken: Sequence[Problem]) -> Duty:
        now = await _standing(workspace, broken, settings)
        found = await funnels(workspace, now.at)
        return Duty(standing=now, funnels=found.funnels, broken=broken)

    return Watched(
        title="heatsync status",
        look=look,
        draw=draw_duty,
        to_json=lambda duty: _json(duty.standing, duty.broken),
    )


def _json(now: Standing, broken: Sequence[Problem]) -> dict[str, object]:
    return now.to_json() | {"broken": [problem_json(each) for each in broken]}


async def _once(settings: Settings) -> tuple[Standing, Sequence[Problem]]:
    """Return how everything stands, and what is wrong with the mappings folder."""
    async with opened_for_looking(settings) as (workspace, broken):
        return await _standing(workspace, broken, settings), broken


async def _standing(
    workspace: Workspace, broken: Sequence[Problem], settings: Settings
) -> Standing:
    now = await standing(workspace)
    if not now.service.owners or not (now.room.left or broken):
        return now
    room = await room_at(workspace.state, settings)
    return replace(now, room=room or now.room, is_room_of_others=room is None)
