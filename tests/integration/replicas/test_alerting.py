"""Several processes on one database tell operators of each change once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.errors import AccessRefused, StaleWrite
from connector.sync.alerting.watch import Watched, watch
from connector.sync.troubles import remember_troubles
from connector.sync.workspace import Workspace
from state.opening import DatabaseState, open_state
from tests.builders import T
from tests.unit.sync.watching import Told
from tests.unit.sync.world import World

_POSTGRESQL = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]
REFUSED = AccessRefused("crm: refused", platform="crm", operation="read")
PROCESSES = 6
MINUTES = 20


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=_POSTGRESQL)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
async def states(url: str) -> AsyncIterator[list[DatabaseState]]:
    opened_twice = [await open_state(url) for _ in range(2)]
    yield opened_twice
    for state in opened_twice:
        await state.aclose()


async def look(workspace: Workspace, told: Told, minute: int) -> Watched | None:
    """Look as a daemon does: who collides with another leaves it to the next minute."""
    try:
        return await watch(workspace, told, T + timedelta(minutes=minute))
    except StaleWrite:
        return None


async def test_many_that_look_at_once_tell_each_change_once(states: list[DatabaseState]) -> None:
    world, told = World(), Told()
    workspaces = [
        replace(world.workspace, state=states[number % 2], process=f"process {number}")
        for number in range(PROCESSES)
    ]

    for minute in range(MINUTES):
        is_refused = minute // 5 % 2 == 0
        failures: dict[str, Any] = {"crm": [REFUSED]} if is_refused else {}
        async with states[0].write() as tx:
            await remember_troubles(tx, failures, asked=["crm"], is_whole=True, now=T)
        await asyncio.gather(*(look(each, told, minute) for each in workspaces))

    of_crm = [each for each in told.titles if each.startswith("crm ")]
    assert of_crm == ["crm refuses us", "crm takes us in again"] * 2
