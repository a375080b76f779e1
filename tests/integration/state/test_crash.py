"""Killed at any moment, a writer leaves whole pages, each with its cursor, and frees its locks."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from connector.errors import StateBusy
from state.opening import DatabaseState, open_state
from tests.integration.state.writer import PAGE, T

ROOT = Path(__file__).resolve().parents[3]


def _kill_while_writing(url: str, chance: random.Random) -> int:
    """Run the writer, kill it at some moment; return the last page it said was saved."""
    command = [sys.executable, "-m", "tests.integration.state.writer", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(chance.randrange(1, 6))]
        time.sleep(chance.random() / 50)
        process.kill()
        said += process.stdout.readlines()
    return max((int(line) for line in said if line.endswith("\n")), default=0)


async def _check(url: str, said: int) -> int:
    """Return how many pages there are, all of them whole; the cursor says the same."""
    state = await open_state(url)
    await _until_it_is_free(state)
    async with state.own_cycles("checker"), state.read() as tx:
        cursor = await tx.cursors.get("crm", "contacts")
        pages = int(cursor.cursor) if cursor else 0
        assert await tx.contacts.count_live("crm") == pages * PAGE
        assert await tx.contacts.count() == pages * PAGE
        assert (await tx.events.frame(None, {})).collect().height == pages * PAGE
        assert len(await tx.contacts.waiting(T, "m")) == pages * PAGE
    await state.aclose()
    assert said <= pages <= said + 1
    return pages


async def _until_it_is_free(state: DatabaseState) -> None:
    """Wait until the server has noticed as well that the writer is dead."""
    async with asyncio.timeout(30):
        while True:
            try:
                async with state.own_cycles("checker"):
                    return
            except StateBusy:
                await asyncio.sleep(0.05)


async def _kill_often(url: str, times: int) -> None:
    chance = random.Random(20260115)
    reached = 0
    for _ in range(times):
        pages = await _check(url, _kill_while_writing(url, chance))
        assert pages > reached
        reached = pages


async def test_a_killed_writer_leaves_whole_pages_in_sqlite(tmp_path: Path) -> None:
    await _kill_often(f"sqlite:///{tmp_path}/x.db", 4)


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_a_killed_writer_leaves_whole_pages_in_postgresql(postgres_url: str) -> None:
    await _kill_often(postgres_url, 2)


@pytest.mark.chaos
async def test_a_writer_killed_fifty_times_leaves_whole_pages(tmp_path: Path) -> None:
    await _kill_often(f"sqlite:///{tmp_path}/x.db", 50)
