"""The command demo: a company to look at, and what to try with it."""

from __future__ import annotations

import os
import sys
import time
import webbrowser
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from connector.cli.console import err, out, print_json, tell, visible
from connector.cli.options import FLAG, UnusedDatabase, UnusedMappings, wants_json
from connector.demo.orders import SIMULATED
from connector.errors import ConfigError, ConnectorError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from connector.demo.asking import Asking
    from connector.demo.showing import Showing, Wish

_ASK_EVERY = 1.0
"""Seconds between two looks at how much was read."""
_WIDEST = 90
"""Of a sentence that is told as a comment."""
_HEAD = 12
"""How wide the first words of a line are."""


def _completed(typed: str) -> list[str]:
    """Return how the names that are being typed may go on."""
    *before, last = typed.split(",")
    fitting = [each for each in SIMULATED if each.startswith(last) and each not in before]
    return [",".join([*before, each]) for each in fitting]


Platforms = Annotated[
    str,
    typer.Option(
        metavar="NAMES",
        autocompletion=_completed,
        help="Which to simulate: any of brevo, hubspot, mautic.",
    ),
]
Contacts = Annotated[
    int, typer.Option(min=10, max=100_000, metavar="N", help="How many people there are.")
]
Speed = Annotated[
    float, typer.Option(min=0.01, max=50, metavar="X", help="How fast things happen; 2: twice.")
]
Keep = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Work in this new folder, and leave it in the end: mappings, database and logs.",
    ),
]
Port = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=65535,
        metavar="N",
        help="Where the daemon listens; 0: any that is free (default: 8080 if free).",
    ),
]
Browser = Annotated[
    bool, typer.Option(help="Open the dashboard in a browser, where there is a desktop.")
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
    browser: Browser = True,
    as_json: AsJson = False,
    _mappings: UnusedMappings = None,
    _database: UnusedDatabase = None,
) -> None:
    """Show a company at work: simulated platforms, a year of its past, and the real daemon.

    Nothing outside this machine is asked or told. Ctrl-C ends all of it and leaves nothing.

    Examples:
      heatsync demo
      heatsync demo --platforms brevo,hubspot,mautic --contacts 20000
      heatsync demo --speed 5 --port 9000
      heatsync demo --keep ./demo
    """
    from connector.demo.ending import Interrupts
    from connector.demo.showing import Showing, Wish

    wish = Wish(adapters=_adapters(platforms), contacts=contacts, speed=speed, keep=keep, port=port)
    interrupts = Interrupts()
    showing = Showing(wish, interrupts)
    is_for_machine = wants_json(context, as_json=as_json)
    with interrupts.heard():
        try:
            if is_for_machine:
                _show_to_machine(showing)
            else:
                _show(showing, opens_browser=browser)
        except KeyboardInterrupt:
            if not is_for_machine:
                with suppress(OSError):  # the terminal may be gone
                    _tell_end(wish)


def _tell_end(wish: Wish) -> None:
    left = f"; {wish.keep} is left as it is" if wish.keep else " and has left nothing"
    tell(f"The demo has ended{left}.", indent=0, console=err)


def _adapters(text: str) -> Sequence[str]:
    from connector.config.hints import did_you_mean, shown

    names = list(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))
    unknown = next((each for each in names if each not in SIMULATED), None)
    if unknown is not None:
        hint = did_you_mean(unknown, SIMULATED) or f"there are {', '.join(SIMULATED)}"
        raise ConfigError(
            [Problem(message=f"{shown(unknown)} cannot be simulated here", hint=hint)]
        )
    if not names:
        raise ConfigError([Problem(message="no platform is named", hint="--platforms brevo")])
    return names


def _show_to_machine(showing: Showing) -> None:
    """Print a JSON object when all is open, when everybody is scored, and for what happens."""
    from connector.demo.asking import Asking
    from connector.demo.trying import entrance, trials

    with showing:
        asking = Asking(showing.address)
        _print(_opened(showing))
        for _ in showing.until_scored():
            pass
        somebody = asking.somebody(len(showing.opened.accounts))
        lines = [line for each in trials(showing, somebody) for line in each.commands]
        commands = [entrance(showing.folder), *lines]
        _print({"somebody": somebody, "stages": asking.stages(), "commands": commands})
        for what in showing.happenings():
            _print({"happened": what})


def _print(told: dict[str, object]) -> None:
    print_json(told)
    sys.stdout.flush()


