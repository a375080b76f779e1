"""The daemon is killed again and again while people live on: in the end all is as if it had not.

Two platforms with their limits, real time, calls that are lost, doubled and late; on a file, and on
PostgreSQL with two replicas of which either is killed, or both. What is right at the end is summed
up by the traffic itself, and each thing that a trigger did is counted where it was done.
"""

from __future__ import annotations

import os
import sys
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from tests.system.chaos.company import Company, a_company
from tests.system.chaos.figures import Figures, Say
from tests.system.chaos.processes import Daemons, a_nursery
from tests.system.chaos.rest import PATIENCE, refused, settle, wait_for_first_scores
from tests.system.chaos.traffic import Traffic
from tests.system.chaos.verdict import Verdict

FIRST = 40
"""People who are there from the start."""
LIFE, LIFE_OF_REPLICAS = 4.0, 6.0
"""Seconds within which a daemon is killed; it takes about one until it is ready."""
LONGEST = pytest.mark.timeout(3 * PATIENCE)
"""It starts, is killed, and comes to rest: each of them says by itself when it took too long."""
SEED = int(os.environ.get("CHAOS_SEED", "1"))
"""Where the sequences of chance begin."""


@pytest.fixture(scope="module")
def children() -> ForkServerContext:
    return a_nursery()


@pytest.fixture
def say(capfd: pytest.CaptureFixture[str]) -> Say:
    """Return what tells somebody who waits how far it is."""

    def saying(text: str) -> None:
        with capfd.disabled():
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()

    return saying


def _killed_and_judged(
    company: Company,
    children: ForkServerContext,
    *,
    kills: int,
    seed: int,
    life: float,
    say: Say = lambda _: None,
) -> None:
    traffic = Traffic(company, seed)
    daemons = Daemons(company, children, seed, traffic)
    figures = Figures(company, traffic, daemons.kills, seed, say)
    company.do(lambda: traffic.found(FIRST))
    try:
        daemons.start()
        wait_for_first_scores(company)
        company.do(traffic.begin)
        while daemons.kills.total() < kills:
            daemons.live_and_die(life)
            figures.tell_progress()
        company.do(traffic.end)
        daemons.wait_until_they_listen()
        settle(company)

        assert refused(company) == []
        complaints = Verdict(company, traffic, daemons.kills.total()).complaints()
        for each in complaints:
            say(f"{figures.database}, seed {seed}: {each}")
        assert complaints == []
        assert daemons.stop() == [0] * len(company.ports)
        figures.keep()
    finally:
        daemons.end()
        company.do(traffic.aclose)


@LONGEST
def test_a_daemon_that_is_killed_again_and_again_loses_and_doubles_nothing(
    children: ForkServerContext, tmp_path: Path
) -> None:
    database = f"sqlite:///{tmp_path / 'heatsync.db'}"
    with a_company(tmp_path / "company", database) as company:
        _killed_and_judged(company, children, kills=10, seed=SEED, life=LIFE / 4)


@pytest.mark.chaos
@pytest.mark.parametrize("number", range(10))
def test_two_hundred_times_killed_it_loses_and_doubles_nothing(
    number: int, children: ForkServerContext, tmp_path: Path, say: Say
) -> None:
    database = f"sqlite:///{tmp_path / 'heatsync.db'}"
    with a_company(tmp_path / "company", database) as company:
        _killed_and_judged(company, children, kills=20, seed=SEED + number, life=LIFE, say=say)


@LONGEST
@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_replicas_of_which_either_is_killed_lose_and_double_nothing(
    children: ForkServerContext, tmp_path: Path, postgres_url: str
) -> None:
    with a_company(tmp_path / "company", postgres_url, daemons=2) as company:
        _killed_and_judged(company, children, kills=6, seed=SEED, life=LIFE_OF_REPLICAS / 4)


@pytest.mark.chaos
@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize("number", range(6))
def test_replicas_of_which_many_are_killed_lose_and_double_nothing(
    number: int, children: ForkServerContext, tmp_path: Path, postgres_url: str, say: Say
) -> None:
    life = LIFE_OF_REPLICAS
    with a_company(tmp_path / "company", postgres_url, daemons=2) as company:
        _killed_and_judged(company, children, kills=20, seed=SEED + number, life=life, say=say)
