"""The command top: the hottest leads, once or as a live screen."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from connector.cli.console import print_json, tell_broken
from connector.cli.options import AsJson, Database, Mappings, settings_of, wants_json
from connector.cli.remote import told_at
from connector.cli.rendering.leads import draw_leads, show_leads
from connector.cli.watching import Seconds, Watch, Watched, every_of, watch
from connector.errors import ConfigError, MappingError, NotFound
from connector.runtime.bootstrap import opened_for_looking
from connector.sync.looking.ranking import Ranking, ranking, ranking_stored

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from connector.config.settings import Settings
    from connector.errors import Problem
    from connector.ports.store import State
    from connector.sync.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command()(top)


def top(
    context: typer.Context,
    seconds: Seconds = None,
    *,
    score: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Which score (default: the first of the model)."),
    ] = None,
    stage: Annotated[
        str | None, typer.Option(metavar="STAGE", help="Only leads in this stage.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="How many.")] = 10,
    is_watching: Watch = False,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Show the hottest leads, as last scored.

    Examples:
      heatsync top --stage hot --limit 50
      heatsync top --watch                 a live screen; q ends it
    """
    settings = settings_of(context, mappings, database)
    to_machine = wants_json(context, as_json=as_json)
    every = every_of(seconds, is_watching=is_watching, to_machine=to_machine)

    look = partial(_look, settings=settings, score=score, stage=stage, limit=limit)
    if every is not None:
        draw = partial(draw_leads, stage=stage)
        watched = Watched(title="heatsync top", look=look, draw=draw, to_json=Ranking.to_json)
        watch(settings, watched, every=every, to_machine=to_machine)
        return
    found, broken = asyncio.run(_once(settings, look))
    if to_machine:
        print_json(found.to_json())
        return
    tell_broken(broken, as_json=False)
    show_leads(found.score, stage, found.leads)


async def _once(
    settings: Settings, look: Callable[[Workspace, Sequence[Problem]], Awaitable[Ranking]]
) -> tuple[Ranking, Sequence[Problem]]:
    """Return what is seen at one look, and what is wrong with the mappings folder."""
    async with opened_for_looking(settings) as (workspace, broken):
        return await look(workspace, broken), broken


async def _look(
    workspace: Workspace,
    broken: Sequence[Problem],
    *,
    settings: Settings,
    score: str | None,
    stage: str | None,
    limit: int,
) -> Ranking:
    if not broken:
        return await ranking(workspace, score, stage=stage, limit=limit)
    try:
        return await _ranking_there(workspace.state, settings, score, stage, limit)
    except ConfigError as error:
        raise MappingError([*broken, *error.problems]) from None
    except NotFound:
        raise MappingError(broken) from None


async def _ranking_there(
    state: State, settings: Settings, score: str | None, stage: str | None, limit: int
) -> Ranking:
    """Have the heatsync that runs tell the hottest leads; without one, what is stored."""
    told = await told_at(state, settings, "/top", score=score, stage=stage, limit=limit)
    if told is not None:
        return Ranking.told(told)
    return await ranking_stored(state, score, stage=stage, limit=limit)
