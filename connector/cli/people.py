"""Commands about leads: explain, override, export."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import quote

import typer

from connector.cli.console import err, print_json, progress, tell, tell_broken
from connector.cli.options import (
    FLAG,
    AsJson,
    At,
    Database,
    Mappings,
    instant,
    settings_of,
    wants_json,
)
from connector.cli.remote import daemon_of
from connector.cli.rendering.explanation import show_explanation
from connector.cli.rendering.picture import show_picture
from connector.cli.rendering.words import counted, number
from connector.cli.tables import csv_of, write_csv, write_whole
from connector.domain.instants import iso
from connector.errors import MappingError
from connector.runtime.bootstrap import opened_for_looking, opened_workspace
from connector.sync.deciding.overriding import clear_override, set_override

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from adapters.daemon import Daemon
    from connector.config.settings import Settings
    from connector.errors import Problem
    from connector.scoring.model import Model
    from connector.sync.looking.explaining import Explanation
    from connector.sync.looking.trend import Point
    from connector.sync.workspace import Workspace

Email = Annotated[
    str,
    typer.Argument(metavar="EMAIL", help="An e-mail address, our id, or <platform>:<id>."),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="A .csv or .parquet file; without it CSV is printed.",
    ),
]
What = Annotated[
    Literal["scores", "contributions"],
    typer.Option(metavar="WHAT", help="scores, or contributions."),
]

Picture = Annotated[
    bool,
    typer.Option(
        "--picture",
        metavar=FLAG,
        help="Draw it in characters, at most 72 columns wide, to paste into a chat.",
    ),
]
_COURSE, _FURTHEST = timedelta(days=90), timedelta(days=366)
"""How far back, and at least and at most how far ahead, a picture shows a score."""


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command(name="explain")(explain_)
    app.command(context_settings={"ignore_unknown_options": True})(override)
    app.command(name="export")(export_)


def explain_(
    context: typer.Context,
    email: Email,
    *,
    at: At = None,
    is_picture: Picture = False,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Say why a lead has its score: every rule that gave or took points.

    Examples:
      heatsync explain ada@example.com
      heatsync explain ada@example.com --picture           as a picture to paste into a chat
      heatsync explain ada@example.com --at 2026-01-31     with today's knowledge, as of that day
      heatsync explain crm:1234
    """
    settings = settings_of(context, mappings, database)
    when = instant(at)
    to_machine = wants_json(context, as_json=as_json)
    if is_picture and to_machine:
        raise typer.BadParameter("is for people, --json for machines", param_hint="--picture")
    work = _explained(settings, email, when, is_picture=is_picture, to_machine=to_machine)
    explanation, model, course = asyncio.run(work)
    if to_machine:
        print_json(explanation.to_json())
    elif is_picture:
        show_picture(explanation, model, course)
    else:
        show_explanation(explanation, model)


async def _explained(
    settings: Settings, email: str, at: datetime, *, is_picture: bool, to_machine: bool
) -> tuple[Explanation, Model, Sequence[Point]]:
    """Return an explanation, its model as far as that is known here, and a course to draw."""
    from connector.sync.looking.explaining import explain

    async with opened_for_looking(settings) as (workspace, broken):
        model = workspace.configuration.model
        if not broken:
            explanation = await explain(workspace, email, at)
            course = await _course(workspace, email, explanation) if is_picture else ()
            return explanation, model, course
        explanation = await _explained_there(workspace, settings, email, at, broken)
    tell_broken(broken, as_json=to_machine, follows="is explained by those")
    return explanation, model, ()


async def _course(workspace: Workspace, email: str, explanation: Explanation) -> Sequence[Point]:
    """Return how a person stood lately, and stands until the change that is announced and after."""
    from connector.sync.looking.trend import trend

    at, turn = explanation.at, explanation.turn
    ahead = _COURSE if turn is None else min(max((turn.at - at) * 1.5, _COURSE), _FURTHEST)
    return await trend(workspace, email, at, back=_COURSE, ahead=ahead)


async def _explained_there(
    workspace: Workspace,
    settings: Settings,
    email: str,
    at: datetime,
    broken: Sequence[Problem],
) -> Explanation:
    """Have the heatsync that runs explain, by the rules before the files were broken.

    The state does not hold them in a form to score by: without one, raises MappingError.
    """
    from connector.sync.looking.retold import retold

    async with daemon_of(workspace.state, settings) as daemon:
        if daemon is None:
            raise MappingError(broken)
        return retold(await daemon.get(f"/explain/{quote(email, safe='')}", at=iso(at)))


