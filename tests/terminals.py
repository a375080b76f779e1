"""Output that does not depend on the terminal the tests run in."""

from __future__ import annotations

import pytest

from connector.cli.console import UNWRAPPED, err, out


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let consoles print as to a file, whatever COLUMNS and FORCE_COLOR say here."""
    monkeypatch.setattr("typer.rich_utils.FORCE_TERMINAL", False)
    for console in (out, err):
        monkeypatch.setattr(console, "width", UNWRAPPED)
        monkeypatch.setattr(console, "_force_terminal", False)
        monkeypatch.setattr(console, "_color_system", None)
