"""The unit for systemd is one that systemd takes, and leaves the service little room."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from connector.errors import ConfigError
from tests.deployment.dockerfile import ROOT

UNIT = ROOT / "docs" / "deploy" / "heatsync.service"
MOST_EXPOSURE = 15
"""Tenths of a point of what `systemd-analyze security` counts; an unconfined service has 96."""

with_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd is not installed here"
)


def _read() -> Mapping[str, Sequence[str]]:
    """Return the values of each key, whatever its section."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found[name].append(value)
    return found


def test_its_settings_are_those_of_every_command_run_in_its_folder() -> None:
    unit = _read()

    assert unit["WorkingDirectory"] == ["/etc/heatsync"]
    assert not any("HEATSYNC_" in each for each in unit["Environment"])
    assert not unit["EnvironmentFile"]


def test_a_mistake_in_the_configuration_is_not_tried_again_and_all_else_is() -> None:
    unit = _read()

    assert unit["RestartPreventExitStatus"] == [str(ConfigError.exit_code)]
    assert unit["Restart"] == ["on-failure"]


def test_it_has_more_time_to_stop_than_it_takes() -> None:
    (given,) = _read()["TimeoutStopSec"]

    assert int(given.removesuffix("s")) > 10


def test_its_state_lies_in_the_only_folder_that_it_may_write_to() -> None:
    unit = _read()
    page = (ROOT / "docs" / "how-to" / "run-as-a-service.md").read_text(encoding="utf-8")

    assert f"=sqlite:////var/lib/{unit['StateDirectory'][0]}/heatsync.db\n" in page
    assert unit["ProtectSystem"] == ["strict"]
    assert not unit["ReadWritePaths"]


def test_no_dump_of_its_memory_is_written() -> None:
    assert _read()["LimitCORE"] == ["0"]


@with_systemd
def test_systemd_takes_it(tmp_path: Path) -> None:
    ours = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8")
    ours.write_text(text.replace("/opt/heatsync/bin/heatsync", str(shutil.which("true"))))

    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(ours)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    about_ours = [line for line in ran.stderr.splitlines() if UNIT.name in line]
    assert about_ours == []


@with_systemd
def test_systemd_finds_it_confined() -> None:
    ran = subprocess.run(
        [
            *("systemd-analyze", "security", "--offline=true", "--no-pager"),
            f"--threshold={MOST_EXPOSURE}",
            str(UNIT),
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert re.search(r"Overall exposure level for heatsync.service: \d", ran.stdout)
    assert ran.returncode == 0