def override(
    context: typer.Context,
    email: Email,
    score: Annotated[str, typer.Argument(metavar="SCORE", help="Which score.")],
    value: Annotated[
        float | None, typer.Argument(metavar="VALUE", help="The number in its place.")
    ] = None,
    *,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is shown by explain.")] = "",
    clear: Annotated[bool, typer.Option("--clear", metavar=FLAG, help="End the override.")] = False,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Put a person's decision in place of a computed score, or end it.

    Examples:
      heatsync override ada@example.com lead 90 --reason "Met at the trade show"
      heatsync override ada@example.com lead --clear
    """
    settings = settings_of(context, mappings, database)
    if clear == (value is not None):
        raise typer.BadParameter("give a value, or --clear", param_hint="VALUE")

    contact, is_at_once = asyncio.run(_override(settings, email, score, value, reason))
    if wants_json(context, as_json=as_json):
        print_json({"contact": contact, "score": score, "value": value})
        return
    done = "is computed again" if value is None else f"is {number(value, 9)}"
    when = "" if is_at_once else " from the next scoring on"
    tell(f"{score} of {contact['email'] or contact['id']} {done}{when}.", indent=0)


async def _override(
    settings: Settings, email: str, score: str, value: float | None, reason: str
) -> tuple[Mapping[str, str | None], bool]:
    """Put `value` in force, or end the override; return whose, and whether they are scored now."""
    async with opened_for_looking(settings) as (workspace, broken):
        async with daemon_of(workspace.state, settings) as daemon:
            if daemon is not None:
                return await _override_there(daemon, email, score, value, reason), True
        if broken:
            raise MappingError(broken)
        if value is None:
            person = await clear_override(workspace, email, score)
        else:
            person = await set_override(workspace, email, score, value, reason)
        return {"email": person.email, "id": person.key}, False


async def _override_there(
    daemon: Daemon, email: str, score: str, value: float | None, reason: str
) -> Mapping[str, str | None]:
    """Have the heatsync that runs do it; return who they are."""
    asked: dict[str, object] = {"contact": email, "score": score}
    path = "/contacts/clear-override"
    if value is not None:
        path = "/contacts/override"
        asked |= {"value": value, "reason": reason}
    answer = await daemon.post(path, asked)
    contact: Mapping[str, str | None] = answer["contact"]
    return {"email": contact["email"], "id": contact["id"]}


def export_(
    context: typer.Context,
    *,
    target: Output = None,
    what: What = "scores",
    at: At = None,
    as_json: AsJson = False,
    mappings: Mappings = None,
    database: Database = None,
) -> None:
    """Export scores as last decided, or contributions as of an instant, as CSV or Parquet.

    In CSV a ' stands before texts that a spreadsheet would take for a formula.

    Examples:
      heatsync export -o scores.parquet
      heatsync export --what contributions -o why.csv
    """
    from connector.sync.looking.exporting import export

    settings = settings_of(context, mappings, database)
    if target is not None and target.suffix not in {".csv", ".parquet"}:
        raise typer.BadParameter("name a .csv or a .parquet file", param_hint="--output")
    when = instant(at) if at else None
    to_machine = wants_json(context, as_json=as_json)

    async def work() -> pl.DataFrame:
        with progress(as_json=to_machine) as shown:
            async with opened_workspace(settings, shown, is_telling=False) as workspace:
                return await export(workspace, what=what, at=when)

    frame = asyncio.run(work())
    if target is None:
        _print(frame, as_json=to_machine)
        return
    _write(frame, target)
    if to_machine:
        print_json({"file": str(target), "rows": frame.height})
    else:
        tell(f"{counted(frame.height, 'row')} written to {target}", indent=0, console=err)


def _write(frame: pl.DataFrame, target: Path) -> None:
    if target.suffix == ".csv":
        write_csv(frame, target)
    else:
        write_whole(target, frame.write_parquet)


def _print(frame: pl.DataFrame, *, as_json: bool) -> None:
    """Print all rows; instants and texts as in every other output, the CSV always UTF-8."""
    if as_json:
        rows = [
            {name: iso(each) if isinstance(each, datetime) else each for name, each in row.items()}
            for row in frame.iter_rows(named=True)
        ]
        print_json({"rows": rows})
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(csv_of(frame))
