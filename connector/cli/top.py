"""The command top: the hottest leads, once or as a live screen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from connector.cli.console import print_json, tell_broken
from connector.cli.options import AsJson, Database, Mappings, settings_of, wants_json
from connector.cli.remote import told_at
from connector.cli.rendering.leads import show_leads
from connector.errors import ConfigError, MappingError, NotFound
from connector.runtime.bootstrap import opened_for_looking
from connector.sync.looking.ranking import Ranking, ranking, ranking_stored

if TYPE_CHECKING:
    from connector.config.settings import Settings
    from connector.ports.store import State


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command()(top)


def top(
    context: typer.Context,
    *,
    score: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Which score (default: the first of the model)."),
    ] = None,
    stage: Annotated[
        str | None, typer.Option(metavar="STAGE", help="Only leads in this stage.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="How many.")] = 10,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Show the hottest leads, as last scored.

    Examples:
      heatsync top --stage hot --limit 50
    """
    settings = settings_of(context, mappings, database)

    async def work() -> Ranking:
        async with opened_for_looking(settings) as (workspace, broken):
            if not broken:
                return await ranking(workspace, score, stage=stage, limit=limit)
            try:
                found = await _ranking_there(workspace.state, settings, score, stage, limit)
            except ConfigError as error:
                raise MappingError([*broken, *error.problems]) from None
            except NotFound:
                raise MappingError(broken) from None
        tell_broken(broken, as_json=wants_json(context, as_json=as_json))
        return found

    found = asyncio.run(work())
    if wants_json(context, as_json=as_json):
        print_json(found.to_json())
    else:
        show_leads(found.score, stage, found.leads)


async def _ranking_there(
    state: State, settings: Settings, score: str | None, stage: str | None, limit: int
) -> Ranking:
    """Have the heatsync that runs tell the hottest leads; without one, what is stored."""
    told = await told_at(state, settings, "/top", score=score, stage=stage, limit=limit)
    if told is not None:
        return Ranking.told(told)
    return await ranking_stored(state, score, stage=stage, limit=limit)
