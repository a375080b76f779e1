"""A demo as a process, and what it left when it is gone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from tests.system.daemon import PATIENCE

ROOT = str(Path(__file__).parents[2])


def command(*words: str) -> Sequence[str]:
    """Return a demo as it is typed."""
    return [sys.executable, "-m", "connector", "demo", "--json", "--port", "0", *words]


def environment(folder: Path) -> dict[str, str]:
    """Return that of a demo which puts all it makes into `folder`."""
    return {**os.environ, "PYTHONPATH": ROOT, "TMPDIR": str(folder)}


class Demo:
    """One demo, and what it told."""

    def __init__(self, folder: Path, words: Sequence[str]) -> None:
        self.process = subprocess.Popen(
            command(*words),
            cwd=folder,
            env=environment(folder),
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self) -> None:
        """Wait until everybody is scored."""
        self.opened = self.told("address")
        self.address = str(self.opened["address"])
        self.folder = Path(self.opened["folder"])
        self.scored = self.told("somebody")
        self.somebody = str(self.scored["somebody"])

    def told(self, name: str) -> dict[str, Any]:
        """Return the next thing told that has `name`."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            found = json.loads(line)
            if name in found:
                return cast("dict[str, Any]", found)
        raise AssertionError(f"it ended without telling {name}")

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal; return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def shown(folder: Path, *words: str) -> Iterator[Demo]:
    """Give a demo of few contacts in which much happens, or one as `words` say."""
    demo = Demo(folder, words or ("--contacts", "60", "--speed", "30"))
    try:
        demo.begin()
        yield demo
    finally:
        demo.process.terminate()
        demo.process.wait()
        assert demo.process.stdout is not None
        demo.process.stdout.close()


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def left_by(folder: Path) -> list[str]:
    """Return what is left of a demo in `folder`: command lines of processes, and its folders."""
    return [*_processes(folder), *map(str, folder.glob("heatsync-demo-*"))]


def _processes(folder: Path) -> Iterator[str]:
    mark = f"TMPDIR={folder}".encode()
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (each / "environ").read_bytes().split(b"\0"):
                yield (each / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
