"""The demo as it is started and ended: a folder, and two processes that end with this one."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom
from typing import IO, TYPE_CHECKING, Any, Self, cast

from connector.config.settings import PREFIX, variable
from connector.demo.ending import Interrupts, remove
from connector.demo.files import write_folder
from connector.demo.orders import Opened, Order, opened_of
from connector.errors import ConfigError, ConnectorError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

USUAL_PORT = 8080
_PLACES, _TRIES = range(20_000, 32_000), 9
"""Below the ports that a system gives to whoever asks for any, as each connection does: it takes a
while until the daemon listens."""
_LOCAL = "127.0.0.1"
_LONGEST_END = 30.0
"""Seconds; then what has not ended is killed."""
_LOOK_EVERY = 0.2
"""Seconds."""
_TOLD_LINES = 5
_DAEMON_LOG, _PLATFORMS_LOG = "daemon.log", "platforms.log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to see."""

    adapters: Sequence[str]
    contacts: int
    speed: float
    keep: Path | None
    """A folder that is left when all ends; None: a temporary one, which is not."""
    port: int | None
    """Where the daemon listens; None: the usual port, or any that is free; 0: any."""
    seed: int = 1


@dataclass(slots=True)
class Showing:
    """A demo. Enter it to have the platforms and the daemon run; leave it, and nothing is left.

    Raises ConfigError for a folder or a port that cannot be had, ConnectorError where a process
    ends by itself.
    """

    wish: Wish
    interrupts: Interrupts = field(default_factory=Interrupts)
    folder: Path = field(init=False)
    opened: Opened = field(init=False)
    address: str = field(init=False)
    """Of the daemon."""
    _stack: ExitStack = field(default_factory=ExitStack)
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _platforms: subprocess.Popen[bytes] = field(init=False)
    _daemon: subprocess.Popen[bytes] = field(init=False)

    def __enter__(self) -> Self:
        """Begin with a folder that is ours."""
        port = self.wish.port or _a_port(asked=self.wish.port)
        _refuse_taken(port)
        try:
            with self.interrupts.held():
                self._start_both(f"http://{_LOCAL}:{port}")
            self._open(port)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End both processes and remove the folder; one that is kept is left in order.

        Who is impatient and interrupts this has both killed.
        """
        with self.interrupts.held(again=self._kill):
            if self.wish.keep is None:
                self._kill()
            self._stack.close()

    def happenings(self) -> Iterator[str]:
        """Yield what happens, a sentence each, until a process ends by itself; raises then."""
        for told in _lines(self._platforms):
            yield str(told["happened"])
        raise self._ended()

    def until_scored(self) -> Iterator[None]:
        """Yield now and then until everybody was read from all platforms and scored."""
        with (self.folder / _DAEMON_LOG).open(encoding="utf-8") as log:
            while not any(_tells_of_scores(line) for line in log):
                if any(each.poll() is not None for each in self._processes):
                    raise self._ended()
                yield
                time.sleep(_LOOK_EVERY)

    def _start_both(self, public_url: str) -> None:
        self.folder = _folder(self.wish.keep)
        if self.wish.keep is None:
            self._stack.callback(remove, self.folder)
        ours, theirs = os.pipe()
        try:
            self._platforms = self._start(
                "platforms", self._order(public_url, ours).text(), handed=ours
            )
            self._daemon = self._start("daemon", handed=theirs)
        finally:
            os.close(ours)
            os.close(theirs)

    def _open(self, port: int) -> None:
        """Wait for the platforms, then let the daemon go to work on them."""
        first = next(_lines(self._platforms), None)
        if first is None:
            raise self._ended()
        self.opened = opened_of(first["opened"])
        public_url = f"http://{_LOCAL}:{port}"
        write_folder(self.folder, self.opened.accounts, public_url=public_url, port=port)
        with suppress(BrokenPipeError):
            _stdin(self._daemon).write(b"go\n")
            _stdin(self._daemon).flush()
        self.address = _stdout(self._daemon).readline().decode().strip()
        if not self.address:
            raise self._ended()
        threading.Thread(target=self._end_with_the_daemon, daemon=True).start()

    def _end_with_the_daemon(self) -> None:
        """Let go of the platforms when the daemon has ended: nobody reads them any more."""
        self._daemon.wait()
        _stdin(self._platforms).close()

    def _kill(self) -> None:
        for process in self._processes:
            process.kill()

    def _order(self, public_url: str, held: int) -> Order:
        return Order(
            adapters=self.wish.adapters,
            contacts=self.wish.contacts,
            speed=self.wish.speed,
            seed=self.wish.seed,
            public_url=public_url,
            folder="" if self.wish.keep else str(self.folder),
            held=held,
        )

    def _start(self, name: str, *words: str, handed: int) -> subprocess.Popen[bytes]:
        """Start a process of its own session: Ctrl-C reaches only us, who end it in order."""
        log = self._stack.enter_context((self.folder / f"{name}.log").open("wb"))
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "connector.demo", name, *words],
            cwd=self.folder,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            pass_fds=[handed],
            start_new_session=True,
        )
        self._processes.append(process)
        self._stack.callback(_end, process)
        return process

    def _ended(self) -> ConnectorError:
        """Return why a process ended by itself, as far as its log tells."""
        name, log = "platforms", _PLATFORMS_LOG
        if self._daemon.poll() is not None or self._platforms.poll() is None:
            name, log = "daemon", _DAEMON_LOG
        text = (self.folder / log).read_text(encoding="utf-8", errors="replace")
        told = "; ".join(text.splitlines()[-_TOLD_LINES:]) or "it said nothing"
        return ConnectorError(f"the process of the demo called {name} ended by itself: {told}")


def _environment() -> dict[str, str]:
    """Return ours without settings of another installation; its own are in its folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join([root, *filter(None, [kept.get("PYTHONPATH")])])
    return {**kept, "PYTHONPATH": path, variable("log_format"): "json"}


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let go of a process, and wait until it has ended."""
    _stdin(process).close()
    _stdout(process).close()
    try:
        process.wait(_LONGEST_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _lines(process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    for line in _stdout(process):
        yield json.loads(line)


def _tells_of_scores(line: str) -> bool:
    return '"event": "turn ended"' in line and '"job": "score"' in line


def _stdin(process: subprocess.Popen[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", process.stdin)


def _stdout(process: subprocess.Popen[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", process.stdout)


def _folder(keep: Path | None) -> Path:
    if keep is None:
        return Path(tempfile.mkdtemp(prefix="heatsync-demo-"))
    keep = keep.absolute()
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        message = f"{keep} is no empty folder: the demo writes into one of its own"
        raise ConfigError([Problem(message=message, hint="name a folder that is not there yet")])
    keep.mkdir(parents=True, exist_ok=True)
    return keep


def _a_port(*, asked: int | None) -> int:
    """Return a port that is free: where none is asked for, the usual one if it is."""
    usual = [USUAL_PORT] if asked is None else []
    for port in (*usual, *SystemRandom().sample(_PLACES, _TRIES), 0):
        try:
            with socket.create_server((_LOCAL, port)) as free:
                return int(free.getsockname()[1])
        except OSError:
            continue
    raise ConfigError([Problem(message="no port of this machine is free")])


def _refuse_taken(port: int) -> None:
    try:
        socket.create_server((_LOCAL, port)).close()
    except OSError:
        message = f"somebody listens on port {port} already"
        hint = "name another one with --port, or none"
        raise ConfigError([Problem(message=message, hint=hint)]) from None
