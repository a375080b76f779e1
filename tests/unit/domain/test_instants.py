"""Instants: what is read as one, and how it is written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from connector.domain.instants import BadInstant, from_micros, iso, parse_instant, to_micros

TEN = datetime(2026, 1, 15, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2026-01-15T10:00:00Z", TEN),
        ("2026-01-15t10:00:00z", TEN),
        ("2026-01-15 10:00", TEN),
        ("2026-01-15T10:00:00", TEN),
        ("  2026-01-15T10:00:00Z ", TEN),
        ("2026-01-15T11:00:00+01:00", TEN),
        ("2026-01-15T11:00:00+0100", TEN),
        ("2026-01-15T11:00:00+01", TEN),
        ("2026-01-15T05:30:00-04:30", TEN),
        ("2026-01-15 10:00:00 +00:00", TEN),
        ("2026-01-15", TEN - timedelta(hours=10)),
        ("2026-01-15T10:00:00.5Z", TEN + timedelta(milliseconds=500)),
        ("2026-01-15T10:00:00,5Z", TEN + timedelta(milliseconds=500)),
        ("2026-01-15T10:00:00.123456999Z", TEN + timedelta(microseconds=123_456)),
        ("1768471200", TEN),
        (1768471200, TEN),
        (1768471200.25, TEN + timedelta(milliseconds=250)),
        ("1768471200.1234567", TEN + timedelta(microseconds=123_456)),
        (1768471200000, TEN),
        ("1768471200123", TEN + timedelta(milliseconds=123)),
        ("1768471200123.4567", TEN + timedelta(microseconds=123_456)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (-1.5, datetime(1969, 12, 31, 23, 59, 58, 500_000, tzinfo=UTC)),
        (99_999_999_999, datetime(5138, 11, 16, 9, 46, 39, tzinfo=UTC)),
        (100_000_000_000, datetime(1973, 3, 3, 9, 46, 40, tzinfo=UTC)),
        (-100_000_000_000, datetime(1966, 10, 31, 14, 13, 20, tzinfo=UTC)),
        (datetime(2026, 1, 15, 10), TEN),  # noqa: DTZ001 - the naive one is the example
        (TEN.astimezone(timezone(timedelta(hours=5))), TEN),
    ],
)
def test_an_instant_is_read(raw: object, expected: datetime) -> None:
    read = parse_instant(raw)

    assert read == expected
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "now",
        "2026-13-01",
        "2026-02-30",
        "2026-01-15T25:00:00Z",
        "2026-01-15T10:00:60Z",
        "2026-01-15T10:00:00+25:00",
        "15/01/2026",
        "2026-01-15Z",
        "2026-01-15T",
        "2026-W03-4",
        "\uff12026-01-15",
        "1e9",
        "nan",
        "0x10",
        "1_000",
        "9" * 400,
        "9" * 5000,
        10**30,
        float("nan"),
        float("inf"),
        True,
        None,
        [],
        {"at": 1},
        "0000-01-01",
        "9999-12-31T23:59:59-01:00",
        "0001-01-01T00:00:00+01:00",
    ],
    ids=lambda raw: repr(raw)[:25],
)
def test_what_is_no_instant_is_refused_without_repeating_it(raw: object) -> None:
    with pytest.raises(BadInstant) as caught:
        parse_instant(raw)

    assert "ISO 8601" in str(caught.value)
    assert len(str(caught.value)) < 120


def test_digits_alone_are_epoch_seconds() -> None:
    assert parse_instant("20260115") == datetime(1970, 8, 23, 11, 48, 35, tzinfo=UTC)


@pytest.mark.parametrize("micros", [0, -1, 1, 1_768_471_200_123_456, -(10**15)])
def test_microseconds_come_back_as_they_went(micros: int) -> None:
    assert to_micros(from_micros(micros)) == micros


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (TEN, "2026-01-15T10:00:00Z"),
        (TEN + timedelta(microseconds=5), "2026-01-15T10:00:00.000005Z"),
        (TEN.astimezone(timezone(timedelta(hours=2))), "2026-01-15T10:00:00Z"),
    ],
)
def test_instants_are_written_in_utc_with_a_z(instant: datetime, text: str) -> None:
    assert iso(instant) == text
    assert parse_instant(text) == instant
