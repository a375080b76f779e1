"""The command demo: a company to look at, and what to try with it."""

from __future__ import annotations

import asyncio
import shlex
import signal
import sys
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Annotated

import typer

from connector.cli.console import err, out, print_json, tell
from connector.cli.options import FLAG, PROGRAM, UnusedDatabase, UnusedMappings, wants_json
from connector.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.demo.showing import Showing, Wish

_HOTTEST = 3
_COMMAND = 11
"""How wide the first words of a line are."""

Platforms = Annotated[
    str, typer.Option(metavar="NAMES", help="Which to simulate: any of brevo, hubspot, mautic.")
]
Contacts = Annotated[
    int, typer.Option(min=10, max=100_000, metavar="N", help="How many people there are.")
]
Speed = Annotated[
    float, typer.Option(min=0.01, max=50, metavar="X", help="How fast things happen; 2: twice.")
]
Keep = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Work in this new folder, and leave it in the end."),
]
Port = Annotated[
    int | None,
    typer.Option(
        min=1, max=65535, metavar="N", help="Where the daemon listens (default: 8080 if free)."
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", metavar=FLAG, help="Print a JSON object for each thing told.")
]


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command()(demo)


def demo(
    context: typer.Context,
    *,
    platforms: Platforms = "brevo,hubspot",
    contacts: Contacts = 5_000,
    speed: Speed = 1.0,
    keep: Keep = None,
    port: Port = None,
    as_json: AsJson = False,
    _mappings: UnusedMappings = None,
    _database: UnusedDatabase = None,
) -> None:
    """Show a company at work: simulated platforms, a year of its past, and the real daemon.

    Nothing outside this machine is asked or told. Ctrl-C ends all of it and leaves nothing.

    Examples:
      heatsync demo
      heatsync demo --platforms brevo,hubspot,mautic --contacts 20000
      heatsync demo --speed 5 --keep ./demo
    """
    from connector.demo.showing import Showing, Wish

    wish = Wish(adapters=_adapters(platforms), contacts=contacts, speed=speed, keep=keep, port=port)
    # A closed terminal and whoever stops us end it as Ctrl-C does.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        _show(wish, Showing(wish), as_json=wants_json(context, as_json=as_json))
    except KeyboardInterrupt:
        if not wants_json(context, as_json=as_json):
            tell("The demo has ended.", indent=0, console=err)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _show(wish: Wish, showing: Showing, *, as_json: bool) -> None:
    if not as_json:
        tell(f"Playing a year of {wish.contacts:,} contacts ...", indent=0, console=err)
    with showing:
        if as_json:
            print_json(_opened(showing))
        else:
            _tell_opened(showing)
        sys.stdout.flush()
        showing.wait_until_scored()
        people = asyncio.run(_hottest(showing))
        if as_json:
            print_json({"hottest": people})
        else:
            _tell_what_to_try(showing, people)
        sys.stdout.flush()
        for what in showing.happenings():
            if as_json:
                print_json({"happened": what})
            else:
                tell(what)
            sys.stdout.flush()


def _adapters(text: str) -> Sequence[str]:
    from connector.config.hints import did_you_mean, shown
    from connector.demo.playing import PLATFORMS

    names = list(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))
    unknown = next((each for each in names if each not in PLATFORMS), None)
    if unknown is not None:
        hint = did_you_mean(unknown, PLATFORMS) or f"there are {', '.join(PLATFORMS)}"
        raise ConfigError(
            [Problem(message=f"{shown(unknown)} cannot be simulated here", hint=hint)]
        )
    if not names:
        raise ConfigError([Problem(message="no platform is named", hint="--platforms brevo")])
    return names


def _opened(showing: Showing) -> dict[str, object]:
    """Return where everything is, for machines; no secret is among it."""
    return {
        "address": showing.address,
        "folder": str(showing.folder),
        "control": showing.opened.control,
        "platforms": {each.name: each.url for each in showing.opened.accounts},
    }


def _tell_opened(showing: Showing) -> None:
    from connector.demo.company.words import NAME

    titles = " and ".join(each.title for each in showing.opened.accounts)
    tell(
        f"{NAME} makes desks and lamps for offices. It does not exist; its year of "
        f"{showing.opened.deeds:,} mails, visits, forms, orders and meetings is in a simulated "
        f"{titles} on this machine, and heatsync reads it now.",
        indent=0,
    )
    out.print()
    _line("Open", showing.address)
    _line("API", f"{showing.address}/api/docs")
    _line("Folder", str(showing.folder))
    out.print()


def _tell_what_to_try(showing: Showing, people: Sequence[str]) -> None:
    program, control = shlex.quote(_program()), showing.opened.control
    last = showing.opened.accounts[-1]
    tell("Everybody is scored. Try this in another terminal:", indent=0)
    out.print()
    _line("", f"cd {shlex.quote(str(showing.folder))}")
    for number, each in enumerate(people):
        _line("" if number else "Why so hot", f"{program} explain {each}")
    _line("All of it", f"{program} status")
    out.print()
    _line("Change it", "in mappings/model.yaml give `clicked` 30 points instead of 6, and save;")
    _line("", "heatsync scores everybody anew, and tells the platforms.")
    out.print()
    stopping = f"curl -X POST {control}/platforms/{last.name}"
    _line("Break it", f"{stopping}/stop     {last.title} answers nobody")
    _line("", f"{program} status     says so, and what waits")
    _line("", f"{stopping}/start    and it recovers")
    out.print()
    tell("What happens now (Ctrl-C ends everything and leaves nothing):", indent=0)


def _line(head: str, text: str) -> None:
    tell(f"{head:<{_COMMAND}}{text}")


def _program() -> str:
    """Return how heatsync is called from any folder."""
    if which(PROGRAM) is not None:
        return PROGRAM
    beside = Path(sys.executable).with_name(PROGRAM)
    return str(beside) if beside.exists() else f"{sys.executable} -m connector"


async def _hottest(showing: Showing) -> list[str]:
    """Return the addresses of the hottest people, as they were scored."""
    from connector.config.settings import read_settings
    from connector.runtime.bootstrap import opened_for_looking
    from connector.sync.looking.ranking import ranking

    database = f"sqlite:///{showing.folder / 'heatsync.db'}"
    settings = read_settings(
        showing.folder / ".env", mappings=showing.folder / "mappings", database_url=database
    )
    async with opened_for_looking(settings) as (workspace, _):
        found = await ranking(workspace, limit=_HOTTEST)
    return [each.email or each.key for each in found.leads]
