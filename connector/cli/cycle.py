"""Commands that run a cycle or a part of it: sync, pull, score, push, plan."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from connector.cli.console import out, print_json, progress, tell
from connector.cli.options import (
    FLAG,
    AsJson,
    At,
    Database,
    Force,
    Mappings,
    Only,
    called,
    instant,
    settings_of,
    wants_json,
)
from connector.cli.remote import room_at
from connector.cli.rendering.plan import plan_json, show_plan
from connector.cli.rendering.summary import Highlight, Shown, show_summary
from connector.domain.instants import iso
from connector.errors import ConfigError, Problem
from connector.runtime.bootstrap import opened_workspace
from connector.sync.asking.pace import Pace, pace_of
from connector.sync.cycle import Steps, run_cycle
from connector.sync.dry import dry
from connector.sync.pushing.plan import Plan, plan

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from connector.config.settings import Settings
    from connector.ports.progress import Progress
    from connector.sync.asking.pace import Room
    from connector.sync.summary import Summary
    from connector.sync.workspace import Workspace

SHOWN_LEADS = 5
SHOWN_CHANGES = 20
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", metavar=FLAG, help="Do everything, but keep and write nothing."),
]


_Planned: TypeAlias = "tuple[Plan, Pace]"
"""A plan, and how long it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ran:
    """One cycle, and what is shown of it."""

    summary: Summary
    plans: Sequence[_Planned] = ()
    highlights: Sequence[Highlight] = ()
    locations: Sequence[tuple[str, str]] = ()


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    for command in (sync, pull, score, push):
        app.command()(command)
    app.command(name="plan")(plan_)


