"""The command status: how everything stands."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer
from rich.markup import escape
from rich.table import Table

from connector.cli.console import out, print_json
from connector.cli.options import AsJson, Database, Mappings, settings_of, wants_json
from connector.cli.rendering.words import moment
from connector.runtime.bootstrap import opened_workspace
from connector.sync.standing import Standing, standing

if TYPE_CHECKING:
    from connector.config.settings import Settings


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
    """Show what is stored, how far each stream is, what waits, and the last runs."""
    settings = settings_of(context, mappings, database)
    now = asyncio.run(_standing(settings))
    if wants_json(context, as_json=as_json):
        print_json(now.to_json())
    else:
        _show(now)


async def _standing(settings: Settings) -> Standing:
    async with opened_workspace(settings) as workspace:
        return await standing(workspace)


def _show(now: Standing) -> None:
    out.print(f"{now.contacts:,} contacts, {now.events:,} events, {now.waiting:,} to be scored")
    decided = f"last decided as of {moment(now.decided_at)}" if now.decided_at else "never scored"
    out.print(decided)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("platform", "stream", "pulled at"):
        table.add_column(name)
    for each in now.streams:
        table.add_row(escape(each.platform), each.stream, moment(each.updated_at))
    if now.streams:
        out.print(table)
    for name, counts in now.backlog.items():
        words = ", ".join(f"{count:,} {state}" for state, count in counts.items())
        out.print(f"deliveries to {escape(name)}: {words}")
    for run in now.runs:
        ended = "ok" if run.finished_at and not run.error else (run.error or "not finished")
        out.print(f"{moment(run.started_at)} {run.command} as of {moment(run.at)}: {escape(ended)}")
