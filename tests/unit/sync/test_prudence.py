"""Deleting the past: what a clock says that was set years ahead is believed by a week."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from connector.sync.upkeep.keeping import keep_up
from connector.sync.upkeep.prudence import STEP
from tests.builders import T
from tests.unit.sync.world import World

DAY = timedelta(days=1)


class Kept(World):
    """An installation that keeps events for thirty days."""

    async def begin(self, *days_ago: int) -> None:
        model = replace(self.configuration.model, keep_events=30 * DAY)
        self.configuration = replace(self.configuration, model=model)
        ada = self.crm.create("a@x.org")
        for days in days_ago:
            self.happens(self.crm, ada, at=T - days * DAY)
        await self.sync(scores=False, pushes=False)

    async def left(self, at: datetime) -> int:
        """Return how many events are left after a sweep at an instant."""
        await keep_up(self.workspace, at)
        async with self.state.read() as tx:
            return await tx.events.count()


async def test_the_first_sweep_deletes_all_that_has_had_its_time() -> None:
    world = Kept()
    await world.begin(1, 29, 30, 400)

    assert await world.left(T) == 2


async def test_a_clock_that_is_years_ahead_deletes_a_week_and_no_more() -> None:
    world = Kept()
    await world.begin(1, 20, 25)
    await world.left(T)

    assert await world.left(T + 3650 * DAY) == 2
    assert await world.left(T + DAY) == 2


async def test_who_was_away_for_long_catches_up_sweep_by_sweep() -> None:
    world = Kept()
    await world.begin(1, 10, 20)
    await world.left(T)
    back = T + 5 * STEP

    assert [await world.left(back) for _ in range(5)] == [3, 2, 1, 1, 0]
