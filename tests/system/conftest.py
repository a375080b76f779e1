"""Fixtures for whole-program tests: folders to be in, with nothing of this machine around."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.system.company import AT, found_company
from tests.system.shell import heatsync
from tests.terminals import no_terminal

__all__ = ["bare", "company", "no_terminal", "synced", "synced_once"]


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, with no variable of heatsync set; return the folder."""
    for name in os.environ:
        if name.upper().startswith("HEATSYNC_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def company(bare: Path, empty_file: Path) -> Path:
    """Stand where `mappings`, two platforms in files and an empty database are."""
    found_company(bare, contacts=6, events=80)
    shutil.copy(empty_file, bare / "heatsync.db")
    return bare


@pytest.fixture(scope="session")
def synced_once(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a company that was synced as of AT, to be copied."""
    folder = tmp_path_factory.mktemp("synced") / "company"
    found_company(folder, contacts=6, events=80)
    shutil.copy(empty_file, folder / "heatsync.db")
    where = ("--mappings", str(folder / "mappings"))
    database = ("--database", f"sqlite:///{folder / 'heatsync.db'}")
    assert heatsync("sync", "--at", AT, *where, *database).code == 0
    return folder


@pytest.fixture
def synced(bare: Path, synced_once: Path) -> Path:
    """Stand in a company that was synced as of AT."""
    shutil.copytree(synced_once, bare, dirs_exist_ok=True)
    return bare
