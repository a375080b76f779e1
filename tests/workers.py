"""How tests are dealt out to the workers of pytest-xdist."""

from __future__ import annotations

import faulthandler
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

_TRACES = Path(".cache", "workers")
"""Where each worker writes what it did when its interpreter died."""
_OURS = "PYTEST_XDIST_WORKER"
_LONGEST_FIRST = ("system", "reference", "properties", "integration")
"""Folders of tests that take seconds; what takes moments fills the gap at the end."""


def with_their_group(items: list[pytest.Item]) -> None:
    """Name each test with its `xdist_group` behind an @, by which a scheduler goes.

    That is what pytest-xdist 3.8 does, but pytest 9.2 keeps the name somewhere else
    (https://github.com/pytest-dev/pytest-xdist/issues/1386).
    """
    for item in items:
        mark = item.get_closest_marker("xdist_group")
        if mark is not None and "@" not in item.nodeid.rpartition("]")[2]:
            item._id = type(item._id).parse(f"{item.nodeid}@{mark.args[0]}")


def longest_first(items: list[pytest.Item]) -> None:
    """Put those first of which one could hold up the end."""
    items.sort(
        key=lambda item: item.path.relative_to(item.config.rootpath).parts[1] not in _LONGEST_FIRST
    )


class Deaths:
    """Interpreters that died amid a test, such as by a fault in a compiled library.

    Where tests go in groups, pytest-xdist has the test run again, and counts a failure as well. One
    death in a run is told of instead, with the trace, and what comes of the test decides; after
    another one nobody can tell that it is not us.
    """

    def __init__(self, root: Path) -> None:
        self._traces = root / _TRACES
        self.told: list[str] = []

    def trace(self) -> None:
        """Have the interpreter of a worker write where it was when it dies."""
        self._traces.mkdir(parents=True, exist_ok=True)
        path = self._traces / f"{os.environ[_OURS]}.txt"
        faulthandler.enable(path.open("w", encoding="utf-8"))

    def judge(self, report: pytest.TestReport, worker: str, *, is_run_again: bool) -> None:
        """Let a first death count for nothing but for a section at the end."""
        path = self._traces / f"{worker}.txt"
        trace = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        self.told.append(f"{report.longrepr}\n{trace or 'It left no trace: it was killed.'}")
        if len(self.told) == 1 and is_run_again:
            report.outcome = "rerun"  # type: ignore[assignment]  # so pytest-xdist advises

    def lines(self) -> Iterator[str]:
        """Yield what is to be told of all of them."""
        for each in self.told:
            yield from each.splitlines()


def is_worker() -> bool:
    """Return whether this process is one among several."""
    return _OURS in os.environ
