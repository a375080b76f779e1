"""The installed command in a process of its own: signals, pipes, terminals, two at once."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.system.company import AT
from tests.system.daemon import PATIENCE
from tests.system.shell import heatsync

PROGRAM = (sys.executable, "-m", "connector")
COLOR = re.compile(r"\x1b\[[0-9;]*3[0-9]")
ROOT = Path(__file__).parents[2]


def _environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEATSYNC_")}
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TERM"):
        kept.pop(name, None)
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"} | more


def _run(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *words],
        cwd=folder,
        env=_environment(**more),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def _start(folder: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, *words],
        cwd=folder,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


@pytest.fixture
def busy(company: Path) -> Iterator[tuple[subprocess.Popen[str], sqlite3.Connection]]:
    """Start a sync that owns the cycles and waits for its turn to write; give both."""
    writer = sqlite3.connect(company / "heatsync.db", isolation_level=None)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("BEGIN IMMEDIATE")
    running = _start(company, "sync", "--at", AT)
    lock = company / "heatsync.db.lock"
    while not (lock.exists() and lock.read_text()):
        with suppress(subprocess.TimeoutExpired):
            running.wait(0.05)
            pytest.fail("the sync ended before it began")
    yield running, writer
    running.kill()
    running.communicate()
    writer.close()


def test_of_two_syncs_at_once_one_is_told_who_is_busy(
    company: Path, busy: tuple[subprocess.Popen[str], sqlite3.Connection]
) -> None:
    running, writer = busy

    second = heatsync("sync", "--at", AT, "--json")
    reading = heatsync("status", "--json")
    writer.execute("ROLLBACK")
    running.communicate(timeout=PATIENCE)

    assert second.code == 75
    assert f"heatsync sync (process {running.pid} on " in second.json["error"]
    assert (reading.code, running.returncode) == (0, 0)


def test_an_interrupted_sync_says_so_and_the_next_one_goes_on(
    company: Path, busy: tuple[subprocess.Popen[str], sqlite3.Connection]
) -> None:
    running, writer = busy

    running.send_signal(signal.SIGINT)
    writer.execute("ROLLBACK")
    out, err = running.communicate(timeout=PATIENCE)
    after = heatsync("sync", "--at", AT, "--json")

    assert (running.returncode, out) == (130, "")
    assert err == "Interrupted. What was done is kept; the next run goes on from there.\n"
    assert (after.code, after.json["scored"]) == (0, 6)


@pytest.mark.parametrize("words", ["export --what contributions", "schema", "--help", "top"])
def test_nobody_reading_to_the_end_is_no_error(synced: Path, words: str) -> None:
    command = f"{shlex.join(PROGRAM)} {words} | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}"
    ran = subprocess.run(
        ["bash", "-c", command], cwd=synced, env=_environment(), capture_output=True, check=False
    )

    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize("words", [("top",), ("top", "--json")])
def test_an_output_that_is_full_is_told(synced: Path, words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [*PROGRAM, *words],
            cwd=synced,
            env=_environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )

    assert ran.returncode == 75
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("words", ["explain crm:c1", "check", "sync"])
def test_output_keeps_within_the_terminal(synced: Path, words: str) -> None:
    ran = _run(synced, *words.split(), COLUMNS="60")

    assert ran.returncode == 0
    assert max(len(line) for line in ran.stdout.splitlines()) <= 60


def test_a_terminal_of_ascii_gets_ascii_and_json_stays_whole(company: Path) -> None:
    with (company / "crm" / "contacts.csv").open("a") as file:
        file.write("c9,zoë@example.com,Chief,FR,2026-01-01\n")
    ascii_only = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}

    said = _run(company, "sync", "--at", AT, **ascii_only)
    explained = _run(company, "explain", "crm:c9", "--at", AT, "--json", **ascii_only)

    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.isascii()
    assert "###" in said.stdout
    assert json.loads(explained.stdout)["contact"]["email"] == "zoë@example.com"


@pytest.mark.parametrize(
    ("more", "is_colored"),
    [pytest.param({}, True, id="plain"), pytest.param({"NO_COLOR": "1"}, False, id="NO_COLOR")],
)
def test_a_terminal_gets_colors_unless_it_wants_none(
    synced: Path, more: dict[str, str], is_colored: bool
) -> None:
    said = _on_a_terminal(synced, "explain", "crm:c1", "--at", AT, TERM="xterm", **more)

    assert "person1@example.com" in said
    assert bool(COLOR.search(said)) is is_colored


def test_progress_is_shown_on_a_terminal_and_gone_in_the_end(company: Path) -> None:
    said = _on_a_terminal(company, "sync", "--at", AT, TERM="xterm")

    assert "Pulling contacts from crm" in said
    assert said.rindex("Synced") > said.rindex("Pulling")


def _on_a_terminal(folder: Path, *words: str, **more: str) -> str:
    """Return what a command writes to a terminal, control sequences and all."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *words],
        cwd=folder,
        env=_environment(COLUMNS="100", **more),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = bytearray()
    # Reading from a terminal whose other end is closed fails on Linux.
    with suppress(OSError):
        while piece := os.read(ours, 65_536):
            said += piece
    os.close(ours)
    assert process.wait(PATIENCE) == 0
    return said.decode()
