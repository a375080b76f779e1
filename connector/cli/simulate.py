"""The command simulate: a draft against the present model, before it goes live."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connector.cli.console import err, print_json, progress, tell, visible
from connector.cli.options import AsJson, At, Database, Mappings, instant, settings_of, wants_json
from connector.cli.rendering.simulation import show_simulation
from connector.cli.rendering.words import counted
from connector.cli.tables import write_csv
from connector.domain.durations import parse_duration
from connector.errors import ConfigError, Problem
from connector.runtime.bootstrap import opened_workspace, read_configuration
from connector.sync.simulating.question import LEAST_STEP, MOST_WEEKS, Question
from connector.sync.simulating.tables import tables

if TYPE_CHECKING:
    from datetime import timedelta

    from connector.config.settings import Settings
    from connector.ports.progress import Progress
    from connector.sync.simulating.outcome import Simulation

Draft = Annotated[
    Path, typer.Argument(metavar="DRAFT", help="The folder of the draft's mapping files.")
]
Weeks = Annotated[
    int,
    typer.Option(min=0, max=MOST_WEEKS, metavar="N", help="How many weeks to replay."),
]
Step = Annotated[
    str,
    typer.Option(metavar="SPAN", help="How often to score on the way, as syncs would: 1d, 6h, 1w."),
]
Top = Annotated[int, typer.Option(min=0, metavar="N", help="How many contacts to name.")]
Csv = Annotated[
    Path | None,
    typer.Option("--csv", metavar="FOLDER", help="Also write each table to a CSV file there."),
]


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command(name="simulate")(simulate_)


def simulate_(
    context: typer.Context,
    draft: Draft,
    *,
    weeks: Weeks = 12,
    step: Step = "1d",
    at: At = None,
    top: Top = 10,
    csv: Csv = None,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Replay history under a draft: who changes stage and list, how many alerts; writes nothing.

    Examples:
      heatsync simulate drafts/spring
      heatsync simulate drafts/spring --weeks 26 --csv what-if
    """
    settings = settings_of(context, mappings, database)
    question = Question(at=instant(at), weeks=weeks, step=_span(step), top=top)
    to_machine = wants_json(context, as_json=as_json)
    with progress(as_json=to_machine) as shown:
        simulation = asyncio.run(_simulate(settings, draft, question, shown))
    if to_machine:
        print_json(simulation.to_json())
    else:
        show_simulation(simulation)
    if csv is not None:
        written = _write(simulation, csv)
        if not to_machine:
            tell(f"{counted(written, 'table')} written to {csv}", indent=0, console=err)


async def _simulate(
    settings: Settings, folder: Path, question: Question, shown: Progress
) -> Simulation:
    from connector.sync.simulating.simulation import simulate

    # Nothing is asked of the draft's platforms, so their keys need not be there.
    draft = read_configuration(settings.model_copy(update={"mappings": folder}), offline=True)
    async with opened_workspace(settings, shown) as workspace:
        return await simulate(workspace, draft, question)


def _span(text: str) -> timedelta:
    try:
        span = parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(f"{visible(text)}: {error}", param_hint="--step") from error
    if span < parse_duration(LEAST_STEP):
        raise typer.BadParameter(f"at least {LEAST_STEP}", param_hint="--step")
    return span


def _write(simulation: Simulation, folder: Path) -> int:
    """Write every table into `folder`; return how many there are."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot be made: {error.strerror or error}"
        raise ConfigError([Problem(file=str(folder), message=message)]) from error
    frames = tables(simulation)
    for name, frame in frames.items():
        write_csv(frame, folder / f"{name}.csv")
    return len(frames)
