"""Daemons as processes that are killed at any moment and come back at once."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import random
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from adapters.http import HttpSession
from connector.cli.main import main
from connector.runtime import jobs
from state.plane import plane
from state.plane.pace import Pace
from tests.consent import watched
from tests.system.chaos.company import Company
from tests.system.chaos.rest import writes

OFTEN = timedelta(seconds=2)
"""How often is done what a daemon does each minute: its lives are short here."""
PACE = Pace(
    beat=timedelta(seconds=0.5),
    lease=timedelta(seconds=3),
    margin=timedelta(seconds=1),
    sweep=timedelta(seconds=1),
    retry=timedelta(seconds=0.2),
)
"""Of replicas: the dead are missed about as soon as others come."""
_LISTENING, _WRITING = 0.7, 0.4
"""How many of them live for a while once they listen, and how many until they write something.

Others may be killed before they listen.
"""
_AT_ONCE = 0.2
"""Seconds within which those are killed that write."""
_PATIENCE, _LONGEST = 30.0, 5.0
"""Seconds to wait until they listen, and until they write anything: limits may keep them."""
_STOPPED = {0, -signal.SIGTERM}
"""How it ends by itself when it is told to; before it hears signals the system ends it."""


def run(folder: Path, port: int, environment: Mapping[str, str]) -> None:
    """Run a daemon; the child of these tests."""
    os.chdir(folder)
    os.environ.update(environment)
    log = os.open(folder / f"daemon-{port}.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(log, sys.stderr.fileno())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HttpSession, "send", watched(HttpSession.send))
        for name in ("SCORING", "PUSHING", "LEFTOVERS"):
            patch.setattr(jobs, name, OFTEN)
        patch.setattr(plane, "Pace", lambda: PACE)
        main(["run", "--port", str(port)])


# What a daemon imports when it comes to it, so that children have it from the start.
for _name in ("connector.cli.app", "connector.runtime.daemon", "adapters.webhook.courier"):
    importlib.import_module(_name)


def a_nursery() -> ForkServerContext:
    """Return what starts children that have everything imported and nothing run."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.system.chaos.processes"])
    return context


@dataclass
class Daemons:
    """The daemons of a company, one for each of its ports."""

    company: Company
    children: ForkServerContext
    seed: int
    kills: int = 0
    alive: dict[int, BaseProcess] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def start(self) -> None:
        """Start those that do not run."""
        for port in self.company.ports:
            if port not in self.alive:
                args = (self.company.folder, port, self.company.environment)
                child = self.children.Process(target=run, args=args, daemon=True)
                child.start()
                self.alive[port] = child

    def live_and_die(self, longest: float) -> None:
        """Let a moment pass, kill some of them, most often one, and start them again.

        The moment is any of `longest` seconds, after they were started or from when they listen
        on, or soon after something was written, or while they stop.
        """
        kind = self.chance.random()
        if kind < _LISTENING:
            self._wait_until_they_listen()
        if kind < _WRITING:
            self._wait_until_they_write()
            longest = _AT_ONCE
        time.sleep(self.chance.uniform(0, longest))
        ports = list(self.company.ports)
        many = len(ports) if self.chance.random() < 0.25 else 1
        for port in self.chance.sample(ports, many):
            self._kill(port, is_stopping=self.chance.random() < 0.25)
        self.start()

    def _wait_until_they_listen(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        for port in self.company.ports:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except OSError:
                    assert time.monotonic() < deadline, self.last_words()
                    time.sleep(0.05)

    def _wait_until_they_write(self) -> None:
        deadline, before = time.monotonic() + _LONGEST, len(writes(self.company))
        while len(writes(self.company)) == before and time.monotonic() < deadline:
            time.sleep(0.01)

    def _kill(self, port: int, *, is_stopping: bool) -> None:
        child = self.alive.pop(port)
        if is_stopping and child.pid is not None and child.is_alive():
            os.kill(child.pid, signal.SIGTERM)
            child.join(self.chance.uniform(0, 0.5))
        child.kill()
        child.join()
        may_be = {-signal.SIGKILL, *(_STOPPED if is_stopping else ())}
        assert child.exitcode in may_be, (child.exitcode, self.last_words())
        self.kills += 1

    def stop(self) -> Sequence[int | None]:
        """Stop all of them as an operator would; return how they ended."""
        for child in self.alive.values():
            assert child.is_alive(), self.last_words()
            assert child.pid is not None
            os.kill(child.pid, signal.SIGTERM)
        for child in self.alive.values():
            child.join(15)
        codes = [child.exitcode for child in self.alive.values()]
        self.end()
        return codes

    def end(self) -> None:
        """Let none of them live on."""
        for child in self.alive.values():
            child.kill()
            child.join()
        self.alive.clear()

    def last_words(self) -> str:
        """Return the end of what they wrote."""
        logs = sorted(self.company.folder.glob("daemon-*.log"))
        return "\n".join(line for log in logs for line in log.read_text().splitlines()[-15:])
