"""How long calls take within limits: never less than the limits make of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from connector.ports.budget import Bucket
from connector.sync.asking.pace import Pace, least_time, pace_of
from tests.unit.sync.world import World

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
BURST = Bucket(name="burst", limit=10, window=10 * SECOND, counts_writes=True)
DAILY = Bucket(name="daily", limit=1_000, window=DAY, is_daily=True, counts_writes=True)
SEARCH = Bucket(name="search", limit=1, window=SECOND)


@pytest.mark.parametrize(
    ("calls", "left", "takes"),
    [
        (0, {}, timedelta()),
        (5, {"burst": 5}, timedelta()),
        (6, {"burst": 5}, 10 * SECOND),
        (10, {"burst": 5}, 10 * SECOND),
        (11, {"burst": 5}, 20 * SECOND),
        (5, {}, timedelta()),
        (1, {"burst": 0}, 10 * SECOND),
        (2, {"daily": 1}, DAY),
        (6, {"daily": None}, 10 * SECOND),
    ],
)
def test_what_is_not_left_takes_windows(
    calls: int, left: Mapping[str, int | None], takes: timedelta
) -> None:
    assert least_time(calls, [BURST, DAILY, SEARCH], 50, left, {}) == takes


@pytest.mark.parametrize(("calls", "takes"), [(0, 0), (1, 4), (5, 4), (6, 14)])
def test_a_limit_that_lets_some_through_soon_is_waited_for_no_longer(
    calls: int, takes: int
) -> None:
    waits = {"burst": 4 * SECOND, "search": DAY}

    found = least_time(calls, [BURST, DAILY, SEARCH], 50, {"burst": 0}, waits)

    assert found == takes * SECOND


def test_a_platform_without_limits_takes_no_time() -> None:
    assert pace_of(World().workspace, "crm", 1_000_000) == Pace()