def _opened(showing: Showing) -> dict[str, object]:
    """Return where everything is, for machines; no secret is among it."""
    return {
        "address": showing.address,
        "folder": str(showing.folder),
        "control": showing.opened.control,
        "platforms": {each.name: each.url for each in showing.opened.accounts},
    }


def _show(showing: Showing, *, opens_browser: bool) -> None:
    """Tell a person what comes into being, what to try, and then what happens."""
    from connector.demo.asking import Asking

    began = time.monotonic()
    with ExitStack() as stack:
        with _at_work(f"Playing a year of {showing.wish.contacts:,} contacts, and reading it ..."):
            stack.enter_context(showing)
        asking = Asking(showing.address)
        _tell_opened(showing)
        _wait(showing, asking)
        _tell_scored(asking.stages(), time.monotonic() - began)
        _tell_what_to_try(showing, asking.somebody(len(showing.opened.accounts)))
        if opens_browser:
            _open_browser(showing.address)
        for what in showing.happenings():
            tell(what)
            sys.stdout.flush()


@contextmanager
def _at_work(text: str) -> Iterator[Callable[[str], None]]:
    """Show that something is done, and give what tells more of it to whoever watches."""
    if not err.is_terminal:
        tell(text, indent=0, console=err)
        yield lambda _: None
        return
    with err.status(text) as status:
        yield status.update


def _wait(showing: Showing, asking: Asking) -> None:
    """Return once everybody is scored."""
    with _at_work("heatsync is here since yesterday, and scores what is new today ...") as update:
        asked_at = time.monotonic()
        for _ in showing.until_scored():
            if err.is_terminal and time.monotonic() - asked_at > _ASK_EVERY:
                with suppress(ConnectorError):
                    read = asking.read()
                    update(f"{read.contacts:,} contacts and {read.events:,} events are read ...")
                asked_at = time.monotonic()


def _tell_opened(showing: Showing) -> None:
    from connector.demo.company.words import NAME, PLACE

    *others, last = [each.title for each in showing.opened.accounts]
    titles = f"{', '.join(others)} and {last}" if others else last
    tell(
        f"{NAME} of {PLACE} makes desks and lamps for offices. It does not exist; its year of "
        f"{showing.opened.deeds:,} mails, visits, forms, orders and meetings is in a simulated "
        f"{titles} on this machine. heatsync adds up what each person did there, lets it cool "
        "with time, and writes back how hot they are.",
        indent=0,
    )
    out.print()
    _line("Dashboard", showing.address)
    _line("API", f"{showing.address}/api/docs")
    _line("Platforms", f"{showing.opened.control} (stop and start them there)")
    _line("Folder", f"{showing.folder} (mappings, database and logs)")
    out.print()
    sys.stdout.flush()


def _tell_scored(stages: Mapping[str, int], seconds: float) -> None:
    shape = ", ".join(f"{persons:,} {name}" for name, persons in stages.items())
    tell(f"Everybody is scored after {seconds:.0f} s: {shape}.", indent=0)
    out.print()


def _tell_what_to_try(showing: Showing, somebody: str | None) -> None:
    from connector.demo.trying import entrance, trials

    tell("Try this in another terminal:", indent=0)
    out.print()
    _tell_command(entrance(showing.folder))
    for each in trials(showing, somebody):
        out.print()
        for line in wrap(each.about, min(out.width - _HEAD, _WIDEST)):
            tell(f"# {line}", style="dim")
        for command in each.commands:
            _tell_command(command)
    out.print()
    ends = "Ctrl-C ends everything and leaves nothing"
    if showing.wish.keep:
        ends = f"Ctrl-C ends everything; {showing.wish.keep} stays"
    tell(f"What happens now ({ends}):", indent=0)
    sys.stdout.flush()


def _tell_command(line: str) -> None:
    """Print a line to be copied: it is not broken, however narrow the terminal is."""
    out.print(Text(f"  {visible(line)}", style="bold"), soft_wrap=True)


def _line(head: str, text: str) -> None:
    tell(f"{head:<{_HEAD}}{text}")


def _open_browser(address: str) -> None:
    """Open the dashboard where somebody sits before a desktop."""
    has_desktop = sys.platform == "darwin" or {"DISPLAY", "WAYLAND_DISPLAY"} & {*os.environ}
    if out.is_terminal and has_desktop:
        webbrowser.open(address)
