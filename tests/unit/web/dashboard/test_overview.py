"""What the overview says of limits, calls and months."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from connector.ports.budget import Bucket
from connector.web.dashboard.language import NOTHING, Language
from connector.web.dashboard.overview.calls import columns
from connector.web.dashboard.overview.room import room

T = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)
ENGLISH, FRENCH = Language(code="en"), Language(code="fr")
BUCKETS = (
    Bucket(name="burst", limit=20, window=timedelta(seconds=10)),
    Bucket(name="daily", limit=2000, window=timedelta(days=1), is_daily=True),
)
SHARES = {"burst": 10, "daily": 1000}


@pytest.mark.parametrize(
    ("left", "opens", "told"),
    [
        ({}, {}, NOTHING),
        ({"burst": None}, {}, "Not known yet"),
        ({"burst": 4, "daily": 900}, {}, "4 of 10 within 10 seconds"),
        ({"burst": 9, "daily": 12}, {}, "12 of 1,000 today"),
        ({"burst": 30}, {}, "30 (burst)"),
        ({"burst": 0}, {"burst": T + timedelta(seconds=3)}, "None for 3 seconds"),
        ({"burst": 0}, {"burst": T}, "None for 1 second"),
        ({"daily": 0}, {"daily": T + timedelta(hours=9)}, "None until 23:05"),
        ({"daily": None}, {"daily": T + timedelta(days=1)}, "None until 13 Mar, 14:05"),
    ],
)
def test_the_limit_that_binds_first_is_told(
    left: Mapping[str, int | None], opens: Mapping[str, datetime], told: str
) -> None:
    said = room(ENGLISH, T, left=left, opens=opens, shares=SHARES, buckets=BUCKETS)

    assert said == told


def test_a_column_stands_for_each_minute_with_calls() -> None:
    drawn = list(columns([0, 1, 0, 4]))

    assert [each.split(") ")[-1] for each in drawn] == [
        "2px 100% / 2px 34% no-repeat",
        "6px 100% / 2px 100% no-repeat",
    ]


def test_months_are_called_as_people_call_them() -> None:
    assert ENGLISH.month("2026-03") == "Mar 2026"
    assert FRENCH.month("2026-08") == "août 2026"
