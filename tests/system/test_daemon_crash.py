"""The daemon is killed again and again while people live on: in the end all is as if it had not.

Two platforms with their limits, real time, calls that are lost, doubled and late; on a file, and on
PostgreSQL with two replicas of which either is killed, or both.
"""

from __future__ import annotations

import time
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from tests.system.chaos.company import Company, a_company
from tests.system.chaos.processes import Daemons, a_nursery
from tests.system.chaos.rest import refused, settle, wait_for_first_scores, writes
from tests.system.chaos.traffic import Traffic
from tests.system.chaos.verdict import Verdict

FIRST = 40
"""People who are there from the start."""
LIFE = 3.0
"""Seconds within which a daemon is killed; it takes about one until it is ready."""
LIFE_OF_REPLICAS = 12.0
"""The same of replicas: a lane of HubSpot's rests for ten seconds when another one takes it."""
IDLE = 4.0
"""Seconds of nothing to do: each stream is pulled in them."""


@pytest.fixture(scope="module")
def children() -> ForkServerContext:
    return a_nursery()


def _killed_and_judged(
    company: Company, children: ForkServerContext, *, kills: int, seed: int, life: float
) -> None:
    traffic, daemons = Traffic(company, seed), Daemons(company, children, seed)
    company.do(lambda: traffic.found(FIRST))
    try:
        daemons.start()
        wait_for_first_scores(company)
        company.do(traffic.begin)
        while daemons.kills < kills:
            daemons.live_and_die(life)
        company.do(traffic.end)
        settle(company)
        written = len(writes(company))
        time.sleep(IDLE)

        assert len(writes(company)) == written
        assert refused(company) == []
        assert Verdict(company, traffic).complaints() == []
        assert daemons.stop() == [0] * len(company.ports)
    finally:
        daemons.end()
        company.do(traffic.aclose)


def test_a_daemon_that_is_killed_again_and_again_loses_and_doubles_nothing(
    children: ForkServerContext, tmp_path: Path
) -> None:
    database = f"sqlite:///{tmp_path / 'heatsync.db'}"
    with a_company(tmp_path / "company", database) as company:
        _killed_and_judged(company, children, kills=10, seed=1, life=LIFE / 2)


@pytest.mark.chaos
@pytest.mark.parametrize("seed", range(10))
def test_two_hundred_times_killed_it_loses_and_doubles_nothing(
    seed: int, children: ForkServerContext, tmp_path: Path
) -> None:
    database = f"sqlite:///{tmp_path / 'heatsync.db'}"
    with a_company(tmp_path / "company", database) as company:
        _killed_and_judged(company, children, kills=20, seed=seed, life=LIFE)


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_replicas_of_which_either_is_killed_lose_and_double_nothing(
    children: ForkServerContext, tmp_path: Path, postgres_url: str
) -> None:
    with a_company(tmp_path / "company", postgres_url, daemons=2) as company:
        _killed_and_judged(company, children, kills=4, seed=2, life=LIFE_OF_REPLICAS / 2)


@pytest.mark.chaos
@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize("seed", range(6))
def test_replicas_of_which_many_are_killed_lose_and_double_nothing(
    seed: int, children: ForkServerContext, tmp_path: Path, postgres_url: str
) -> None:
    with a_company(tmp_path / "company", postgres_url, daemons=2) as company:
        _killed_and_judged(company, children, kills=20, seed=seed, life=LIFE_OF_REPLICAS)
