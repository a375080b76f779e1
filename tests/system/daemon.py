"""A daemon as a process of its own, and what it says."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

PATIENCE = 100.0
"""Seconds to wait for something that takes a moment; more only makes a failure slower."""
_LOOK_EVERY = 0.05
_ADDRESS = re.compile(r"heatsync runs at (\S+)")


class Daemon:
    """One `heatsync run` in a folder."""

    def __init__(self, folder: Path, *words: str, env: Mapping[str, str] | None = None) -> None:
        command = [sys.executable, "-m", "connector", "run", "--port", "0", *words]
        self.lines: list[str] = []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "HEATSYNC_LOG_FORMAT": "json", **(env or {})},
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def address(self) -> str:
        """Return where it listens, once it is ready."""
        address: str = self.wait_for(lambda line: (_ADDRESS.search(line) or [None, None])[1])
        return address

    def wait_for(self, found: Any, since: int = 0) -> Any:  # noqa: ANN401 - a predicate, its result
        """Return the first result of `found` over lines from `since` on that is not None."""
        deadline = time.monotonic() + PATIENCE
        with self._news:
            seen = since
            while True:
                for line in self.lines[seen:]:
                    if (result := found(line)) is not None:
                        return result
                seen = len(self.lines)
                is_news = self._news.wait(max(0.0, deadline - time.monotonic()))
                assert is_news, "\n".join(["not said:", *self.lines])

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so that it brings about, and says nothing of."""
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            assert self.process.poll() is None, "\n".join(["it ended:", *self.lines])
            assert time.monotonic() < deadline, "\n".join(["it never was:", *self.lines])
            time.sleep(_LOOK_EVERY)

    def event(self, name: str, since: int = 0, **fields: object) -> dict[str, Any]:
        """Wait for a log line of that event with these fields; return it."""

        def found(line: str) -> dict[str, Any] | None:
            told = json.loads(line) if line.startswith("{") else {}
            is_it = told.get("event") == name and fields.items() <= told.items()
            return told if is_it else None

        result: dict[str, Any] = self.wait_for(found, since)
        return result

    def get(self, path: str) -> httpx.Response:
        """Ask it over HTTP."""
        return httpx.get(f"{self.address}{path}", timeout=PATIENCE)

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def end(self) -> int:
        """Return its exit code, once it has ended by itself."""
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        self.tell(signal.SIGTERM)
        return self.end()

    def kill(self) -> None:
        """End it where it stands."""
        self.process.kill()
        self.end()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._news.notify_all()


@contextmanager
def running(folder: Path, *words: str, env: Mapping[str, str] | None = None) -> Iterator[Daemon]:
    """Run a daemon in `folder` while the block does; it is killed if it has not ended by then."""
    daemon = Daemon(folder, *words, env=env)
    try:
        yield daemon
    finally:
        if daemon.process.poll() is None:
            daemon.process.kill()
        daemon.end()
