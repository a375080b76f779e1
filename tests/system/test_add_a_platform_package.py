"""The page "Add a platform", second part: its package, installed and held to every promise."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.simulation.server import Server
from tests.system.acme import (
    ADDRESS,
    BY_FILE,
    BY_PACKAGE,
    MAPPING,
    example,
    mapping_parts,
    write_package,
)
from tests.system.pages import commands

ROOT = Path(__file__).parents[2]
AT = "2026-01-16T00:00:00Z"
KEY = {"HEATSYNC_PLATFORMS__ACME__API_KEY": "acme-key"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with this clone and the project of the page, which is installed in `site`."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "heatsync").symlink_to(ROOT)
    write_package(folder / "heatsync-acme")
    _, *words = shlex.split(line("pip install"))
    ran = run(folder, "pip", *words, "--quiet", "--target", "site", PIP_NO_INDEX="1")
    assert ran.returncode == 0, ran.stderr
    return folder


def line(beginning: str) -> str:
    """Return the one command of the second part that begins so, behind its variables."""
    typed = [each.line for block in BY_PACKAGE for each in commands(block)]
    (found,) = [each[each.index(beginning) :] for each in typed if beginning in each]
    return found


def run(folder: Path, module: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a module in a process that finds this clone, and what is installed in `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEATSYNC_")}
    found = os.pathsep.join(["heatsync", "site"])
    always = {"PYTHONPATH": found, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=folder,
        env={**kept, **always, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **more},
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )


def test_the_package_keeps_every_promise(project: Path) -> None:
    _, _, module, *words = shlex.split(line("python -m pytest"))

    ran = run(project, module, "-p", "no:cacheprovider", *words)

    assert (ran.returncode, "passed" in ran.stdout) == (0, True), ran.stdout


def test_the_package_reads_as_ours_do(project: Path) -> None:
    config = ("--config", str(ROOT / "pyproject.toml"), "--no-cache")

    checked = run(project, "ruff", "check", *config, "heatsync-acme/heatsync_acme")
    formatted = run(project, "ruff", "format", "--check", *config, "heatsync-acme")

    assert checked.returncode == 0, checked.stdout
    assert formatted.returncode == 0, formatted.stdout


def test_the_adapter_is_shown_beside_all_others(project: Path) -> None:
    told = [each for block in BY_PACKAGE for each in commands(block)]
    (command,) = [each for each in told if each.line == "heatsync adapters"]

    ran = run(project, "connector", "adapters")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert command.prints(ran.stdout), ran.stdout


def test_both_ways_write_the_same(project: Path, empty_file: Path) -> None:
    (entry,) = [each.text for each in BY_PACKAGE if (each.language, each.title) == ("yaml", "")]
    *_, rules = mapping_parts()
    shutil.copy(empty_file, project / "heatsync.db")
    (project / "mappings").mkdir()
    acme = example(project)

    with Server(acme.app) as server:
        text = f"version: 1\n{entry}{rules}".replace(ADDRESS, server.url)
        (project / MAPPING).write_text(text, encoding="utf-8")
        ran = run(project, "connector", "sync", "--at", AT, **KEY)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    *_, shown = [json.loads(each.text) for each in BY_FILE if each.language == "json"]
    ada = acme.people[shown["id"]]
    assert (ada.fields, ada.tags) == (shown["fields"], shown["tags"])
