"""Live screens as somebody at a terminal meets them, and documents per line as a program does."""

from __future__ import annotations

import codecs
import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from connector.cli.watching import Watched, watch
from connector.config.settings import read_settings
from connector.errors import Problem, StateUnreachable
from connector.sync.workspace import Workspace
from tests.system.daemon import PATIENCE
from tests.system.shell import heatsync

ROOT = Path(__file__).parents[2]
ENTERED, LEFT, CURSOR = "\x1b[?1049h", "\x1b[?1049l", "\x1b[?25h"


class Sitting:
    """Somebody at a terminal with a command under way."""

    def __init__(self, *words: str, rows: int = 30, columns: int = 100) -> None:
        self._ours, self.terminal = pty.openpty()
        self.resize(rows, columns)
        kept = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "LINES", "NO_COLOR"}}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "connector", *words],
            env=kept | {"PYTHONPATH": str(ROOT), "TERM": "xterm"},
            stdin=self.terminal,
            stdout=self.terminal,
            stderr=self.terminal,
        )
        self.said = ""
        # What is read may end amid a letter.
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def resize(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def reads(self, text: str) -> None:
        """Read on until `text` is on the screen; what was read before does not count."""
        read = ""
        while text not in read:
            read += self._decode(os.read(self._ours, 65_536))
        self.said += read

    def types(self, keys: bytes) -> None:
        os.write(self._ours, keys)

    def leaves(self) -> int:
        """Wait for the end, and return the exit code."""
        code = self.process.wait(PATIENCE)
        os.set_blocking(self._ours, False)
        with suppress(BlockingIOError):
            while piece := os.read(self._ours, 65_536):
                self.said += self._decode(piece)
        return code

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)
        os.close(self.terminal)


@pytest.fixture
def sitting(synced: Path, request: pytest.FixtureRequest) -> Iterator[Sitting]:
    """Watch what the test names, and wait for its first screen."""
    words = getattr(request, "param", "status --watch 0.5").split()
    sits = Sitting(*words)
    sits.reads("q ends")
    yield sits
    sits.close()


@pytest.mark.parametrize("sitting", ["status --watch", "top --watch"], indirect=True)
def test_an_interrupt_ends_a_screen_well_and_leaves_the_terminal_as_it_was(
    sitting: Sitting,
) -> None:
    sitting.process.send_signal(signal.SIGINT)

    assert sitting.leaves() == 0
    assert sitting.said.index(ENTERED) < sitting.said.index(LEFT)
    assert sitting.said.rindex(CURSOR) > sitting.said.index(ENTERED)
    assert "Interrupted" not in sitting.said
    assert termios.tcgetattr(sitting.terminal)[3] & termios.ECHO


def test_the_key_q_ends_a_screen(sitting: Sitting) -> None:
    sitting.types(b"xq")

    assert sitting.leaves() == 0
    assert LEFT in sitting.said
    assert termios.tcgetattr(sitting.terminal)[3] & termios.ICANON


def test_a_signal_to_end_leaves_the_terminal_as_it_was(sitting: Sitting) -> None:
    sitting.process.send_signal(signal.SIGTERM)

    assert sitting.leaves() == 143
    assert LEFT in sitting.said
    assert "Traceback" not in sitting.said


def test_a_screen_tells_what_changes_and_follows_its_window(sitting: Sitting) -> None:
    with Path("crm/contacts.csv").open("a") as file:
        file.write("n1,new@example.com,Chief,FR,2026-01-01\n")
    assert heatsync("pull", "--json").code == 0

    sitting.reads("▲1")
    sitting.resize(8, 50)
    sitting.process.send_signal(signal.SIGWINCH)
    sitting.reads("in a higher window")
    sitting.types(b"q")

    assert sitting.leaves() == 0


@pytest.mark.parametrize("command", ["status", "top"])
def test_without_a_terminal_a_screen_is_refused_with_what_to_do(synced: Path, command: str) -> None:
    ran = heatsync(command, "--watch")

    assert (ran.code, ran.out) == (2, "")
    assert "needs a terminal to draw on; --json prints a document per line" in ran.err


def test_seconds_go_with_watch(synced: Path) -> None:
    ran = heatsync("status", "5")

    assert (ran.code, "goes with --watch" in ran.err) == (2, True)


@pytest.mark.parametrize(("command", "key"), [("status", "contacts"), ("top", "leads")])
def test_a_program_gets_a_document_per_line(synced: Path, command: str, key: str) -> None:
    program = [sys.executable, "-m", "connector", command, "--watch", "0.5", "--json"]
    with subprocess.Popen(
        program, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        documents = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.send_signal(signal.SIGINT)
        code = process.wait(60)

    assert all(key in each for each in documents)
    assert code == 0


def test_a_database_that_goes_away_is_told_and_asked_again(
    synced: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    away = StateUnreachable("the database does not answer")
    answers: Iterator[int | BaseException] = iter([1, away, 3, KeyboardInterrupt()])

    async def look(_workspace: Workspace, _broken: Sequence[Problem]) -> int:
        answer = next(answers)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    watched = Watched(title="t", look=look, draw=lambda *_: (), to_json=lambda seen: {"n": seen})
    watch(read_settings(), watched, every=0.01, to_machine=True)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = {"error": "the database does not answer", "problems": []}
    assert lines == [{"n": 1}, told, {"n": 3}]


def test_what_cannot_be_looked_at_even_once_ends_with_its_error(synced: Path) -> None:
    ran = heatsync("top", "--watch", "--json", "--score", "nope")

    assert ran.code == 78
    assert "there is no score nope" in ran.json["problems"][0]["message"]
