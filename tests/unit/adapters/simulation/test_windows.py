"""Windows fill up, and empty again when their time comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from adapters.simulation.windows import DailyWindow, FixedWindow, RollingWindow, Windows

START = datetime(2026, 11, 22, 8, 59, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_fixed_window_begins_anew_at_the_full_hour() -> None:
    window = FixedWindow("statistics", 1, HOUR)
    window.take(START)

    standings = [window.standing(START + timedelta(seconds=each)) for each in (29, 30)]

    assert [each.is_exceeded for each in standings] == [True, False]
    assert standings[0].resets_after == timedelta(seconds=1)


def test_a_rolling_window_opens_when_its_oldest_request_is_old_enough() -> None:
    window = RollingWindow("burst", 2, timedelta(seconds=10))
    window.take(START)
    window.take(START + timedelta(seconds=6))

    full, free = (window.standing(START + timedelta(seconds=each)) for each in (9, 10))

    assert (full.is_exceeded, full.resets_after) == (True, timedelta(seconds=1))
    assert (free.is_exceeded, free.remaining) == (False, 1)


def test_a_day_ends_at_midnight_of_the_account() -> None:
    window = DailyWindow("day", 5, ZoneInfo("America/New_York"))

    standing = window.standing(START)

    assert standing.resets_after == datetime(2026, 11, 23, 5, tzinfo=UTC) - START


def test_a_request_that_does_not_fit_in_one_window_counts_in_none() -> None:
    wide, narrow = FixedWindow("wide", 9, HOUR), FixedWindow("narrow", 1, HOUR)
    windows = Windows([wide, narrow])
    windows.take(["wide", "narrow"], START)

    refused = windows.take(["wide", "narrow"], START)

    assert [each.is_exceeded for each in refused] == [False, True]
    assert wide.standing(START).remaining == 8


def test_the_last_request_that_fits_is_told_that_none_is_left() -> None:
    windows = Windows([FixedWindow("all", 1, HOUR)])

    (standing,) = windows.take(["all"], START)

    assert (standing.remaining, standing.is_exceeded) == (0, False)
