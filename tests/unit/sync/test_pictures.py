"""How everybody stands at once: bars, midnights."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.instants import midnight
from connector.sync.looking.pictures import MOST_BARS, bars


@given(st.dictionaries(st.integers(-(10**15), 10**15), st.integers(1, 9), max_size=20))
def test_bars_hold_everybody_once_and_leave_no_gap(points: dict[int, int]) -> None:
    told = bars(points)

    assert len(told) <= MOST_BARS
    assert sum(each.persons for each in told) == sum(points.values())
    assert all(one.high == other.low for one, other in pairwise(told))
    for each in told:
        within = [points[at] for at in points if each.low <= at < each.high]
        assert sum(within) == each.persons


def test_few_points_have_a_bar_each() -> None:
    assert [each.persons for each in bars({3: 2, 5: 1})] == [2, 0, 1]


@pytest.mark.parametrize(
    ("now", "began"),
    [
        ("2026-07-01T21:59:00", "2026-06-30T22:00:00"),
        ("2026-07-01T22:00:00", "2026-07-01T22:00:00"),
        ("2026-03-29T12:00:00", "2026-03-28T23:00:00"),
        ("2026-01-01T00:30:00", "2025-12-31T23:00:00"),
    ],
)
def test_a_day_begins_where_the_model_is(now: str, began: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)

    assert midnight(at, ZoneInfo("Europe/Paris")) == datetime.fromisoformat(began).replace(
        tzinfo=UTC
    )
