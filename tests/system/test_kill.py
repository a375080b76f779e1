"""kill -9 at any moment of a sync, then sync again: as if nothing had happened."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import shutil
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connector.config.settings import Settings, read_settings
from connector.domain.instants import parse_instant
from connector.runtime.bootstrap import opened_workspace
from connector.sync.cycle import Steps, run_cycle
from tests.system.company import AT, found_company
from tests.system.snapshot import snapshot

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext
    from multiprocessing.process import BaseProcess

TRIGGERS = """
triggers:
  thank: {when: "orders > 0", do: [{email: {platform: crm, template: 1}}], backfill: true}
  call:
    when: "lead_stage = 'hot'"
    do: [{campaign: {platform: crm, id: 2}}, {push: {platform: shop}}]
    backfill: true
    limit: {per: day, of: 20}
"""

MOMENTS = 10
MANY_MOMENTS = 50


def sync(folder: Path) -> None:
    """Run one cycle over the company below `folder`; the child of these tests."""
    asyncio.run(_sync(_settings(folder)))


async def _sync(settings: Settings) -> None:
    async with opened_workspace(settings) as workspace:
        summary = await run_cycle(workspace, Steps(), parse_instant(AT))
    assert summary.exit_code == 0


def _settings(folder: Path) -> Settings:
    url = f"sqlite:///{folder / 'state.db'}"
    return read_settings(None, mappings=folder / "mappings", database_url=url)


@pytest.fixture(scope="module")
def children() -> ForkServerContext:
    """Return what starts children that have everything imported and nothing run."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.system.test_kill"])
    return context


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    mappings = found_company(folder, contacts=1_500, events=8_000)
    (mappings / "triggers.yaml").write_text(TRIGGERS)
    return folder


@pytest.fixture(scope="module")
def undisturbed(
    company: Path, children: ForkServerContext, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, object], float]:
    """Return what a sync comes to that nobody disturbs, and how many seconds it takes."""
    folder = _copy(company, tmp_path_factory.mktemp("undisturbed"))
    started = time.perf_counter()
    _finish(_start(children, folder))
    took = time.perf_counter() - started
    return _end(folder), took


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_killed_sync_ends_like_an_undisturbed_one(
    moment: int,
    company: Path,
    undisturbed: tuple[dict[str, object], float],
    children: ForkServerContext,
    tmp_path: Path,
) -> None:
    _kill_and_go_on(moment / MOMENTS, company, undisturbed, children, tmp_path)


@pytest.mark.chaos
@pytest.mark.parametrize("moment", range(MANY_MOMENTS))
def test_a_sync_killed_at_many_moments_ends_like_an_undisturbed_one(
    moment: int,
    company: Path,
    undisturbed: tuple[dict[str, object], float],
    children: ForkServerContext,
    tmp_path: Path,
) -> None:
    _kill_and_go_on(moment / MANY_MOMENTS, company, undisturbed, children, tmp_path)


def _kill_and_go_on(
    share: float,
    company: Path,
    undisturbed: tuple[dict[str, object], float],
    children: ForkServerContext,
    tmp_path: Path,
) -> None:
    """Kill at about `share` of the time that a sync takes."""
    expected, took = undisturbed
    folder = _copy(company, tmp_path)
    child = _start(children, folder)
    child.join(took * (share + random.random() / MANY_MOMENTS))
    child.kill()
    child.join()
    assert child.exitcode in {0, -signal.SIGKILL}

    _finish(_start(children, folder))

    assert _end(folder) == expected


def _start(children: ForkServerContext, folder: Path) -> BaseProcess:
    child = children.Process(target=sync, args=(folder,))
    child.start()
    return child


def _finish(child: BaseProcess) -> None:
    child.join()
    assert child.exitcode == 0


def _copy(company: Path, folder: Path) -> Path:
    return Path(shutil.copytree(company, folder / "company"))


def _end(folder: Path) -> dict[str, object]:
    """Return the final state, with the place it is in left out."""
    ended = asyncio.run(snapshot(_settings(folder)))
    files = ended.pop("files")
    assert isinstance(files, dict)
    return {
        **ended,
        "files": {place.removeprefix(str(folder)): each for place, each in files.items()},
    }
