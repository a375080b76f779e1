"""Where output goes: results to standard output, progress and errors to standard error."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from connector.errors import ConfigError, ConnectorError
from connector.ports.progress import Progress, Silent
from connector.sync.summary import problem_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import TaskID

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def print_json(value: object) -> None:
    """Print `value` as JSON on one line of its own, whatever the terminal is."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def report(error: ConnectorError, *, as_json: bool) -> None:
    """Tell a person, or a machine, what went wrong."""
    problems = error.problems if isinstance(error, ConfigError) else ()
    if as_json:
        print_json({"error": str(error), "problems": [problem_json(each) for each in problems]})
        return
    if problems:
        count = len(problems)
        err.print(f"[bold red]{count} problem{'s' if count > 1 else ''}[/] to mend:")
        for problem in problems:
            err.print(f"  {problem}", markup=False, soft_wrap=True)
        return
    err.print("[bold red]Stopped:[/]", end=" ")
    err.print(str(error), markup=False, soft_wrap=True)


class _Bars:
    """Progress bars, one per step."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def step(self, label: str, done: int, total: int | None = None) -> None:
        if label not in self._tasks:
            self._tasks[label] = self._bars.add_task(label, total=total)
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
