"""Cycles that follow one another more quickly than HubSpot's index follows what is written."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from connector.sync.cycle import Steps, run_cycle
from connector.sync.summary import Summary
from connector.sync.workspace import Workspace
from tests.integration.hubspot.test_cycles import Installation, installed

__all__ = ["installed"]

HALF_A_MINUTE = timedelta(seconds=30)


async def _sync(here: Installation) -> Summary:
    here.clock.advance(HALF_A_MINUTE)
    workspace = Workspace(
        state=here.state,
        platforms={"crm": here.platform},
        configuration=here.configuration,
        clock=here.clock,
    )
    return await run_cycle(workspace, Steps(), here.clock.now())


async def test_what_the_index_shows_of_before_our_write_is_no_drift(
    installed: Installation,
) -> None:
    account = installed.simulator.account
    ids = [account.add(email=f"p{number}@mail.example.com") for number in range(10)]
    await installed.sync()
    drift, written = Counter[str](), 0

    for turn in range(10):
        for place in range(3):
            account.set(ids[(turn + place) % 10], firstname=f"Ann {turn}")
        installed.opens(f"p{turn}@mail.example.com")
        done = await _sync(installed)
        drift.update(done.drift.get("crm", {}))
        written += done.deliveries["crm"]["delivered"]

    assert drift == {}
    assert written == 10


async def test_what_somebody_changes_right_after_our_write_is_drift_once(
    installed: Installation,
) -> None:
    account = installed.simulator.account
    remote_id = account.add(email="a@mail.example.com")
    await installed.sync()
    installed.opens("a@mail.example.com")
    await _sync(installed)

    account.set(remote_id, heat_score="99")
    drift = Counter[str]()
    for _ in range(4):
        drift.update((await _sync(installed)).drift.get("crm", {}))

    assert (drift["repaired"], account.values(remote_id)["heat_score"]) == (1, "10")
