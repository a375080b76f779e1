"""`heatsync demo` as a process: it shows a company, and leaves nothing however it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import httpx

from tests.system.daemon import PATIENCE
from tests.system.shell import heatsync

ROOT = str(Path(__file__).parents[2])


class Demo:
    """One demo with few contacts, and what it told."""

    def __init__(self, folder: Path, *words: str) -> None:
        command = [sys.executable, "-m", "connector", "demo", "--json", "--contacts", "60"]
        self.process = subprocess.Popen(
            [*command, "--speed", "30", *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": ROOT, "TMPDIR": str(folder)},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.opened = self.told("address")
        self.hottest = self.told("hottest")["hottest"]
        self.folder = Path(self.opened["folder"])

    def told(self, name: str) -> dict[str, Any]:
        """Return the next thing told that has `name`."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            found = json.loads(line)
            if name in found:
                return cast("dict[str, Any]", found)
        raise AssertionError(f"it ended without telling {name}")

    def children(self) -> list[int]:
        """Return its processes but for itself."""
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return [int(each) for each in listed.stdout.split()]


@contextmanager
def shown(folder: Path, *words: str) -> Iterator[Demo]:
    demo = Demo(folder, *words)
    try:
        yield demo
    finally:
        demo.process.kill()
        demo.process.wait()
        assert demo.process.stdout is not None
        demo.process.stdout.close()


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_alive(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    return status.exists() and ") Z " not in status.read_text()


def test_it_shows_people_who_are_hot_and_what_happens(bare: Path) -> None:
    with shown(bare) as demo:
        explained = httpx.get(f"{demo.opened['address']}/api/v1/explain/{demo.hottest[0]}")
        assert explained.json()["scores"]
        assert demo.told("happened")["happened"]

        demo.process.send_signal(signal.SIGINT)

        assert demo.process.wait(PATIENCE) == 0
        assert not demo.folder.exists()


def test_killed_it_leaves_neither_processes_nor_a_folder(bare: Path) -> None:
    with shown(bare, "--platforms", "mautic") as demo:
        children = demo.children()
        assert len(children) == 2

        demo.process.kill()

        until(lambda: not any(map(is_alive, children)))
        until(lambda: not demo.folder.exists())


def test_a_folder_that_is_kept_stays_and_can_be_run_by_itself(bare: Path) -> None:
    with shown(bare, "--keep", "kept", "--platforms", "brevo") as demo:
        demo.process.terminate()
        assert demo.process.wait(PATIENCE) == 0

    database = f"sqlite:///{bare / 'kept' / 'heatsync.db'}"
    top = heatsync("--mappings", "kept/mappings", "--database", database, "top", "--json")
    assert top.json["leads"][0]["email"] == demo.hottest[0]


def test_a_port_that_is_taken_is_told(bare: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        ran = heatsync("demo", "--port", str(port))

    assert (ran.code, f"port {port}" in ran.err) == (78, True)


def test_a_folder_with_files_of_others_is_not_written_to(bare: Path) -> None:
    (bare / "mine").write_text("precious")

    ran = heatsync("demo", "--keep", str(bare))

    assert (ran.code, "no empty folder" in ran.err) == (78, True)


def test_a_platform_that_cannot_be_simulated_is_told(bare: Path) -> None:
    ran = heatsync("demo", "--platforms", "hubspt")

    assert (ran.code, "hubspot" in ran.err) == (78, True)
