"""Whoever only looks loads nothing that tells people, though the environment names some."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.system.shell import heatsync

LOOKS = ("status", "explain crm:c1", "top", "deliveries")


@pytest.mark.usefixtures("synced")
def test_who_only_looks_loads_no_apprise() -> None:
    program = (
        "import sys\n"
        "from connector.cli.app import run\n"
        f"codes = [run([*each.split(), '--json']) for each in {LOOKS}]\n"
        "print(codes, 'apprise' in sys.modules)"
    )
    environment = {**os.environ, "HEATSYNC_NOTIFY__SALES": "json://localhost"}

    answer = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, env=environment
    )

    assert answer.stdout.splitlines()[-1] == "[0, 0, 0, 0] False"


@pytest.mark.usefixtures("synced")
def test_who_is_told_is_looked_at_before_anything_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEATSYNC_NOTIFY__SALES", "nonsense")

    ran = heatsync("sync", "--json")

    assert (ran.code, "HEATSYNC_NOTIFY__SALES" in ran.json["error"]) == (78, True)
    assert heatsync("status", "--json").code == 0
