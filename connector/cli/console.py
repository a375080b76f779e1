"""Where output goes: results to standard output, progress and errors to standard error."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import contextmanager
from itertools import zip_longest
from math import ceil
from typing import TYPE_CHECKING, Literal

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text

from connector.errors import ConfigError, ConnectorError
from connector.ports.progress import WORTH_TELLING, Progress, Silent
from connector.sync.summary import problem_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import timedelta

    from rich.console import RenderableType
    from rich.progress import Task, TaskID

    from connector.errors import Problem

UNWRAPPED = 10_000
"""The width of what is no terminal: a line of a log or for `grep` is not wrapped."""
BROKEN = "The files on disk are broken: a daemon that runs goes on with those before"
"""What is told of a mappings folder with problems."""


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


def shown_by(show: Callable[..., None], *arguments: object) -> Text:
    """Return what `show` would print to standard output when it is given `arguments`."""
    with out.capture() as held:
        show(*arguments)
    return Text.from_ansi(held.get().removesuffix("\n"))


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
    told = f"{BROKEN}, and what follows {follows}."
    tell(told, indent=0, style="yellow", console=err)
    for problem in problems:
        tell(str(problem), console=err)


def stop(message: str, problems: Sequence[Problem] = (), *, as_json: bool) -> None:
    """Tell why there is no result."""
    if as_json:
        print_json({"error": message, "problems": [problem_json(each) for each in problems]})
    else:
        tell(message, indent=0, console=err)


class _Bars:
    """Progress bars, one per step, and a line per wait; nothing while there is neither.

    So a question to whoever sits there is not painted over.
    """

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._waits = 0

    def step(self, label: str, done: int, total: int | None = None) -> None:
        if label not in self._tasks:
            self._bars.start()
            self._tasks[label] = self._bars.add_task(plain(label), total=total)
        self._bars.update(self._tasks[label], completed=done, total=total)

    @contextmanager
    def waiting(self, platform: str, why: str, span: timedelta) -> Iterator[None]:
        if span < WORTH_TELLING:
            yield
            return
        until = time.monotonic() + span.total_seconds()
        self._bars.start()
        self._waits += 1
        task = self._bars.add_task(_waiting(platform, why), total=None, until=until)
        try:
            yield
        finally:
            self._bars.remove_task(task)
            self._waits -= 1
            if not (self._waits or self._tasks):
                self._bars.stop()


class _Lines(Silent):
    """A line on standard error for what is waited for: once for each platform and reason."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    @contextmanager
    def waiting(self, platform: str, why: str, span: timedelta) -> Iterator[None]:
        text = _waiting(platform, why)
        if span >= WORTH_TELLING and text not in self._told:
            self._told.add(text)
            tell(f"{text}, goes on within {_seconds(span.total_seconds())}", indent=0, console=err)
        yield


class _Words(ProgressColumn):
    """What a line is about; of a wait also how long it lasts at most."""

    def render(self, task: Task) -> Text:
        """Return it as it is at this moment."""
        until = task.fields.get("until")
        if until is None:
            return Text.from_markup(task.description)
        left = _seconds(max(0.0, until - time.monotonic()))
        return Text(f"{task.description}, goes on within {left}")


class _OfSteps(ProgressColumn):
    """A column that waits do not have."""

    def __init__(self, column: ProgressColumn) -> None:
        self._column = column
        super().__init__()

    def render(self, task: Task) -> RenderableType:
        """Return the column, or nothing."""
        return Text() if "until" in task.fields else self._column(task)


@contextmanager
def progress(*, as_json: bool) -> Iterator[Progress]:
    """Give progress bars where somebody sees them, else a line for each long wait."""
    if as_json or not err.is_terminal:
        yield _Lines()
        return
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bars = Bars(_Words(), *map(_OfSteps, columns), console=err, transient=True)
    try:
        yield _Bars(bars)
    finally:
        bars.stop()


def _waiting(platform: str, why: str) -> str:
    return visible(f"Waiting for {platform}: {why}")


def _seconds(seconds: float) -> str:
    return f"{ceil(seconds):,} s"


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
