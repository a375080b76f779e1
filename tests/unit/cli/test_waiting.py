"""Whatever keeps somebody waiting is told: at a terminal while it lasts, elsewhere in a line."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from rich.console import Console

from connector.cli import console
from connector.cli.console import progress

LONG = timedelta(seconds=41)
SHORT = timedelta(seconds=1)
WHY = "at most 75 requests a minute"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    shown = io.StringIO()
    screen = Console(file=shown, force_terminal=True, width=100, highlight=False)
    monkeypatch.setattr(console, "err", screen)
    return shown


@pytest.mark.parametrize("as_json", [False, True])
def test_without_a_terminal_each_kind_of_wait_is_told_once(
    capsys: pytest.CaptureFixture[str], *, as_json: bool
) -> None:
    with progress(as_json=as_json) as shown:
        shown.step("Pulling", 1, 2)
        for name in ("klaviyo", "klaviyo", "crm\x1b"):
            with shown.waiting(name, WHY, LONG):
                pass

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        f"Waiting for klaviyo: {WHY}, goes on within 41 s",
        f"Waiting for crm\\x1b: {WHY}, goes on within 41 s",
    ]


def test_a_wait_that_nobody_notices_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(as_json=False) as shown, shown.waiting("klaviyo", WHY, SHORT):
        pass

    assert capsys.readouterr().err == ""


def test_at_a_terminal_a_wait_is_shown_while_it_lasts(terminal: io.StringIO) -> None:
    threads = threading.active_count()
    with progress(as_json=False) as shown:
        assert terminal.getvalue() == ""
        with shown.waiting("klaviyo", WHY, LONG):
            assert f"Waiting for klaviyo: {WHY}, goes on within 41 s" in seen(terminal, "41 s")
        ends(lambda: threading.active_count() > threads)  # nothing paints over a question


def test_a_wait_is_shown_below_the_step_that_waits(terminal: io.StringIO) -> None:
    with progress(as_json=False) as shown:
        shown.step("Pulling contacts", 3, 9)
        with shown.waiting("klaviyo", WHY, LONG):
            assert "3/9" in seen(terminal, "Waiting for klaviyo")
        shown.step("Pulling contacts", 9, 9)
        seen(terminal, "9/9")


def seen(terminal: io.StringIO, text: str) -> str:
    """Return what was shown once `text` is in it."""
    ends(lambda: text not in terminal.getvalue())
    return terminal.getvalue()


def ends(is_so: Callable[[], bool]) -> None:
    """Return once it is so no more."""
    deadline = time.monotonic() + 60
    while is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)
