"""What somebody may try with the demo, as they would type it into another terminal."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from connector.demo.files import MODEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.demo.showing import Showing

PROGRAM = "heatsync"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Something to try."""

    about: str
    """A sentence that says what one will see."""
    commands: Sequence[str]
    """Lines for a shell, after `entrance`."""


def entrance(folder: Path) -> str:
    """Return the line that brings a new shell into the folder, and lets it find the program."""
    line = f"cd {shlex.quote(str(folder))}"
    beside = Path(sys.executable).parent
    # A new terminal knows nothing of an environment that was activated in this one.
    if sys.prefix != sys.base_prefix and (beside / PROGRAM).exists():
        return f"{line} && export PATH={shlex.quote(str(beside))}:$PATH"
    return line


def trials(showing: Showing, somebody: str | None) -> Iterator[Trial]:
    """Yield what is worth trying, in the order in which one would.

    `somebody` is the address of a person who is among the hottest; None: there is nobody.
    """
    accounts, program = showing.opened.accounts, _program()
    if somebody:
        places = " and ".join(each.title for each in accounts)
        know = "knows" if len(accounts) == 1 else "know"
        yield Trial(
            about=f"Why is this person among the hottest? heatsync adds up what {places} {know}.",
            commands=[f"{program} explain {shlex.quote(somebody)}"],
        )
    yield Trial(
        about="Who else is, and how does everything stand?",
        commands=[f"{program} top", f"{program} status"],
    )
    yield Trial(
        about=f"Give a sent form 60 points instead of 20 in mappings/{MODEL}, with this line or an "
        "editor: within seconds everybody is scored anew, and the dashboard shows who moved.",
        commands=[f"sed -i '/asked:/s/points: 20/points: 60/' mappings/{MODEL}"],
    )
    if which("curl"):
        at = f"{showing.opened.control}/platforms/{accounts[-1].name}"
        yield Trial(
            about=f"Have {accounts[-1].title} answer nobody: the dashboard says so, and what "
            "waits. Start it again, and it catches up.",
            commands=[f"curl -X POST {at}/stop", f"curl -X POST {at}/start"],
        )


def _program() -> str:
    """Return how heatsync is called after `entrance`."""
    if which(PROGRAM) or Path(sys.executable).with_name(PROGRAM).exists():
        return PROGRAM
    return f"{shlex.quote(sys.executable)} -m connector"
