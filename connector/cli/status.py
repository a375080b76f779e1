"""The command status: how everything stands."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from connector.cli.console import print_json, tell_broken
from connector.cli.options import AsJson, Database, Mappings, settings_of, wants_json
from connector.cli.remote import room_at
from connector.cli.rendering.standing import show_standing
from connector.runtime.bootstrap import opened_for_looking
from connector.sync.looking.standing import Standing, standing
from connector.sync.summary import problem_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.config.settings import Settings
    from connector.errors import Problem


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command()(status)


def status(
    context: typer.Context,
    *,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Show who runs, how far behind streams are, what waits or was given up, and the last runs."""
    settings = settings_of(context, mappings, database)
    now, broken = asyncio.run(_standing(settings))
    if wants_json(context, as_json=as_json):
        print_json(now.to_json() | {"broken": [problem_json(each) for each in broken]})
        return
    tell_broken(broken, as_json=False)
    show_standing(now)


async def _standing(settings: Settings) -> tuple[Standing, Sequence[Problem]]:
    """Return how everything stands, and what is wrong with the mappings folder."""
    async with opened_for_looking(settings) as (workspace, broken):
        now = await standing(workspace)
        if not now.service.owners or not (now.room.left or broken):
            return now, broken
        room = await room_at(workspace.state, settings)
        return replace(now, room=room or now.room, is_room_of_others=room is None), broken
