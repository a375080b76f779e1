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
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from apprise import Apprise

from adapters.http import HttpSession
from adapters.hubspot import limits
from connector.cli.main import main
from connector.runtime import jobs
from state.pacing import part
from state.plane import plane
from state.plane.pace import Pace
from tests.consent import watched
from tests.system.chaos.company import MOMENT, PATHS, Company
from tests.system.chaos.rest import writes
from tests.system.chaos.traffic import Traffic

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
NOTED = timedelta(seconds=0.5)
"""For how long a daemon notes that it asks platforms: whoever comes after its death waits as long.

Otherwise they would wait for longer than most of them live, and none be killed that writes.
"""
_AT_ONCE, _IN_HAND = 0.2, 0.08
"""Seconds within which those are killed that write, and those that do what a trigger wants.

The latter are those of one request: half of them see no answer, and half do not note it down.
"""
_PATIENCE, _LONGEST = 100.0, 5.0
"""Seconds to wait until they listen, and until they do what is waited for: limits may keep them."""
_TOGETHER, _STOPPING = 0.25, 0.25
"""How often all of them are killed at once, and how often one is told to stop just before."""
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
        patch.setattr(limits, "ROLLING", MOMENT)
        for name in ("_LASTS", "_LATE"):
            patch.setattr(part, name, NOTED)
        main(["run", "--port", str(port)])


# What a daemon imports when it comes to it, so that children have it from the start.
for _name in (
    *("connector.cli.app", "connector.runtime.daemon", "adapters.webhook.courier"),
    *(f"adapters.{each}.adapter" for each in ("brevo", "hubspot", "webhook")),
    *("adapters.notify.courier", "anyio._backends._asyncio", "apscheduler.executors.asyncio"),
    *("httpcore", "oauthlib.oauth2"),
):
    importlib.import_module(_name)
# What it looks through to find who takes messages for an address.
Apprise.instantiate("json://localhost")


def a_nursery() -> ForkServerContext:
    """Return what starts children that have everything imported and nothing run."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.system.chaos.processes"])
    return context


class Moment(Enum):
    """When daemons are killed, besides at what triggers want of them."""

    STARTING = "starting"
    """At any time from their start on."""
    LISTENING = "listening"
    """At any time from when they listen on."""
    WRITING = "writing"
    """Soon after they wrote anything to a platform."""
    ANSWERING = "answering"
    """As soon as a call was answered: what it told is nowhere else."""


MOMENTS: Sequence[Moment | str] = (
    Moment.STARTING,
    *(Moment.LISTENING, Moment.LISTENING),
    *(Moment.WRITING, Moment.ANSWERING),
    *(each for each in PATHS if each != "greet"),
)
"""What is taken in turns, in an order of chance each time; a text names a trigger."""


@dataclass
class Daemons:
    """The daemons of a company, one for each of its ports."""

    company: Company
    children: ForkServerContext
    seed: int
    traffic: Traffic
    kills: Counter[str] = field(default_factory=Counter)
    """How many were killed, by the moment."""
    alive: dict[int, BaseProcess] = field(default_factory=dict)
    _moments: list[Moment | str] = field(default_factory=list)

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

        The moment is any of `longest` seconds after they were started or from when they listen on,
        or soon after something was written, or while what a trigger wants is done, or while they
        stop.
        """
        if not self._moments:
            self._moments = self.chance.sample(MOMENTS, len(MOMENTS))
        moment = self._moments.pop()
        told = self._wait_for(moment, longest)
        ports = list(self.company.ports)
        many = len(ports) if self.chance.random() < _TOGETHER else 1
        for port in self.chance.sample(ports, many):
            self._kill(port, is_stopping=self.chance.random() < _STOPPING)
            self.kills[told] += 1
        self.start()

    def _wait_for(self, moment: Moment | str, longest: float) -> str:
        """Return once the moment is there; return also what was really waited for."""
        if isinstance(moment, str):
            return moment if self._wait_for_deed(moment) else Moment.LISTENING.value
        if moment is not Moment.STARTING:
            self.wait_until_they_listen()
        if moment is Moment.ANSWERING:
            self.traffic.answered.clear()
            self.company.do(lambda: self.traffic.bring("greet"))
            self.traffic.answered.wait(_LONGEST)
            longest = 0
        if moment is Moment.WRITING:
            self._wait_until_they_write()
            longest = _AT_ONCE
        time.sleep(self.chance.uniform(0, longest))
        return str(moment.value)

    def _wait_for_deed(self, trigger: str) -> bool:
        """Return whether what a trigger wants is being done, after a moment of it."""
        self.company.do(lambda: self.traffic.bring(trigger))
        self.wait_until_they_listen()
        is_there = self._wait_until_asked(PATHS[trigger])
        time.sleep(self.chance.uniform(0, _IN_HAND))
        return is_there

    def wait_until_they_listen(self) -> None:
        """Return once all of them can be called."""
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
        before = len(writes(self.company))
        _wait(lambda: len(writes(self.company)) > before)

    def _wait_until_asked(self, path: str) -> bool:
        """Return whether a request came to a path."""
        doors = self.company.doors
        before = len(doors.asked)
        return _wait(lambda: bool(doors.to(path, since=before)))

    def _kill(self, port: int, *, is_stopping: bool) -> None:
        child = self.alive.pop(port)
        if is_stopping and child.pid is not None and child.is_alive():
            os.kill(child.pid, signal.SIGTERM)
            child.join(self.chance.uniform(0, 0.5))
        child.kill()
        child.join()
        may_be = {-signal.SIGKILL, *(_STOPPED if is_stopping else ())}
        assert child.exitcode in may_be, (child.exitcode, self.last_words())

    def stop(self) -> Sequence[int | None]:
        """Stop all of them as an operator would; return how they ended."""
        for child in self.alive.values():
            assert child.is_alive(), self.last_words()
            assert child.pid is not None
            os.kill(child.pid, signal.SIGTERM)
        for child in self.alive.values():
            child.join(60)
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


def _wait(is_so: Callable[[], bool]) -> bool:
    """Return whether it became so in time."""
    deadline = time.monotonic() + _LONGEST
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.005)
    return False
