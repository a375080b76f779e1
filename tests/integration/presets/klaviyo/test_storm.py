"""Every fifth request fails in some way: a shop with Klaviyo ends as if none had."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from adapters.simulation.faults import Fault
from tests.builders import T
from tests.fakes import FakeClock
from tests.integration.presets.accounts import Company, a_company
from tests.integration.presets.klaviyo.company import MAPPINGS, a_simulator
from tests.integration.presets.klaviyo.simulator import KlaviyoSimulator

SEED = 20261123
PEOPLE = 12
STEPS = 12
QUIET = 4
"""Cycles after the storm, a day apart: walks that happen once a day happen."""


async def test_after_a_storm_everything_is_as_if_there_had_been_none() -> None:
    stormy, played = await _lived(tuple(Fault))
    calm, _ = await _lived(())

    assert played == set(Fault)
    assert stormy == calm


async def _lived(kinds: Sequence[Fault]) -> tuple[Mapping[str, Any], set[Fault]]:
    """Lead the same life with these faults, or none; return its end, and what was played."""
    clock = FakeClock(T)
    klaviyo = a_simulator(clock)
    chance = random.Random(SEED)
    async with a_company(MAPPINGS, {"shop": klaviyo}, clock) as company:
        for number in range(PEOPLE):
            klaviyo.account.add_profile(f"p{number}@example.com", plan="free")
        if kinds:
            klaviyo.faults.storm(5, seed=SEED, kinds=kinds)
        for step in range(STEPS):
            clock.at = T + step * timedelta(hours=6)
            _live(klaviyo, company, chance, step)
            await company.sync()
        klaviyo.faults.storm(0, seed=SEED)
        for day in range(QUIET):
            clock.at = T + timedelta(days=10 + day)
            summary = await company.sync()
        assert summary.exit_code == 0, summary.problems
        return _end(klaviyo), {each.fault for each in klaviyo.trace.exchanges if each.fault}


def _live(klaviyo: KlaviyoSimulator, company: Company, chance: random.Random, step: int) -> None:
    account = klaviyo.account
    people = sorted(account.profiles.values(), key=lambda each: each.email)
    for each in chance.sample(people, 4):
        metric = chance.choice(["Opened Email", "Clicked Email", "Fulfilled Order"])
        account.record(each, metric, T + step * timedelta(hours=6), **{"$value": 40})
    account.write(chance.choice(people), {"plan": chance.choice(["pro", "free"])})
    if step % 4 == 3:
        account.remove(chance.choice(people).id)
        company.opens(company.crm.create(f"new{step}@example.com"), times=step)


def _end(klaviyo: KlaviyoSimulator) -> Mapping[str, Any]:
    """Return what everybody there is shown as, by address."""
    account = klaviyo.account
    return {
        "people": {each.email: each.properties for each in account.profiles.values()},
        "lists": {
            each.name: {account.profiles[key].email for key in each.members}
            for each in account.groups.values()
        },
    }
