"""Killed at any moment, whoever makes requests leaves none of them uncounted."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from state.opening import open_state
from state.pacing.budget import open_budget
from tests.builders import T
from tests.fakes import FakeClock
from tests.integration.state.caller import BUCKETS

ROOT = Path(__file__).resolve().parents[3]
SHARES = {"few": 450, "many": 50_000, "daily": 500_000}
RESERVED = {"few": 1, "many": 50, "daily": 500}
"""What a crash may count too much."""


def _kill_while_calling(url: str, chance: random.Random) -> int:
    """Run the program, kill it at some moment; return how many requests it made."""
    command = [sys.executable, "-m", "tests.integration.state.caller", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(chance.randrange(1, 60))]
        time.sleep(chance.random() / 50)
        process.kill()
        said += process.stdout.readlines()
    return said.count("sent\n")


async def _left(url: str) -> Mapping[str, int | None]:
    state = await open_state(url)
    budget = await open_budget("crm", BUCKETS, percent=50, clock=FakeClock(T), ledger=state.ledger)
    await state.aclose()
    return budget.left()


async def _kill_often(url: str, times: int) -> None:
    chance = random.Random(20260115)
    made = 0
    for count in range(1, times + 1):
        made += _kill_while_calling(url, chance)
        left = await _left(url)
        for name, share in SHARES.items():
            counted = share - (left[name] or 0)
            assert made <= counted <= made + count * RESERVED[name]


async def test_no_request_is_forgotten_in_sqlite(sqlite_url: str) -> None:
    await _kill_often(sqlite_url, 3)


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_no_request_is_forgotten_in_postgresql(postgres_url: str) -> None:
    await _kill_often(postgres_url, 1)


@pytest.mark.chaos
async def test_no_request_is_forgotten_after_many_crashes(sqlite_url: str) -> None:
    await _kill_often(sqlite_url, 20)