def sync(
    context: typer.Context,
    *,
    at: At = None,
    only: Only = None,
    dry_run: DryRun = False,
    force: Force = False,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Run one whole cycle: pull, score, decide, push; then a summary.

    Examples:
      heatsync sync
      heatsync sync --dry-run            what it would do, nothing kept
      heatsync sync --at 2026-01-31      as if it were that day
    """
    settings = settings_of(context, mappings, database)
    steps = Steps(command="sync", only=only, force=force, is_dry=dry_run)
    _cycle(settings, steps, at, as_json=wants_json(context, as_json=as_json))


def pull(
    context: typer.Context,
    *,
    only: Only = None,
    force: Force = False,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Pull what changed on the platforms, and score nothing yet.

    While `heatsync run` is at work, it does so at once in its place.
    """
    settings = settings_of(context, mappings, database)
    steps = Steps(command="pull", scores=False, pushes=False, only=only, force=force)
    as_json = wants_json(context, as_json=as_json)
    if not _is_handed_over(settings, steps, as_json=as_json):
        _cycle(settings, steps, None, as_json=as_json)


def score(
    context: typer.Context,
    *,
    at: At = None,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Score from what was pulled, and decide what platforms shall show."""
    settings = settings_of(context, mappings, database)
    steps = Steps(command="score", pulls=False, pushes=False)
    _cycle(settings, steps, at, as_json=wants_json(context, as_json=as_json))


def push(
    context: typer.Context,
    *,
    only: Only = None,
    force: Force = False,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Push what was decided to the platforms.

    While `heatsync run` is at work, it does so at once in its place: with --force also what its
    guards hold back.
    """
    settings = settings_of(context, mappings, database)
    steps = Steps(command="push", pulls=False, scores=False, only=only, force=force)
    as_json = wants_json(context, as_json=as_json)
    if not _is_handed_over(settings, steps, as_json=as_json):
        _cycle(settings, steps, None, as_json=as_json)


def plan_(
    context: typer.Context,
    *,
    only: Only = None,
    limit: Annotated[
        int, typer.Option(min=0, metavar="N", help="The most changes to show one by one.")
    ] = SHOWN_CHANGES,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Show what a push would write, old value → new; writes nothing."""
    settings = settings_of(context, mappings, database)
    to_machine = wants_json(context, as_json=as_json)

    async def work() -> Sequence[_Planned]:
        async with opened_workspace(settings) as workspace:
            room = await room_at(workspace.state, settings)
            return await _plans(workspace, only, sys.maxsize if to_machine else limit, room)

    plans = asyncio.run(work())
    if to_machine:
        print_json({"platforms": _plans_json(plans)})
    else:
        show_plan(plans)


def _is_handed_over(settings: Settings, steps: Steps, *, as_json: bool) -> bool:
    """Have a running daemon do it; return whether there is one, which then was told."""
    from connector.runtime.handing_over import hand_over

    jobs = asyncio.run(hand_over(settings, steps.command, only=steps.only, force=steps.force))
    if jobs is None:
        return False
    if as_json:
        print_json({"jobs": jobs})
    else:
        tell(f"heatsync run does it now: {', '.join(jobs) or 'nothing'}.", indent=0)
    return True


def _cycle(settings: Settings, steps: Steps, at: str | None, *, as_json: bool) -> None:
    when = instant(at)
    with progress(as_json=as_json) as bars:
        ran = asyncio.run(_run(settings, steps, when, bars, as_json=as_json))
    if as_json:
        planned = {"plan": _plans_json(ran.plans)} if steps.is_dry else {}
        print_json(ran.summary.to_json() | planned)
    else:
        shown = Shown(
            highlights=ran.highlights,
            locations=ran.locations,
            explain_at=iso(when) if at else None,
            command=called(settings),
        )
        show_summary(ran.summary, steps, shown)
        if steps.is_dry:
            out.print()
            show_plan(ran.plans, all_with="--json shows all")
    if ran.summary.exit_code:
        raise typer.Exit(ran.summary.exit_code)


async def _run(
    settings: Settings, steps: Steps, at: datetime, shown: Progress, *, as_json: bool
) -> _Ran:
    async with (
        opened_workspace(settings, shown, is_dry=steps.is_dry) as real,
        _perhaps_dry(real, steps) as workspace,
    ):
        _check_only(workspace, steps.only)
        wanted = replace(steps, pushes=steps.pushes and not steps.is_dry)
        summary = await run_cycle(workspace, wanted, at)
        most = sys.maxsize if as_json else SHOWN_CHANGES
        room = await room_at(real.state, settings) if steps.is_dry else None
        plans = await _plans(workspace, steps.only, most, room) if steps.is_dry else ()
        highlights = () if as_json or not steps.scores else await _highlights(workspace, at)
        locations = [
            (name, platform.location)
            for name, platform in workspace.platforms.items()
            if platform.location and summary.deliveries.get(name, {}).get("calls")
        ]
    return _Ran(summary=summary, plans=plans, highlights=highlights, locations=locations)


@asynccontextmanager
async def _perhaps_dry(workspace: Workspace, steps: Steps) -> AsyncIterator[Workspace]:
    if not steps.is_dry:
        yield workspace
        return
    async with dry(workspace.state) as undone:
        yield replace(workspace, state=undone)


async def _plans(
    workspace: Workspace, only: str | None, limit: int, room: Room | None
) -> Sequence[_Planned]:
    """Return what is to be written; `room` is what the daemon at work may ask, if one is."""
    _check_only(workspace, only)
    targets = workspace.configuration.model.targets
    plans = [
        await plan(workspace, entry.name, limit=limit)
        for entry in workspace.configuration.platforms
        if entry.name in targets and only in {None, entry.name}
    ]
    return [(each, pace_of(workspace, each.platform, each.calls_in, room)) for each in plans]


def _plans_json(plans: Sequence[_Planned]) -> dict[str, object]:
    return {each.platform: plan_json(each, pace) for each, pace in plans}


async def _highlights(workspace: Workspace, at: datetime) -> Sequence[Highlight]:
    """Return the hottest leads of the first score, each with why."""
    from connector.sync.looking.explaining import explain

    name = next(iter(workspace.configuration.model.scores), None)
    if name is None:
        return ()
    async with workspace.state.read() as tx:
        leads = await tx.scores.top(name, limit=SHOWN_LEADS)
    return [
        Highlight(score=name, lead=lead, why=await explain(workspace, lead.key, at))
        for lead in leads
    ]


def _check_only(workspace: Workspace, only: str | None) -> None:
    if only is not None and only not in workspace.platforms:
        known = ", ".join(workspace.platforms) or "none"
        raise ConfigError([Problem(message=f"there is no platform {only}; known: {known}")])
