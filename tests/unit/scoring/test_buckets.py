"""Where the spans of limits begin, compared with the calendar that scoring uses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.frames import INSTANT
from connector.scoring.buckets import bucket, bucket_start
from connector.scoring.model import Per

ZONES = ("UTC", "Europe/Paris", "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu")
CHANGES = (
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 5, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
)
"""Instants at which clocks are changed in one of the zones."""

near_a_change = st.builds(
    lambda change, seconds, micros: change + timedelta(seconds=seconds, microseconds=micros),
    st.sampled_from(CHANGES),
    st.one_of(st.sampled_from([-3600, -1800, 0, 1800, 3600]), st.integers(-9000, 9000)),
    st.sampled_from([-1, 0, 1]),
)
some_time = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds have no zone


def number_of(per: Per, at: datetime, zone: str) -> int:
    frame = pl.DataFrame({"at": [at]}, schema={"at": INSTANT})
    return int(frame.select(bucket(per, pl.col("at"), zone)).item())


@given(at=near_a_change | some_time, zone=st.sampled_from(ZONES))
@pytest.mark.parametrize("per", ["hour", "day", "week", "month"])
def test_a_span_begins_where_the_bucket_of_scoring_does(per: Per, at: datetime, zone: str) -> None:
    start = bucket_start(per, at, ZoneInfo(zone))

    assert start is not None
    assert start <= at
    here = number_of(per, at, zone)
    assert number_of(per, start, zone) == here
    assert number_of(per, start - timedelta(microseconds=1), zone) != here


def test_a_lifetime_has_no_beginning() -> None:
    assert bucket_start("lifetime", CHANGES[0], ZoneInfo("UTC")) is None
