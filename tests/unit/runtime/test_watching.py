"""A daemon looks each minute; what has changed is told and logged once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from connector.errors import PlatformUnavailable
from connector.runtime.watching import Watcher
from tests.unit.sync.world import World


class Ticking:
    """A monotonic clock that is moved by hand."""

    at = 100.0

    def __call__(self) -> float:
        return self.at


class Told:
    """A notifier that keeps what it was told, unless it is down."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.is_down = False

    async def notify(self, title: str, body: str) -> None:
        if self.is_down:
            raise PlatformUnavailable("alert: down", platform="alert", operation="notify")
        self.titles.append(title)


@pytest.fixture
def told() -> Told:
    return Told()


async def test_what_is_told_is_logged_too(told: Told) -> None:
    world, watcher = World(), Watcher(told)

    with capture_logs() as logs:
        await watcher.look(world.workspace, is_broken=True)
        await watcher.look(world.workspace, is_broken=True)
        await watcher.look(world.workspace)

    assert len(told.titles) == 2
    assert [(each["log_level"], each["alert"]) for each in logs] == [
        ("warning", told.titles[0]),
        ("info", told.titles[1]),
    ]


async def test_that_nobody_could_be_told_is_logged(told: Told) -> None:
    told.is_down = True

    with capture_logs() as logs:
        await Watcher(told).look(World().workspace, is_broken=True)

    assert [(each["log_level"], each["reason"]) for each in logs] == [("error", "alert: down")]


@pytest.mark.parametrize("hours", [3, -3])
async def test_a_clock_that_moves_on_its_own_is_told(told: Told, hours: int) -> None:
    world, monotonic = World(), Ticking()
    watcher = Watcher(told, monotonic)
    await watcher.look(world.workspace)

    monotonic.at += 60
    world.clock.advance(timedelta(hours=hours, minutes=1))
    await watcher.look(world.workspace)

    assert told.titles == ["heatsync: the clock of this machine was moved"]


async def test_a_clock_that_is_set_right_by_seconds_is_no_news(told: Told) -> None:
    world, monotonic = World(), Ticking()
    watcher = Watcher(told, monotonic)
    await watcher.look(world.workspace)

    monotonic.at += 60
    world.clock.advance(timedelta(seconds=70))
    await watcher.look(world.workspace)

    assert told.titles == []


async def test_simulated_time_is_not_held_against_the_machine(told: Told) -> None:
    world, watcher = World(), Watcher(told, None)
    await watcher.look(world.workspace)

    world.clock.advance(timedelta(minutes=4))
    await watcher.look(world.workspace)

    assert told.titles == []
