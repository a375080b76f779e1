"""Every tenth request to Mautic and HubSpot fails in some way: it ends as if none had.

The same life is led twice, once through a storm; a few quiet cycles later nothing must show which
one it was. `HEATSYNC_STORM_REQUESTS` says how many requests the storm lasts.
"""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.simulation.faults import Fault
from connector.domain.outbound import DeliveryState
from tests.integration.three.company import AT, HOUR, NAMES, Company, a_company
from tests.integration.three.life import Life

REQUESTS = int(os.environ.get("HEATSYNC_STORM_REQUESTS", "900"))
PEOPLE = 25
THINGS = 8
"""What happens between two cycles."""
QUIET = 9
"""Cycles, five hours apart: walks that happen once a day happen."""


async def test_after_a_storm_everything_is_as_if_there_had_been_none(tmp_path: Path) -> None:
    steps, after_storm = await _lived(tmp_path / "storm", 20261123, steps=None)
    _, undisturbed = await _lived(tmp_path / "calm", 20261123, steps=steps)

    assert after_storm == undisturbed


@pytest.mark.chaos
@pytest.mark.parametrize("version", ["4.4.13", "5.0.4", "6.0.3", "7.1.1"])
async def test_after_storms_in_other_versions_too(tmp_path: Path, version: str) -> None:
    steps, after_storm = await _lived(tmp_path / "storm", 7, steps=None, version=version)
    _, undisturbed = await _lived(tmp_path / "calm", 7, steps=steps, version=version)

    assert after_storm == undisturbed


async def _lived(
    folder: Path, seed: int, steps: int | None, version: str = "5.1.0"
) -> tuple[int, Mapping[str, object]]:
    """Live so many steps in peace, or as many as a storm lasts; return their number and the end."""
    random.seed(seed)  # of how long is waited before something is tried again
    async with a_company(folder, version=version) as company:
        life = Life(company, seed)
        life.begin(PEOPLE)
        _storm(company, seed, every=0 if steps else 10)
        while _requests(company) < REQUESTS if steps is None else life.step < steps:
            await company.sync(HOUR / 60)
            assert company.clock.now() < AT + life.step * HOUR, "a cycle outlasted its hour"
            life.go_on(THINGS)
        played = {each.fault for one in company.simulators.values() for each in one.trace}
        assert played - {None} == (set() if steps else set(Fault))
        _storm(company, seed, every=0)
        for each in range(QUIET):
            company.clock.at = AT + (life.step + 5 * each) * HOUR
            summary = await company.sync(HOUR / 60)
        assert summary.exit_code == 0, summary.problems
        return life.step, await _end(company, life)


def _storm(company: Company, seed: int, every: int) -> None:
    for number, each in enumerate(company.simulators.values()):
        each.faults.storm(every, seed=seed + number)


def _requests(company: Company) -> int:
    return sum(len(each.trace) for each in company.simulators.values())


async def _end(company: Company, life: Life) -> Mapping[str, object]:
    """Return how everything stands, by address; everybody has what they should have."""
    shown = company.shown()
    account = company.auto.account
    assert not shown["auto"].keys() & life.gone
    async with company.state.read() as tx:
        numbers = await tx.contacts.all_numbers()
        rows = {name: await tx.outbox.rows(name, numbers) for name in NAMES}
        current = (await tx.scores.current(numbers)).rows()
        firings = await tx.triggers.counts()
    for name in NAMES:
        for row in rows[name].values():
            assert row.state is DeliveryState.CLEAN, row
            if str(row.email) in shown[name]:
                assert shown[name][str(row.email)][1] == row.desired.attributes["heat_stage"], row
    return {
        **shown,
        "stages": {
            each.values["email"]: (account.stages[each.stage]["name"], sorted(each.tags))
            for each in account.contacts.by_id.values()
            if each.stage is not None
        },
        "segment": sorted(
            str(account.contacts.by_id[each].values["email"])
            for number in account.segments.by_id
            for each in account.segments.members(number)
        ),
        # Without the digits that cool on until somebody looks.
        "scores": sorted((name, rounded, stage) for _, name, _, rounded, stage in current),
        "firings": firings,
        "notes": len(account.entities["notes"]),
    }
