"""How long calls take within limits: never less than the limits make of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from connector.ports.budget import Bucket
from connector.sync.asking.pace import Pace, Room, least_times, pace_of, shares_of
from tests.unit.sync.world import TEXT, World

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
BURST = Bucket(name="burst", limit=10, window=10 * SECOND, counts_writes=True)
DAILY = Bucket(name="daily", limit=1_000, window=DAY, is_daily=True, counts_writes=True)
SEARCH = Bucket(name="search", limit=1, window=SECOND)


def in_each(calls: int) -> Mapping[str, int]:
    """Return so many calls that write, which count in each limit that counts any."""
    return {each.name: calls for each in (BURST, DAILY)}


@pytest.mark.parametrize(
    ("calls", "left", "times"),
    [
        (0, {}, {}),
        (5, {"burst": 5}, {}),
        (6, {"burst": 5}, {"burst": 10 * SECOND}),
        (10, {"burst": 5}, {"burst": 10 * SECOND}),
        (11, {"burst": 5}, {"burst": 20 * SECOND}),
        (5, {}, {}),
        (1, {"burst": 0}, {"burst": 10 * SECOND}),
        (2, {"daily": 1}, {"daily": DAY}),
        (6, {"burst": 5, "daily": 1}, {"burst": 10 * SECOND, "daily": DAY}),
        (6, {"daily": None}, {"burst": 10 * SECOND}),
    ],
)
def test_what_is_not_left_takes_windows(
    calls: int, left: Mapping[str, int | None], times: Mapping[str, timedelta]
) -> None:
    assert least_times(in_each(calls), [BURST, DAILY, SEARCH], 50, left, {}) == times


def test_a_limit_that_nothing_counts_in_is_not_waited_for() -> None:
    left = {"burst": 0, "daily": 0}

    assert least_times({"burst": 1, "daily": 0}, [BURST, DAILY], 50, left, {}) == {
        "burst": 10 * SECOND
    }


@pytest.mark.parametrize(("calls", "takes"), [(0, 0), (1, 4), (5, 4), (6, 14)])
def test_a_limit_that_lets_some_through_soon_is_waited_for_no_longer(
    calls: int, takes: int
) -> None:
    waits = {"burst": 4 * SECOND, "search": DAY}

    found = least_times(in_each(calls), [BURST, DAILY, SEARCH], 50, {"burst": 0}, waits)

    assert found == ({"burst": takes * SECOND} if takes else {})


def test_a_platform_without_limits_takes_no_time() -> None:
    assert pace_of(World().workspace, "crm", {"all": 1_000_000}) == Pace()


def test_what_is_ours_of_a_limit_is_known() -> None:
    world = World(TEXT.replace("crm: {adapter: memory}", "crm: {adapter: memory, budget: 70%}"))
    world.limit(BURST, DAILY)

    assert shares_of(world.configuration)["crm"] == {"burst": 7, "daily": 700}


def test_the_limit_that_takes_the_longest_is_named() -> None:
    world = World()
    world.limit(BURST, DAILY)
    room = Room(left={"crm": {"burst": 0, "daily": 0}})

    found = pace_of(world.workspace, "crm", {"burst": 1, "daily": 1}, room)

    assert (found.binds, found.takes) == ("daily", DAY)
