"""Every tenth request fails in some way, for as long as a company lives: it ends as if none had.

Both platforms are simulated with their limits and all their surprises. The same life is led twice,
once through a storm; a few quiet cycles later nothing must show which one it was.
`HEATSYNC_STORM_REQUESTS` says how many requests the storm lasts, `HEATSYNC_STORM_SEED` which life.
"""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from adapters.simulation.faults import Fault
from connector.domain.outbound import DeliveryState
from connector.sync.outbox.reading_back import shows
from state.opening import DatabaseState, open_state
from tests.integration.platforms.company import AT, HOUR, NAMES, Company, a_company
from tests.integration.platforms.ending import SHOWN, kept, scored_anew
from tests.integration.platforms.life import Life
from tests.integration.platforms.watching import Watch

REQUESTS = int(os.environ.get("HEATSYNC_STORM_REQUESTS", "1500"))
SEED = int(os.environ.get("HEATSYNC_STORM_SEED", "20261122"))
PEOPLE = 40
THINGS = 8
"""What happens between two cycles."""
QUIET = 9
"""Cycles, five hours apart: walks that happen once a day happen."""
BRIEF = 600
"""Requests, where each takes longer."""


async def test_after_a_storm_everything_is_as_if_there_had_been_none() -> None:
    steps, after_storm = await _lived(SEED, steps=None)
    _, undisturbed = await _lived(SEED, steps=steps)

    assert after_storm.keys() == undisturbed.keys()
    for part, ended in after_storm.items():
        assert ended == undisturbed[part], part


@pytest.mark.chaos
@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_a_storm_ends_in_postgresql_as_if_there_had_been_none(postgres_url: str) -> None:
    state = await open_state(postgres_url)
    steps, after_storm = await _lived(SEED, steps=None, requests=BRIEF, state=state)
    await state.aclose()
    _, undisturbed = await _lived(SEED, steps=steps)

    assert after_storm == undisturbed


async def _lived(
    seed: int, steps: int | None, requests: int = REQUESTS, state: DatabaseState | None = None
) -> tuple[int, Mapping[str, Any]]:
    """Live so many steps in peace, or as many as a storm lasts; return their number and the end."""
    random.seed(seed)  # of how long is waited before something is tried again
    async with a_company(state=state) as company:
        life, watch = Life(company, seed), Watch(company)
        life.begin(PEOPLE)
        _storm(company, seed, every=0 if steps else 10)
        while company.requests < requests if steps is None else life.step < steps:
            await watch.cycle()
            assert company.clock.now() < AT + life.step * HOUR, "a cycle outlasted its hour"
            life.go_on(THINGS)
        _every_fault_was_played(company, is_storm=steps is None)
        _storm(company, seed, every=0)
        for each in range(QUIET):
            company.clock.at = AT + (life.step + 5 * each) * HOUR
            summary = await watch.cycle()
        assert summary.exit_code == 0, summary.problems
        assert life.gone <= await watch.gone()
        assert not {(n, address) for n in NAMES for address in SHOWN[n](company)} & life.erased
        assert [way.objections for way in company.ways.values()] == [[], []]
        return life.step, await _end(company, summary.at)


def _storm(company: Company, seed: int, every: int) -> None:
    for number, each in enumerate(company.simulators.values()):
        each.faults.storm(every, seed=seed + number)


def _every_fault_was_played(company: Company, *, is_storm: bool) -> None:
    played = {each.fault for one in company.simulators.values() for each in one.trace}
    assert played - {None} == (set(Fault) if is_storm else set())


async def _end(company: Company, at: datetime) -> Mapping[str, Any]:
    """Return how everything stands; everybody has what they should have, and is scored."""
    await _platforms_show_what_is_desired(company)
    before, after = await kept(company), await scored_anew(company, at)
    assert _rounded(before) == _rounded(after)
    return {**{name: SHOWN[name](company) for name in NAMES}, **after}


async def _platforms_show_what_is_desired(company: Company) -> None:
    for name in NAMES:
        shown = SHOWN[name](company)
        async with company.state.read() as tx:
            rows = await tx.outbox.rows(name, await tx.contacts.all_numbers())
        for row in rows.values():
            assert row.state is DeliveryState.CLEAN, row
            there = shown[str(row.email)]
            assert shows(there, row.desired.attributes), (name, row)
            hot = "Hot" in there["lists"]  # type: ignore[operator]
            assert hot is row.desired.lists.get("Hot", False), (name, row.email)


def _rounded(ended: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what was decided of each, without the digits that cool on until somebody looks."""
    return {
        address: (each["rows"], [(score, *rest) for score, _, *rest in each["scores"]])
        for address, each in ended["people"].items()
    }


@pytest.mark.chaos
@pytest.mark.parametrize("seed", range(5))
async def test_after_storms_of_many_lives_too(seed: int) -> None:
    steps, after_storm = await _lived(seed, steps=None)
    _, undisturbed = await _lived(seed, steps=steps)

    assert after_storm == undisturbed
