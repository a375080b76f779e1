"""A daemon looks each minute; what has changed is told and logged once."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from connector.config.settings import Settings
from connector.errors import ConfigError, PlatformUnavailable
from connector.ports.notifier import Severity
from connector.runtime.watching import Watcher, open_notifier
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

    async def notify(self, title: str, body: str, severity: Severity) -> None:
        if self.is_down:
            raise PlatformUnavailable("alert: down", platform="alert", operation="notify")
        self.titles.append(title)


@pytest.fixture
def told() -> Told:
    return Told()


async def test_what_is_told_is_logged_too(told: Told) -> None:
    world, watcher = World(), Watcher(told)

    with capture_logs() as logs:
        for is_broken in (True, True, False):
            watcher.is_broken = partial(bool, is_broken)
            await watcher.look(world.workspace)

    assert len(told.titles) == 2
    assert [(each["log_level"], each["alert"]) for each in logs] == [
        ("warning", told.titles[0]),
        ("info", told.titles[1]),
    ]


async def test_that_nobody_could_be_told_is_logged(told: Told) -> None:
    told.is_down = True
    watcher = Watcher(told)
    watcher.is_broken = lambda: True

    with capture_logs() as logs:
        await watcher.look(World().workspace)

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


def settings(alert: str | None) -> Settings:
    return Settings(_env_file=None, alert=SecretStr(alert) if alert else None)


def test_nobody_is_told_where_nobody_is_named() -> None:
    assert open_notifier(settings(None)) is None
    assert open_notifier(settings("json://localhost/alerts")) is not None


def test_an_address_that_is_none_is_refused_at_the_start_and_left_at_a_reload(told: Told) -> None:
    watcher = Watcher(told)
    with pytest.raises(ConfigError, match="HEATSYNC_ALERT"):
        open_notifier(settings("nonsense"))

    watcher.renew(settings("nonsense"))

    assert watcher.notifier is told
