"""Drafts that a daemon simulates: told as the command tells them, and gone with the daemon."""

from __future__ import annotations

import os
import select
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.system.daemon import PATIENCE, running
from tests.system.shell import heatsync

pytestmark = pytest.mark.timeout(180)


def _ask(address: str, method: str, path: str, **more: Any) -> Any:  # noqa: ANN401 - any JSON
    url = f"{address}/api/v1/simulations{path}"
    return httpx.request(method, url, timeout=PATIENCE, **more).raise_for_status().json()


def _draft() -> dict[str, str]:
    text = Path("mappings/heatsync.yaml").read_text(encoding="utf-8")
    assert "points: 20, dimension" in text
    return {"heatsync.yaml": text.replace("points: 20, dimension", "points: 60, dimension")}


def test_it_agrees_with_the_command(synced: Path) -> None:
    files = _draft()
    folder = synced / "draft"
    folder.mkdir()
    (folder / "heatsync.yaml").write_text(files["heatsync.yaml"], encoding="utf-8")
    # The folder is named on the command line, and nowhere else.
    (synced / "mappings").rename(synced / "rules")

    with running(synced, "--mappings", "rules") as daemon:
        asked = _ask(daemon.address, "POST", "", json={"files": files, "weeks": 0})["id"]
        daemon.until(lambda: _ask(daemon.address, "GET", f"/{asked}")["state"] == "done")
        told = _ask(daemon.address, "GET", f"/{asked}")["result"]
        assert daemon.stop() == 0

    words = ("--mappings", "rules", "--weeks", "0", "--at", told["at"], "--json")
    assert heatsync("simulate", "draft", *words).json == told


@pytest.mark.parametrize("is_killed", [True, False], ids=["killed", "told to stop"])
def test_no_simulation_outlives_its_daemon(synced: Path, *, is_killed: bool) -> None:
    with running(synced) as daemon:
        body = {"files": _draft(), "weeks": 520, "step": "1h"}
        asked = _ask(daemon.address, "POST", "", json=body)["id"]
        daemon.until(lambda: _ask(daemon.address, "GET", f"/{asked}")["state"] == "running")
        daemon.until(lambda: bool(_children(daemon.process.pid)))
        (child,) = _children(daemon.process.pid)

        if is_killed:
            daemon.kill()
        else:
            assert daemon.stop() == 0

    _until_gone(child)


def _children(process: int) -> list[int]:
    """Return the processes that simulate for a daemon."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            words = (each / "cmdline").read_bytes()
            parent = (each / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if b"simulating.child" in words and int(parent) == process:
            found.append(int(each.name))
    return found


def _until_gone(process: int) -> None:
    """Wait for a process that is nobody's child of ours to end."""
    try:
        held = os.pidfd_open(process)
    except ProcessLookupError:
        return
    with os.fdopen(held, "rb", buffering=0) as ended:
        assert select.select([ended], [], [], PATIENCE)[0]
