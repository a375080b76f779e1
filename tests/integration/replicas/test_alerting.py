"""Several processes on one database tell operators of each change once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from connector.errors import AccessRefused, StaleWrite
from connector.sync.alerting.watch import Watched, watch
from connector.sync.troubles import remember_troubles
from connector.sync.workspace import Workspace
from state.opening import DatabaseState
from tests.builders import T
from tests.unit.sync.watching import Told
from tests.unit.sync.world import World

REFUSED = AccessRefused("crm: refused", platform="crm", operation="read")
PROCESSES = 6
MINUTES = 20


async def look(workspace: Workspace, told: Told, minute: int) -> Watched | None:
    """Look as a daemon does: who collides with another leaves it to the next minute."""
    try:
        return await watch(workspace, told, T + timedelta(minutes=minute))
    except StaleWrite:
        return None


async def test_many_that_look_at_once_tell_each_change_once(
    replicas: Sequence[DatabaseState],
) -> None:
    world, told = World(), Told()
    workspaces = [
        replace(world.workspace, state=replicas[number % 2], process=f"process {number}")
        for number in range(PROCESSES)
    ]

    for minute in range(MINUTES):
        is_refused = minute // 5 % 2 == 0
        failures: dict[str, Any] = {"crm": [REFUSED]} if is_refused else {}
        async with replicas[0].write() as tx:
            await remember_troubles(tx, failures, asked=["crm"], is_whole=True, now=T)
        await asyncio.gather(*(look(each, told, minute) for each in workspaces))

    of_crm = [each for each in told.titles if each.startswith("crm ")]
    assert of_crm == ["crm refuses us", "crm takes us in again"] * 2
