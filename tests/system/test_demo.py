"""`heatsync demo` as a process: it shows a company, and leaves nothing however it ends."""

from __future__ import annotations

import os
import pty
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.system.daemon import PATIENCE
from tests.system.demo import Demo, command, environment, left_by, shown, until
from tests.system.shell import heatsync

pytestmark = pytest.mark.timeout(180)
FEW = ("--contacts", "60", "--speed", "30")


def typed(demo: Demo, *lines: str) -> str:
    """Type lines into another terminal, after the first that the demo printed."""
    entrance = demo.scored["commands"][0]
    ran = subprocess.run(
        ["bash", "-c", "\n".join(["set -e", entrance, *lines])],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def line_with(demo: Demo, words: str) -> str:
    """Return the line to be tried that has `words`."""
    return str(next(each for each in demo.scored["commands"] if words in each))


@contextmanager
def beginning(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Give a demo whose processes have just been started."""
    process = subprocess.Popen(
        command(*FEW), cwd=folder, env=environment(folder), stdout=subprocess.DEVNULL
    )
    try:
        until(lambda: len(left_by(folder)) == 4)
        yield process
    finally:
        process.kill()
        process.wait()


def test_it_shows_a_company_whose_lines_can_be_typed_and_leaves_nothing(bare: Path) -> None:
    with shown(bare, *FEW) as demo:
        assert demo.told("happened")["happened"]
        assert demo.somebody in typed(demo, line_with(demo, " explain "))
        assert demo.somebody in typed(demo, line_with(demo, " top"))
        assert "contacts" in typed(demo, line_with(demo, " status"))

        typed(demo, line_with(demo, "sed "))
        until(lambda: _versions(demo) == 2)

        typed(demo, line_with(demo, "/stop"))
        standing = httpx.get(f"{demo.opened['control']}/platforms", timeout=PATIENCE)
        assert standing.json() == {"mail": "answers", "crm": "stopped"}
        typed(demo, line_with(demo, "/start"))

        assert demo.end(signal.SIGINT) == 0
        assert left_by(bare) == []
        with pytest.raises(httpx.TransportError):
            httpx.get(demo.address)


def _versions(demo: Demo) -> int:
    model = httpx.get(f"{demo.address}/api/v1/model", timeout=PATIENCE).json()
    return len(model["versions"])


def test_killed_it_leaves_neither_processes_nor_a_folder(bare: Path) -> None:
    with shown(bare, *FEW, "--platforms", "mautic") as demo:
        assert len(left_by(bare)) == 4

        demo.process.kill()

        until(lambda: left_by(bare) == [])


def test_interrupted_twice_while_it_starts_it_leaves_nothing(bare: Path) -> None:
    with beginning(bare) as process:
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)

        assert process.wait(PATIENCE) == 0
        assert left_by(bare) == []


def test_killed_while_it_starts_it_leaves_nothing(bare: Path) -> None:
    with beginning(bare) as process:
        process.kill()

        until(lambda: left_by(bare) == [])


def test_in_the_background_of_a_shell_it_ends_when_it_is_told_to(bare: Path) -> None:
    ignoring = ["trap '' INT; exec \"$@\"", "sh"]
    process = subprocess.Popen(
        ["sh", "-c", *ignoring, *command(*FEW)],
        cwd=bare,
        env=environment(bare),
        stdout=subprocess.DEVNULL,
    )
    until(lambda: len(left_by(bare)) == 4)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)

    assert process.wait(PATIENCE) == 0
    assert left_by(bare) == []


def test_with_its_terminal_it_is_gone(bare: Path) -> None:
    ours, theirs = pty.openpty()
    # `setsid -c` makes the terminal the one that the process belongs to.
    process = subprocess.Popen(
        ["setsid", "-c", *command(*FEW)],
        cwd=bare,
        env=environment(bare),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    until(lambda: len(left_by(bare)) == 4)

    os.close(ours)

    process.wait(PATIENCE)
    assert left_by(bare) == []


def test_a_folder_that_is_kept_stays_and_can_be_looked_into(bare: Path) -> None:
    with shown(bare, *FEW, "--keep", "kept", "--platforms", "brevo") as demo:
        assert demo.end() == 0

    assert left_by(bare) == []
    assert {"mappings", "heatsync.db", "daemon.log", "platforms.log", ".env"} <= {
        each.name for each in (bare / "kept").iterdir()
    }
    database = f"sqlite:///{bare / 'kept' / 'heatsync.db'}"
    options = ("--mappings", "kept/mappings", "--database", database)
    top = heatsync(*options, "top", "--json")
    assert demo.somebody in [each["email"] for each in top.json["leads"]]


def test_a_port_that_is_taken_is_told(bare: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        ran = heatsync("demo", "--port", str(port))

    assert (ran.code, f"port {port}" in ran.err) == (78, True)
    assert left_by(bare) == []


def test_a_folder_with_files_of_others_is_not_written_to(bare: Path) -> None:
    (bare / "mine").write_text("precious")

    ran = heatsync("demo", "--keep", str(bare))

    assert (ran.code, "no empty folder" in ran.err) == (78, True)
    assert [each.name for each in bare.iterdir()] == ["mine"]


def test_a_platform_that_cannot_be_simulated_is_told(bare: Path) -> None:
    ran = heatsync("demo", "--platforms", "hubspt")

    assert (ran.code, "hubspot" in ran.err) == (78, True)


def test_a_shell_completes_the_names_of_platforms(bare: Path) -> None:
    typing = {"COMP_WORDS": "heatsync demo --platforms brevo,h", "COMP_CWORD": "3"}

    ran = subprocess.run(
        [sys.executable, "-m", "connector"],
        env={**environment(bare), "_HEATSYNC_COMPLETE": "complete_bash", **typing},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.stdout.split() == ["brevo,hubspot"]
