"""Where output goes: results to standard output, progress and errors to standard error."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text

from connector.errors import ConfigError, ConnectorError
from connector.ports.progress import Progress, Silent
from connector.sync.summary import problem_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType
    from rich.progress import TaskID

    from connector.errors import Problem

UNWRAPPED = 10_000
"""The width of what is no terminal: a line of a log or for `grep` is not wrapped."""


def _width(file: object) -> int | None:
    """Return None where the terminal, or the variable COLUMNS, says how wide it is."""
    is_terminal = bool(getattr(file, "isatty", lambda: False)())
    return None if is_terminal or "COLUMNS" in os.environ else UNWRAPPED


out = Console(highlight=False, width=_width(sys.stdout))
err = Console(stderr=True, highlight=False, width=_width(sys.stderr))


def plain(text: str) -> str:
    """Return `text` as it may be put into Rich markup: nothing in it acts on the terminal."""
    return escape(visible(text))


def visible(text: str) -> str:
    """Return `text` with what is not printable (escape sequences, line ends) spelled out."""
    if text.isprintable():
        return text
    spelled = (each if each.isprintable() else _spelled(each) for each in text)
    return "".join(spelled)


def glyph(shown: str, instead: str) -> str:
    """Return `shown`, or `instead` where standard output takes only ASCII."""
    return instead if out.options.ascii_only else shown


def grid(columns: str, *headings: str) -> Table:
    """Return a table without lines; `columns` is a letter for each, l or r for its side."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=bool(headings))
    for letter, heading in zip_longest(columns, headings, fillvalue=""):
        side: Literal["left", "right"] = "right" if letter == "r" else "left"
        table.add_column(heading, header_style="dim", overflow="fold", justify=side)
    return table


def show(renderable: RenderableType) -> None:
    """Print to standard output, with no blanks at the ends of lines."""
    for line in out.render_lines(renderable, pad=False):
        out.print(Segments([*_trimmed(line), Segment.line()]), end="")


def tell(text: str, *, indent: int = 2, style: str = "", console: Console = out) -> None:
    """Print a sentence that may be long; its lines keep their indent."""
    words = Text(visible(text), style=style, overflow="fold")
    for line in console.render_lines(Padding(words, (0, 0, 0, indent)), pad=False):
        console.print(Segments([*_trimmed(line), Segment.line()]), end="")


def print_json(value: object) -> None:
    """Print `value` as JSON on one line of its own, whatever the terminal is."""
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    sys.stdout.write(json.dumps(value, ensure_ascii=not is_unicode, default=str) + "\n")


def report(error: ConnectorError, *, as_json: bool) -> None:
    """Tell a person, or a machine, what went wrong."""
    problems = error.problems if isinstance(error, ConfigError) else ()
    if as_json or not problems:
        stop(str(error), problems, as_json=as_json)
        return
    count = len(problems)
    err.print(f"[bold red]{count:,} problem{'s' if count > 1 else ''}[/] to mend:")
    for problem in problems:
        tell(str(problem), console=err)


def tell_broken(
    problems: Sequence[Problem], *, as_json: bool, follows: str = "tells only what is stored"
) -> None:
    """Tell a person, beside a result, that the mappings folder is broken, and where.

    `follows` is said of the result.
    """
    if not problems or as_json:
        return
    told = "The files on disk are broken: a daemon that runs goes on with those before, and what"
    tell(f"{told} follows {follows}.", indent=0, style="yellow", console=err)
    for problem in problems:
        tell(str(problem), console=err)


def stop(message: str, problems: Sequence[Problem] = (), *, as_json: bool) -> None:
    """Tell why there is no result."""
    if as_json:
        print_json({"error": message, "problems": [problem_json(each) for each in problems]})
    else:
        tell(message, indent=0, console=err)


class _Bars:
    """Progress bars, one per step."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def step(self, label: str, done: int, total: int | None = None) -> None:
        if label not in self._tasks:
            self._tasks[label] = self._bars.add_task(plain(label), total=total)
        self._bars.update(self._tasks[label], completed=done, total=total)


@contextmanager
def progress(*, as_json: bool) -> Iterator[Progress]:
    """Give progress bars where somebody sees them, else nothing."""
    if as_json or not err.is_terminal:
        yield Silent()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, TimeElapsedColumn(), console=err, transient=True) as bars:
        yield _Bars(bars)


def _spelled(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _trimmed(line: Sequence[Segment]) -> list[Segment]:
    """Return a line without the blanks at its end."""
    kept = list(line)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        last = kept.pop()
        kept.append(Segment(last.text.rstrip(), last.style, last.control))
    return kept
